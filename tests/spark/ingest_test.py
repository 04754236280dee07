"""`ingest(spark, spec)` leaves the tables of the native program, and each goes on where the other stopped."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import delta_tables
import github_tables
import polars
import pytest
from delta_tables import expect_truth
from github_simulator import GithubSimulator
from github_tables import truth_of
from inlet_program import Pipeline
from inlet.spark import ingest


class TwoDoors:
    """One pipeline, run by the native program or by Spark."""

    def __init__(self, spark, folder, simulator, *tables: str, **configuration):
        self.spark = spark
        options = {name: github_tables.TABLES[name].options | configuration for name in tables}
        self.pipeline = Pipeline(folder, simulator.base_url, options)
        connections = json.loads(self.pipeline.connections_file.read_text())
        connections["connections"]["github"].pop("token")
        self.pipeline.connections_file.write_text(json.dumps(connections))

    def ingest(self, **options):
        pipeline = self.pipeline
        return ingest(self.spark, pipeline.spec_file, warehouse=pipeline.warehouse, connections=pipeline.connections_file, **options)

    def rows(self, name: str):
        table = polars.scan_delta(str(self.pipeline.table_path(name))).collect()
        return table.select(sorted(table.columns)).sort(github_tables.TABLES[name].key)


def history(path) -> list[dict]:
    """The commits of a table, oldest first."""
    return [[json.loads(line) for line in file.read_text().splitlines()] for file in sorted(path.glob("_delta_log/*.json"))]


def inlet_entries(path) -> list[dict]:
    infos = [action["commitInfo"] for commit in history(path) for action in commit if "commitInfo" in action]
    return [json.loads(info["userMetadata"])["inlet"] for info in infos if "inlet" in info.get("userMetadata", "")]


def test_a_table_goes_from_the_program_to_spark_and_back(spark, tmp_path):
    with GithubSimulator(issues=120) as simulator:
        doors = TwoDoors(spark, tmp_path, simulator, "issues")
        doors.pipeline.run_well()
        simulator.mutate(issues=5, create_issues=2)
        outcome = doors.ingest().table("issues")
        assert outcome["offset_before"] != {} and outcome["offset_after"] != outcome["offset_before"]
        simulator.mutate(issues=4, create_issues=3)
        finished = doors.pipeline.run_well().table("issues")
        assert finished["offset_before"] == outcome["offset_after"]
        expect_truth(doors.pipeline.table_path("issues"), truth_of(simulator, "issues"), "id")
        entries = inlet_entries(doors.pipeline.table_path("issues"))
        assert [entry["version"] for entry in entries] == [1, 2, 3]
        assert len({entry["app_id"] for entry in entries}) == 1


def test_a_row_is_written_once_however_often_it_is_read(spark, tmp_path):
    with GithubSimulator(issues=60) as simulator:
        doors = TwoDoors(spark, tmp_path, simulator, "issues")
        doors.ingest()
        before = len(history(doors.pipeline.table_path("issues")))
        doors.ingest()  # The source's lookback brings some rows again.
        added = [action for commit in history(doors.pipeline.table_path("issues"))[before:] for action in commit if "add" in action]
        assert added == []


def test_a_run_that_is_stopped_after_its_commit_goes_on_behind_it(spark, tmp_path, monkeypatch):
    from inlet.spark.ingest import _TableIngest
    write = _TableIngest._write

    def write_and_die(self, *arguments):
        write(self, *arguments)
        raise RuntimeError("killed after the commit")

    with GithubSimulator(issues=120) as simulator:
        doors = TwoDoors(spark, tmp_path, simulator, "issues", scd_type="APPEND_ONLY")
        monkeypatch.setattr(_TableIngest, "_write", write_and_die)
        with pytest.raises(Exception, match="killed after the commit"):
            doors.ingest(stream_options={"maxRowsPerTrigger": 100})
        monkeypatch.undo()
        doors.ingest()
        assert len(doors.rows("issues")) == 120
        expect_truth(doors.pipeline.table_path("issues"), truth_of(simulator, "issues"), "id")


def test_one_failing_table_does_not_stop_the_others(spark, tmp_path):
    import inlet
    with GithubSimulator(issues=30) as simulator:
        doors = TwoDoors(spark, tmp_path, simulator, "issues", "branches")
        # Something is in the way of one table.
        doors.pipeline.warehouse.mkdir()
        doors.pipeline.table_path("branches").write_text("")
        with pytest.raises(inlet.InletError, match="branches: ") as failed:
            doors.ingest()
        report = failed.value.report
        assert [table["source_table"] for table in report.failed_tables] == ["branches"]
        assert json.loads((doors.pipeline.warehouse / f"_inlet/reports/{report['run_id']}.json").read_text()) == report
        assert len(doors.rows("issues")) == 30


def test_a_mistake_in_the_spec_is_told_before_anything_is_touched(spark, tmp_path):
    import inlet
    with GithubSimulator(issues=30) as simulator:
        doors = TwoDoors(spark, tmp_path, simulator, "issues", ownr="me")
        with pytest.raises(inlet.ConfigError, match='no option "ownr"'):
            doors.ingest()
        assert not doors.pipeline.warehouse.exists()


def test_refused_records_go_to_the_quarantine_table(spark, tmp_path):
    drop = tmp_path / "drop" / "orders"
    drop.mkdir(parents=True)
    (drop / "1.jsonl").write_text('{"id": 1}\n{"id": \n{"id": 3}\n')
    connections = tmp_path / "connections.yaml"
    connections.write_text(json.dumps({"connections": {"drop": {"connector": "files", "url": str(tmp_path / "drop")}}}))
    spec = {"connection_name": "drop", "objects": [{"table": {"source_table": "orders", "table_configuration": {
        "schema": "id bigint NOT NULL"}}}]}
    report = ingest(spark, spec, warehouse=tmp_path / "lake", connections=connections)
    assert report.table("orders")["records"]["quarantined"] == 1
    assert sorted(delta_tables.read_with_deltalake(tmp_path / "lake/orders")["id"].to_pylist()) == [1, 3]
    assert len(delta_tables.read_with_deltalake(tmp_path / "lake/orders_quarantine")) == 1
    (drop / "2.jsonl").write_text('{"id": 4}\n')
    ingest(spark, spec, warehouse=tmp_path / "lake", connections=connections)
    assert sorted(delta_tables.read_with_deltalake(tmp_path / "lake/orders")["id"].to_pylist()) == [1, 3, 4]


# Kills its process, as a machine would, right after the first commit of a table.
DYING_DRIVER = """if True:
    import os, signal, sys
    sys.path.insert(0, sys.argv[1])
    import conftest
    from inlet.spark import ingest
    from inlet.spark.ingest import _TableIngest
    from pathlib import Path
    write = _TableIngest._write

    def write_and_die(self, *arguments):
        write(self, *arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    _TableIngest._write = write_and_die
    spec, warehouse, connections, events = sys.argv[2:]
    ingest(conftest.start_session(Path(events)), spec, warehouse=warehouse, connections=connections,
           stream_options={"maxRowsPerTrigger": 100})
"""


def test_a_killed_driver_loses_and_doubles_nothing(spark, tmp_path):
    with GithubSimulator(issues=120) as simulator:
        doors = TwoDoors(spark, tmp_path, simulator, "issues", scd_type="APPEND_ONLY")
        pipeline = doors.pipeline
        events = tmp_path / "events"
        events.mkdir()
        killed = subprocess.run([sys.executable, "-c", DYING_DRIVER, Path(__file__).parent, pipeline.spec_file, pipeline.warehouse,
                                 pipeline.connections_file, events], capture_output=True, text=True)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert 0 < len(doors.rows("issues")) < 120
        doors.ingest()
        expect_truth(pipeline.table_path("issues"), truth_of(simulator, "issues"), "id")
