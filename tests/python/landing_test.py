"""Pages and plans landed step by step, and decoded again and again."""

import json
import select

import inlet
import pyarrow
import pytest
from delta_tables import differences
from github_simulator import GithubSimulator
from github_tables import truth_of
from inlet import _native
from inlet_program import REPOSITORY


LOOK_SECONDS = 0.01
MAX_LOOKS = 6000


def land(github, folder, segment=0, offset="{}", table="issues", **limit):
    return _native.land(github.native, table, REPOSITORY, False, str(folder), segment, offset, **limit)


def rows_of(github, folder, segment, table="issues"):
    schema = github.get_table_schema(table, REPOSITORY).to_json()
    return pyarrow.table(_native.landed_rows(str(folder), segment, schema, ["id"]))


def steps(lander):
    """Every place that the lander comes to, to the end of its read."""
    places = [lander.advance()]
    while not places[-1][2]:
        places.append(lander.advance())
    return places


def await_file(file):
    """Returns once somebody has put it there."""
    for _ in range(MAX_LOOKS):
        if file.exists():
            return
        select.select([], [], [], LOOK_SECONDS)
    raise AssertionError(f"{file} has not come")


def test_steps_bring_every_row_once(github, simulator, tmp_path):
    places = steps(land(github, tmp_path, max_records=120))
    assert len(places) >= 3
    tables = [rows_of(github, tmp_path, segment) for segment in range(1, places[-1][0] + 1)]
    assert all(len(table) <= 120 for table in tables)
    assert not differences(pyarrow.concat_tables(tables), truth_of(simulator, "issues"), "id")


def test_a_limit_of_bytes_lets_one_page_in(github, tmp_path):
    segment, offset, _ = land(github, tmp_path, max_bytes=1).advance()
    assert segment == 1 and offset != "{}"
    assert len(rows_of(github, tmp_path, 1)) == 100


def test_a_segment_decodes_to_the_same_again(github, tmp_path):
    land(github, tmp_path, max_records=100).advance()
    assert rows_of(github, tmp_path, 1).equals(rows_of(github, tmp_path, 1))


def test_another_lander_goes_on_and_forgets_what_nobody_was_told_of(github, simulator, tmp_path):
    first = land(github, tmp_path, max_records=100)
    segment, offset, _ = first.advance()
    first.advance()
    del first
    assert len(list(tmp_path.glob("*.pages"))) >= 2
    second = land(github, tmp_path, segment, offset, max_records=100)
    assert len(list(tmp_path.glob("*.pages"))) == 1
    last = steps(second)[-1][0]
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
    first.advance()
    with pytest.raises(inlet.ConflictError, match="landing"):
        second.advance()


def test_committed_segments_are_removed(github, tmp_path):
    steps(land(github, tmp_path, max_records=100))
    _native.remove_landed(str(tmp_path), 2)
    assert min(file.name for file in tmp_path.glob("*.pages")) == "000000000003.pages"


def test_a_snapshot_is_one_step_whatever_the_limit(github, tmp_path):
    place = land(github, tmp_path, table="branches", max_records=1).advance()
    assert place[1:] == ("{}", True)


def test_the_next_step_is_landed_while_the_first_is_worked_on(github, tmp_path):
    lander = land(github, tmp_path, max_records=100)
    assert lander.advance()[0] == 1
    await_file(tmp_path / "000000000002.pages")
    del lander
    assert len(list(tmp_path.glob("*.pages"))) == 2, "one step ahead, and no more"


def test_nothing_is_asked_of_the_source_after_its_read_until_somebody_asks(github, simulator, tmp_path):
    lander = land(github, tmp_path)
    assert lander.advance()[2]
    simulator.forget_requests()
    del lander
    assert simulator.requests()["requests"] == 0


SCHEMA = {"schema": "id bigint NOT NULL, name string"}
SPARK_SCHEMA = json.dumps({"type": "struct", "fields": [{"name": "id", "type": "long", "nullable": True, "metadata": {}},
                                                        {"name": "name", "type": "string", "nullable": True, "metadata": {}}]})


@pytest.fixture
def drop(tmp_path):
    """Three files, the second of which is not cut."""
    (tmp_path / "drop").mkdir()
    for number, name in enumerate(("1.jsonl", "2.csv", "3.jsonl")):
        rows = range(number * 1000, number * 1000 + 1000)
        text = "".join(f"{row},{row}\n" if name.endswith("csv") else f'{{"id": {row}, "name": "{row}"}}\n' for row in rows)
        (tmp_path / "drop" / name).write_text(("id,name\n" if name.endswith("csv") else "") + text)
    return inlet.connect("files", {"url": str(tmp_path / "drop")})


def land_files(drop, folder, segment=0, offset="{}", **limit):
    return _native.land(drop.native, "files", SCHEMA, False, str(folder), segment, offset, **limit)


def ids_of(drop, folder, first, last):
    """As executors read them: the planned shares by themselves, the pages from the landing."""
    shares = _native.landed_shares(str(folder), first, last)
    ids = []
    for number in range(first, last + 1):
        rows = (_native.share_rows(drop.native, "files", SCHEMA, shares[number], SPARK_SCHEMA, []) if number in shares
                else _native.landed_rows(str(folder), number, SPARK_SCHEMA, []))
        ids += pyarrow.table(rows)["id"].to_pylist()
    return ids


def test_of_a_source_that_can_be_asked_twice_the_plan_is_landed(drop, tmp_path):
    lander = land_files(drop, tmp_path / "landing", max_bytes=20_000, partition_bytes=6000)
    places = steps(lander)
    assert len(places) >= 4
    assert not list((tmp_path / "landing").glob("*.pages"))
    assert ids_of(drop, tmp_path / "landing", 1, places[-1][0]) == list(range(3000))
    assert all(_native.landed_bytes(str(tmp_path / "landing"), before[0] + 1, after[0]) <= 20_000
               for before, after in zip([(0,), *places], places, strict=False))


def test_a_plan_names_files_and_ranges_and_nothing_else(drop, tmp_path):
    last = land_files(drop, tmp_path / "landing").advance()[0]
    for share in _native.landed_shares(str(tmp_path / "landing"), 1, last).values():
        assert all(set(one) <= {"path", "version", "size", "begin", "end"} for one in json.loads(share))


def test_after_each_step_of_a_plan_a_read_goes_on(drop, tmp_path):
    for segment, offset, _ in steps(land_files(drop, tmp_path / "landing", max_bytes=20_000, partition_bytes=6000)):
        planned = ids_of(drop, tmp_path / "landing", 1, segment)
        rest = pyarrow.table(drop.read_table("files", json.loads(offset), SCHEMA))
        assert planned + rest["id"].to_pylist() == list(range(3000))


def test_what_alone_is_more_than_a_step_is_landed_in_pages(drop, tmp_path):
    # The CSV file cannot be cut.
    lander = land_files(drop, tmp_path / "landing", max_bytes=5000)
    last = steps(lander)[-1][0]
    assert not _native.landed_shares(str(tmp_path / "landing"), 1, last)
    assert ids_of(drop, tmp_path / "landing", 1, last) == list(range(3000))


def test_a_limit_of_records_is_kept_by_pages(drop, tmp_path):
    places = steps(land_files(drop, tmp_path / "landing", max_records=1000))
    assert [len(ids_of(drop, tmp_path / "landing", before[0] + 1, after[0])) for before, after in
            zip([(0,), *places], places, strict=False)] == [1000, 1000, 1000]


def test_an_error_of_the_source_comes_with_the_step_that_met_it_and_stays(drop, tmp_path):
    (tmp_path / "drop" / "4.jsonl").write_bytes(b"\xff\xfe")
    lander = land_files(drop, tmp_path / "landing", max_records=1000)
    assert [lander.advance()[0] for _ in range(2)] == [1, 2]
    for _ in range(2):
        with pytest.raises(inlet.ConfigError, match="UTF-16"):
            lander.advance()
