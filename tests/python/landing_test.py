"""Pages landed step by step, and decoded again and again."""

import inlet
import pyarrow
import pytest
from delta_tables import differences
from github_simulator import GithubSimulator
from github_tables import truth_of
from inlet import _native
from inlet_program import REPOSITORY


def land(github, folder, segment=0, offset="{}", table="issues"):
    return _native.land(github.native, table, REPOSITORY, False, str(folder), segment, offset)


def rows_of(github, folder, segment, table="issues"):
    schema = github.get_table_schema(table, REPOSITORY).to_json()
    return pyarrow.table(_native.landed_rows(str(folder), segment, schema, ["id"]))


def steps(lander, **limit):
    """Every place that the lander comes to, to the end of its read."""
    places = [lander.advance(**limit)]
    while not places[-1][2]:
        places.append(lander.advance(**limit))
    return places


def test_steps_bring_every_row_once(github, simulator, tmp_path):
    places = steps(land(github, tmp_path), max_records=120)
    assert len(places) >= 3
    tables = [rows_of(github, tmp_path, segment) for segment in range(1, places[-1][0] + 1)]
    assert all(len(table) <= 120 for table in tables)
    assert not differences(pyarrow.concat_tables(tables), truth_of(simulator, "issues"), "id")


def test_a_limit_of_bytes_lets_one_page_in(github, tmp_path):
    segment, offset, _ = land(github, tmp_path).advance(max_bytes=1)
    assert segment == 1 and offset != "{}"
    assert len(rows_of(github, tmp_path, 1)) == 100


def test_a_segment_decodes_to_the_same_again(github, tmp_path):
    land(github, tmp_path).advance(max_records=100)
    assert rows_of(github, tmp_path, 1).equals(rows_of(github, tmp_path, 1))


def test_another_lander_goes_on_and_forgets_what_nobody_was_told_of(github, simulator, tmp_path):
    first = land(github, tmp_path)
    segment, offset, _ = first.advance(max_records=100)
    first.advance(max_records=100)
    assert len(list(tmp_path.glob("*.pages"))) == 2
    second = land(github, tmp_path, segment, offset)
    assert len(list(tmp_path.glob("*.pages"))) == 1
    last = steps(second, max_records=100)[-1][0]
    tables = [rows_of(github, tmp_path, number) for number in range(1, last + 1)]
    ids = pyarrow.concat_tables(tables)["id"].to_pylist()
    assert set(ids) == {issue["id"] for issue in truth_of(simulator, "issues")}


def test_nothing_new_is_the_same_place(tmp_path):
    with GithubSimulator(issues=30) as simulator:
        github = inlet.connect("github", {"base_url": simulator.base_url})
        lander = land(github, tmp_path, table="commits")
        first = steps(lander)[-1]
        assert steps(lander)[-1] == first


def test_two_landers_in_one_folder_are_noticed(github, tmp_path):
    first, second = land(github, tmp_path), land(github, tmp_path)
    first.advance(max_records=100)
    with pytest.raises(inlet.ConflictError, match="landing"):
        second.advance(max_records=100)


def test_committed_segments_are_removed(github, tmp_path):
    steps(land(github, tmp_path), max_records=100)
    _native.remove_landed(str(tmp_path), 2)
    assert min(file.name for file in tmp_path.glob("*.pages")) == "000000000003.pages"


def test_a_snapshot_is_one_step_whatever_the_limit(github, tmp_path):
    place = land(github, tmp_path, table="branches").advance(max_records=1)
    assert place[1:] == ("{}", True)
