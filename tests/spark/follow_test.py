"""`ingest(spark, spec, every=...)` follows the source until it is stopped; what it leaves is what the native program would, and goes on from."""

import json
import logging
import os
import queue
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import delta_tables
import polars
import pytest
from files_pipeline import lines
from github_simulator import GithubSimulator
from github_tables import TABLES, truth_of
from inlet.errors import ConfigError
from inlet.spark import driver, ingest
from inlet.spark.ingest import _TableIngest
from inlet.spark.options import SourceOptions
from inlet.spark.stream import TableStreamReader
from inlet_program import TOKEN, Pipeline
from pyspark.sql.streaming.datasource import ReadAllAvailable
from pyspark.sql.types import StructType

PATIENCE_SECONDS = 120


@pytest.fixture
def commits(monkeypatch):
    """Told of each batch that has come into its table, and its refused records into the quarantine."""
    told = queue.Queue()
    take = _TableIngest._take_batch

    def take_and_tell(self, *arguments):
        take(self, *arguments)
        told.put(self._about["path"])

    monkeypatch.setattr(_TableIngest, "_take_batch", take_and_tell)
    return told


class Following:
    """A run that goes on, from `with` to its end."""

    def __init__(self, spark, spec, **options):
        self.stop = threading.Event()
        self._ingest = lambda: ingest(spark, spec, every="1s", stop=self.stop, **options)

    def __enter__(self):
        self._pool = ThreadPoolExecutor(1)
        self._run = self._pool.submit(self._ingest)
        return self

    def __exit__(self, *_):
        self.stop.set()
        self._pool.shutdown()

    def report(self):
        """What it ends with; raises what it raises."""
        self.stop.set()
        return self._run.result()

    def wait_for(self, commits: queue.Queue, holds) -> None:
        while not holds():
            assert not self._run.done(), self._run.result()
            commits.get(timeout=PATIENCE_SECONDS)


class GithubTables:
    """Changes by key, events and a snapshot, all of one simulator."""

    OBJECTS = {"issues": {}, "log": {"scd_type": "APPEND_ONLY"}, "branches": {}}
    SOURCES = {"log": "issues"}

    def __init__(self, spark, folder, simulator):
        self.spark, self.simulator = spark, simulator
        self.pipeline = pipeline = Pipeline(folder, simulator.base_url, {})
        objects = [{"table": {"source_table": self.SOURCES.get(name, name), "destination_table": name,
                              "table_configuration": TABLES[self.SOURCES.get(name, name)].options | rules}} for name, rules in self.OBJECTS.items()]
        pipeline.spec_file.write_text(json.dumps({"connection_name": "github", "objects": objects}))
        # Without a token it answers sixty times an hour. (Spark's processes do not have the test's environment.)
        connection = {"connector": "github", "base_url": simulator.base_url, "token": TOKEN}
        pipeline.connections_file.write_text(json.dumps({"connections": {"github": connection}}))
        pipeline.connections_file.chmod(0o600)
        self.places = {"warehouse": pipeline.warehouse, "connections": pipeline.connections_file}

    def following(self) -> Following:
        return Following(self.spark, self.pipeline.spec_file, **self.places)

    def are_true(self) -> bool:
        return all(self._keys(name) == sorted(row[TABLES[name].key] for row in truth_of(self.simulator, name)) for name in ("issues", "branches"))

    def _keys(self, name: str) -> list:
        path = self.pipeline.table_path(name)
        return sorted(polars.read_delta(str(path))[TABLES[name].key]) if (path / "_delta_log").exists() else []

    def expect_true(self) -> None:
        for name in ("issues", "branches"):
            delta_tables.expect_truth(self.pipeline.table_path(name), truth_of(self.simulator, name), TABLES[name].key)


def test_tables_follow_their_source_until_they_are_stopped_and_the_program_goes_on(spark, tmp_path, commits):
    with GithubSimulator(issues=60, branches=6) as simulator:
        tables = GithubTables(spark, tmp_path, simulator)
        with tables.following() as following:
            following.wait_for(commits, tables.are_true)
            simulator.mutate(create_issues=4, delete_branches=2)
            following.wait_for(commits, tables.are_true)
            report = following.report()
        assert not report.failed_tables
        assert {name: report.table(name)["commits"] >= 2 for name in tables.OBJECTS} == dict.fromkeys(tables.OBJECTS, True)
        assert report.table("branches")["records"]["deleted"] == 2
        tables.expect_true()
        assert not (tables.pipeline.warehouse / "_inlet/spark/issues").exists(), "pages and checkpoints are gone"
        simulator.mutate(issues=5, create_branches=1)
        finished = tables.pipeline.run_well()
        for name in ("issues", "log"):
            [native] = [table for table in finished.report["tables"] if table["table"] == name]
            [before] = [table for table in report["tables"] if table["table"] == name]
            assert native["offset_before"] == before["offset_after"]
        tables.expect_true()
        log = polars.read_delta(str(tables.pipeline.table_path("log")))
        assert log.height == log.unique(["id", "updated_at"]).height == 60 + 4 + 5


class Files:
    """Folders of files, a table for each."""

    def __init__(self, spark, folder, *tables: str):
        self.spark, self.folder, self.lake = spark, folder, folder / "lake"
        connections = folder / "connections.yaml"
        connections.write_text(json.dumps({"connections": {"drop": {"connector": "files", "url": str(folder / "drop")}}}))
        objects = [{"table": {"source_table": name, "table_configuration": {"schema": "id bigint NOT NULL"}}} for name in tables]
        self.spec = {"connection_name": "drop", "objects": objects}
        self.spec_file = folder / "files.yaml"
        self.spec_file.write_text(json.dumps(self.spec))
        self.places = {"warehouse": self.lake, "connections": connections}
        for name in tables:
            self.put(name, "1.jsonl", 1, 2)

    def put(self, table: str, name: str, *ids: int, more: str = "") -> None:
        file = self.folder / "drop" / table / name
        file.parent.mkdir(parents=True, exist_ok=True)
        # At once, as it would be moved there.
        beside = self.folder / f"{table}-{name}"
        beside.write_text(lines([{"id": number} for number in ids]) + more)
        beside.rename(file)

    def ids(self, table: str) -> list[int]:
        path = self.lake / table
        return sorted(polars.read_delta(str(path))["id"]) if (path / "_delta_log").exists() else []

    def following(self) -> Following:
        return Following(self.spark, self.spec, **self.places)


def test_a_failure_that_may_pass_is_tried_again_and_one_that_does_not_ends_its_table_alone(spark, tmp_path, commits, monkeypatch, caplog):
    files = Files(spark, tmp_path, "good", "shaky", "broken")
    write, failures = _TableIngest._write, {"shaky": [RuntimeError("the network is down")], "broken": [ConfigError("a mistake")]}

    def write_or_fail(self, *arguments):
        if failures.get(self._about["path"]):
            raise failures[self._about["path"]].pop()
        write(self, *arguments)

    monkeypatch.setattr(_TableIngest, "_write", write_or_fail)
    with caplog.at_level(logging.WARNING, "inlet"), files.following() as following:
        following.wait_for(commits, lambda: files.ids("shaky") == files.ids("good") == [1, 2])
        files.put("good", "2.jsonl", 3, more='{"id": \n')
        files.put("shaky", "2.jsonl", 3)
        following.wait_for(commits, lambda: files.ids("shaky") == files.ids("good") == [1, 2, 3])
        following.wait_for(commits, (files.lake / "good_quarantine/_delta_log").exists)
        with pytest.raises(ConfigError, match="broken: a mistake") as failed:
            following.report()
    report = failed.value.report
    assert [table["source_table"] for table in report.failed_tables] == ["broken"]
    assert report.table("good")["records"]["quarantined"] == 1 and report.table("good")["records"]["fetched"] == 4
    assert report.table("shaky")["records"]["committed"] == 3
    assert {"shaky", "broken"} <= {record.getMessage().split(":")[0] for record in caplog.records if record.name == "inlet"}


def test_a_batch_under_way_is_finished_before_the_run_ends(spark, tmp_path, commits, monkeypatch):
    files = Files(spark, tmp_path, "rows")
    write = _TableIngest._write
    following = files.following()

    def stop_and_write(self, *arguments):
        following.stop.set()
        write(self, *arguments)

    monkeypatch.setattr(_TableIngest, "_write", stop_and_write)
    with following:
        commits.get(timeout=PATIENCE_SECONDS)
        report = following.report()
    assert files.ids("rows") == [1, 2] and report.table("rows")["records"]["committed"] == 2
    assert ingest(spark, files.spec, **files.places).table("rows")["records"]["fetched"] == 0
    assert files.ids("rows") == [1, 2]


@pytest.fixture
def signals():
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_the_driver_ends_with_its_report_when_it_is_told_to_stop(spark, tmp_path, monkeypatch, capsys, signals, number):
    files = Files(spark, tmp_path, "rows")
    settle = _TableIngest._settle

    def settle_and_stop(self, next_offset):
        settle(self, next_offset)
        os.kill(os.getpid(), number)

    monkeypatch.setattr(_TableIngest, "_settle", settle_and_stop)
    words = [str(files.spec_file), "--every", "1s", "--warehouse", str(files.lake), "--connections", str(files.places["connections"])]
    assert driver.main(words) == 130
    assert json.loads(capsys.readouterr().out)["tables"][0]["records"]["committed"] == 2


@pytest.mark.parametrize("every", ["soon", "10ms"])
def test_a_time_that_is_none_is_told_before_anything_is_touched(tmp_path, every):
    files = Files(None, tmp_path, "rows")
    with pytest.raises(ConfigError, match="--every"):
        ingest(None, files.spec, every=every, **files.places)
    assert not files.lake.exists()


class Lander:
    """Stands for the engine's: every look finds one segment more, and the end."""

    def __init__(self):
        self.num_looks = 0

    def advance(self, **limits):
        self.num_looks += 1
        return self.num_looks, "{}", True


def test_the_source_is_asked_again_only_after_the_interval(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("inlet.spark.stream.time.monotonic", lambda: now[0])
    options = SourceOptions.of({"databricks.connection": "c", "tableName": "t", "landing": "/none", "pollIntervalMs": "5000"}, None, {})
    reader = TableStreamReader(options, StructType())
    reader._lander = lander = Lander()
    reader._is_at_end = True  # of an earlier read, long ago
    offset = reader.latestOffset(reader.initialOffset(), ReadAllAvailable())
    assert offset["segment"] == 1
    now[0] += 4.9
    assert reader.latestOffset(offset, ReadAllAvailable()) == offset and lander.num_looks == 1
    now[0] += 0.2
    assert reader.latestOffset(offset, ReadAllAvailable())["segment"] == 2
