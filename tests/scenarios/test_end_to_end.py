"""The main job: all tables of GitHub -> Delta tables that equal what was served; then only changes move."""

import delta_tables
import github_tables
import pytest
from github_simulator import GithubSimulator
from inlet_program import REPOSITORY, Pipeline

CHANGES = {"issues": 17, "create_issues": 5, "comments": 6, "create_comments": 4, "create_commits": 3, "branches": 4,
           "create_branches": 2, "delete_branches": 3, "delete_collaborators": 2, "create_collaborators": 1, "teams": 2}


def expect_all(pipeline: Pipeline, simulator: GithubSimulator) -> None:
    for name in pipeline.tables:
        table = github_tables.TABLES[name]
        delta_tables.expect_truth(pipeline.table_path(name), github_tables.truth_of(simulator, name), table.key, table.extras)


def expect_sums(report: dict) -> None:
    for table in report["tables"]:
        records = table["records"]
        accounted = records["committed"] + records["unchanged"] + records["deduplicated"] + records["quarantined"]
        assert records["fetched"] == accounted, table


def test_every_table_equals_what_was_served_and_then_only_changes_move(tmp_path):
    with GithubSimulator(issues=700) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of())
        first = pipeline.run_well()
        expect_sums(first.report)
        expect_all(pipeline, simulator)

        before = simulator.truth("issues")
        simulator.mutate(**CHANGES)
        num_changed = sum(record not in before for record in simulator.truth("issues"))
        second = pipeline.run_well()
        expect_sums(second.report)
        expect_all(pipeline, simulator)
        assert second.table("issues")["records"]["committed"] == num_changed
        assert second.table("issues")["source"]["requests"] < first.table("issues")["source"]["requests"]

        third = pipeline.run_well()
        expect_all(pipeline, simulator)
        assert sum(table["records"]["committed"] for table in third.report["tables"]) == 0, third


def test_two_repositories_are_two_tables(tmp_path):
    with GithubSimulator(issues=60) as simulator:
        other = REPOSITORY | {"repo": "spoon-knife"}
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))
        text = pipeline.spec_file.read_text()
        second = text.replace("hello-world", "spoon-knife").replace('"source_table"', '"destination_table": "spoons", "source_table"')
        objects = text.rstrip()[:-1].rstrip()[:-1].rstrip()  # Without the closing ]}.
        pipeline.spec_file.write_text(objects + "," + second.split('"objects": [', 1)[1])
        pipeline.run_well()
        delta_tables.expect_truth(pipeline.table_path("issues"), simulator.truth("issues"), "id")
        path = f"/repos/{other['owner']}/{other['repo']}/issues?state=all"
        delta_tables.expect_truth(pipeline.table_path("spoons"), simulator.truth(path), "id")


def test_records_that_change_while_they_are_read_are_there_once(tmp_path):
    """What changes behind the read's frozen bound comes with the next run: a slow answer makes sure that some does."""
    changes = "issues=3+create_issues=1"
    slow = ("slow=1200,at=3",)
    with GithubSimulator(issues=900, mutate_every=2, mutate=changes, faults=slow) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))
        before = {record["id"] for record in simulator.truth("issues")}
        missing = before - read_ids(pipeline, simulator)
        assert missing, "no issue changed behind the bound: the second run proves nothing"
        assert before <= read_ids(pipeline, simulator)


def read_ids(pipeline: Pipeline, simulator: GithubSimulator) -> set[int]:
    pipeline.run_well("--commit-rows", "150")
    ids = delta_tables.read_with_deltalake(pipeline.table_path("issues")).column("id").to_pylist()
    assert len(ids) == len(set(ids))
    assert set(ids) <= {record["id"] for record in simulator.truth("issues")}
    return set(ids)


FAULTS = ("status=502,every=5", "reset,every=7", "cut,every=11", "secondary_limit=429,at=9,retry_after=1",
          "slow=40,every=6")


def test_a_bad_connection_changes_nothing_in_the_tables(tmp_path):
    with GithubSimulator(issues=900, faults=FAULTS) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues", "comments", "branches"))
        finished = pipeline.run_well()
        assert sum(table["source"]["retries"] for table in finished.report["tables"]) > 0
        expect_all(pipeline, simulator)


def test_json_that_ends_in_the_middle_of_a_complete_answer_loses_nothing(tmp_path):
    with GithubSimulator(issues=900, faults=("truncate,at=4",)) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))
        finished = pipeline.run()
        # Whether it asks again at once or in the next run: nothing of the page is taken or passed over.
        assert finished.code == 0 or finished.table("issues")["error"]["kind"] in ("bad_record", "unavailable"), finished
        pipeline.run_well()
        expect_all(pipeline, simulator)


def test_one_failing_table_does_not_stop_the_others(tmp_path):
    with GithubSimulator(issues=120, rights="read") as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues", "collaborators", "branches"))
        finished = pipeline.run()
        assert finished.code == 1, finished
        assert finished.table("collaborators")["error"]["kind"] == "auth", finished
        for name in ("issues", "branches"):
            delta_tables.expect_truth(pipeline.table_path(name), simulator.truth(name), github_tables.TABLES[name].key)


@pytest.mark.parametrize("settings", [{"since": "exclusive"}, {"ties": 90}, {"gzip": "on"}], ids=str)
def test_the_source_may_behave_otherwise(tmp_path, settings):
    with GithubSimulator(issues=2500, **settings) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))
        pipeline.run_well("--commit-rows", "100")
        simulator.mutate(issues=40)
        pipeline.run_well("--commit-rows", "7")
        expect_all(pipeline, simulator)
