"""Streams of a source that executors read themselves: only the plan is landed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import inlet
import polars
import pyarrow
import pytest
from files_pipeline import FilesPipeline
from files_source import SCHEMA, FilesSource
from inlet.spark import ingest

NUM_ROWS = 3000
# Some ten shares, and three or four batches.
SMALL = {"partitionBytes": "10000", "maxBytesPerTrigger": "35000"}
LANDED = {"maxRowsPerTrigger": "1000", "page_size": "10KiB"}


@pytest.fixture
def source(tmp_path):
    """A file that can be cut, one that cannot, and a small one."""
    source = FilesSource(tmp_path)
    source.put("1.jsonl", range(2000))
    source.put("2.csv", range(2000, 2990))
    source.put("3.jsonl", range(2990, NUM_ROWS))
    return source


def collector():
    batches = []
    return batches, lambda rows, _: batches.append(rows.toArrow())


def in_order(rows: pyarrow.Table) -> list[int]:
    return rows.sort_by("place")["id"].to_pylist()


def test_executors_read_the_files_themselves(spark, source):
    tasks = []

    def take(rows, _):
        tasks.append(rows.selectExpr("*", "spark_partition_id() AS task").toArrow())
    source.stream(spark, take, partitionBytes="10000")
    [batch] = tasks
    assert len(set(batch["task"].to_pylist())) >= 8
    assert in_order(batch) == list(range(NUM_ROWS))
    assert batch["name"].to_pylist() == [f"row {one}" for one in batch["id"].to_pylist()]
    assert not source.landed("pages") and len(source.landed("shares")) == 1


def test_a_limit_of_bytes_bounds_batches_of_shares(spark, source):
    batches, take = collector()
    source.stream(spark, take, **SMALL)
    assert len(batches) >= 3
    assert max(len(batch) for batch in batches) < NUM_ROWS / 2
    assert [one for batch in batches for one in in_order(batch)] == list(range(NUM_ROWS))


def test_a_limit_of_rows_is_kept_by_landing_the_pages(spark, source):
    batches, take = collector()
    source.stream(spark, take, **LANDED)
    assert [len(batch) <= 1000 for batch in batches] == [True] * len(batches)
    assert source.landed("pages") and not source.landed("shares")
    assert [one for batch in batches for one in in_order(batch)] == list(range(NUM_ROWS))


@pytest.mark.parametrize("options", [SMALL, LANDED])
def test_available_now_ends_where_the_source_stood(spark, source, options):
    batches = []

    def take(rows, _):
        batches.append(rows.toArrow())
        source.put("9.jsonl", range(NUM_ROWS, NUM_ROWS + 10))
    source.stream(spark, take, **options)
    assert sum(map(len, batches)) == NUM_ROWS
    source.stream(spark, take, **options)
    assert in_order(batches[-1]) == list(range(NUM_ROWS, NUM_ROWS + 10))


def fail(rows, _):
    raise RuntimeError("the sink is broken")


def rows_in(table: Path) -> list[dict]:
    return polars.scan_delta(str(table)).collect().to_dicts()


@pytest.mark.parametrize("options", [SMALL, LANDED])
def test_a_batch_that_failed_comes_again_as_it_was_planned(spark, source, options):
    failed = []

    def take_and_fail(rows, _):
        failed.append(rows.toArrow())
        raise RuntimeError("the sink is broken")
    with pytest.raises(Exception, match="the sink is broken"):
        source.stream(spark, take_and_fail, **options)
    # The source would plan it otherwise now.
    os.utime(source.drop / "3.jsonl", (1, 1))
    source.put("0.jsonl", range(NUM_ROWS, NUM_ROWS + 5))
    batches, take = collector()
    source.stream(spark, take, **(options | {"maxBytesPerTrigger": "1000000"}))
    assert batches[0].sort_by("place").equals(failed[0].sort_by("place"))
    assert sorted(one for batch in batches for one in batch["id"].to_pylist()) == list(range(NUM_ROWS + 5))


@pytest.mark.parametrize("change", ["overwritten", "grown", "removed"])
def test_a_file_that_was_changed_after_it_was_planned_ends_the_stream(spark, source, change):
    with pytest.raises(Exception, match="the sink is broken"):
        source.stream(spark, fail)
    file = source.drop / "1.jsonl"
    if change == "removed":
        file.unlink()
    else:
        file.write_text('{"id": 7}\n' if change == "overwritten" else file.read_text() + '{"id": 7}\n')
    with pytest.raises(Exception, match="1.jsonl") as raised:
        source.stream(spark, lambda rows, _: rows.toArrow())
    assert "start the stream again with a new checkpoint and an empty landing folder" in str(raised.value)
    assert str(source.landing) in str(raised.value)


def test_an_engines_offset_of_a_batch_is_one_of_the_program(spark, source):
    batches, take = collector()
    source.stream(spark, take, **SMALL)
    connection = inlet.connect("files", {"url": str(source.drop)})
    for number in range(len(batches)):
        rest = pyarrow.table(connection.read_table("files", json.loads(source.offset_of(number)["source"]), {"schema": SCHEMA}))
        taken = sum(map(len, batches[:number + 1]))
        assert rest["id"].to_pylist() == list(range(taken, NUM_ROWS))
    assert "position" in source.offset_of(0)["source"], "the first batch ends within a file"


def test_bad_records_of_shares_are_kept_in_the_landing(spark, source):
    (source.drop / "4.jsonl").write_text('{"id": 3000}\n{"id": \n{"id": 3001}\n')
    batches, take = collector()
    source.stream(spark, take, badRecords="drop", **SMALL)
    assert sorted(one for batch in batches for one in batch["id"].to_pylist()) == list(range(NUM_ROWS + 2))
    assert len(list(source.landing.glob("refused/*.json"))) == 1


def test_no_rows_of_a_source_without_files_to_read(spark, source):
    batches, take = collector()
    source.stream(spark, take)
    source.stream(spark, take)
    assert len(batches) == 1


def test_a_table_whose_planned_file_was_changed_is_planned_anew_by_the_run_after(spark, tmp_path, monkeypatch):
    pipeline = FilesPipeline(tmp_path, {"schema": "id bigint"})
    pipeline.put("1.jsonl", [{"id": 1}])

    def bring():
        return ingest(spark, tmp_path / "pipeline.yaml", warehouse=pipeline.warehouse, connections=tmp_path / "connections.yaml")
    with monkeypatch.context() as broken:
        broken.setattr("inlet.spark.merge.append", lambda rows, *_: fail(rows, 0))
        with pytest.raises(inlet.InletError, match="the sink is broken"):
            bring()
    pipeline.put("1.jsonl", [{"id": 1}, {"id": 2}])
    with pytest.raises(inlet.InletError, match="1.jsonl was changed after the read was planned.*run the pipeline again"):
        bring()
    bring()
    assert sorted(row["id"] for row in rows_in(pipeline.table_path)) == [1, 2]


@pytest.mark.parametrize("options", [SMALL, LANDED])
def test_a_killed_driver_repeats_its_batch_and_goes_on(spark, source, tmp_path, options):
    """It dies in its second batch, when the third is being landed."""
    died = subprocess.run([sys.executable, Path(__file__).parent / "killed_driver.py", tmp_path, json.dumps(options)],
                          capture_output=True, text=True, timeout=300, start_new_session=True)
    assert died.returncode == -signal.SIGKILL, died.stderr[-4000:]
    before = [json.loads(line) for line in (tmp_path / "batches").read_text().splitlines()]
    assert len(before) == 2
    batches, take = collector()
    source.stream(spark, take, **options)
    assert in_order(batches[0]) == before[1]
    assert before[0] + [one for batch in batches for one in in_order(batch)] == list(range(NUM_ROWS))
    # Spark tells of a commit when it plans the next batch: only the last one's stays.
    start, end = (source.offset_of(number)["segment"] for number in (len(batches) - 1, len(batches)))
    assert [int(name.split(".")[0]) for name in source.landed("pages")] in ([], list(range(start + 1, end + 1)))
    assert [int(name.split(".")[0]) for name in source.landed("shares")] in ([], [start + 1])
