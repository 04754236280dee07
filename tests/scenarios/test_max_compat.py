"""Tables without table features: readers that know no deletion vectors read them after upserts and deletes."""

import json

import delta_tables
import pyarrow
from deltalake import DeltaTable
from files_pipeline import FilesPipeline
from peak_memory import peak_mib_of

OPTIONS = {"schema": "id BIGINT, seq BIGINT, name STRING", "primary_keys": ["id"], "sequence_by": ["seq"], "scd_type": "SCD_TYPE_1",
           "apply_as_deletes": "name = 'gone'", "max_compat": True}


def test_a_reader_of_plain_parquet_sees_the_rows_that_live(tmp_path):
    pipeline = FilesPipeline(tmp_path, OPTIONS)
    pipeline.put("1.jsonl", [{"id": number, "seq": 1, "name": f"n{number}"} for number in range(100)])
    pipeline.run_well()
    pipeline.put("2.jsonl", [{"id": 3, "seq": 2, "name": "new"}, {"id": 4, "seq": 2, "name": "gone"}])
    pipeline.run_well()
    table = DeltaTable(str(pipeline.table_path))
    protocol = table.protocol()
    assert (protocol.min_reader_version, protocol.min_writer_version) == (1, 2)
    # The dataset refuses tables that ask for more than reader version 1.
    rows = pyarrow.table(table.to_pyarrow_dataset().to_table()).select(["id", "name"]).sort_by("id").to_pylist()
    assert rows == [{"id": number, "name": "new" if number == 3 else f"n{number}"} for number in range(100) if number != 4]


# In memory, changes of so many rows take several times what they may.
LARGE = {"schema": "id BIGINT, seq BIGINT, name STRING", "primary_keys": ["id"], "sequence_by": ["seq"], "scd_type": "SCD_TYPE_1", "max_compat": True}
LITTLE_MEMORY = ("--max-memory", "64MiB", "--threads", "2")


def put_rows(pipeline: FilesPipeline, count: int, seq: int) -> None:
    """Of every id below `count`, in another order."""
    pipeline.put(f"{seq}.jsonl", [{"id": number * 7919 % count, "seq": seq, "name": f"{seq}: " + "some text that fills a row " * 4} for number in range(count)])


def expect_changed(pipeline: FilesPipeline, *, rows: int, changed: int) -> None:
    found = delta_tables.read_with_polars(pipeline.table_path).sort_by("id")
    assert found.column("id").to_pylist() == list(range(rows))
    assert found.column("seq").to_pylist() == [2] * changed + [1] * (rows - changed)


def test_a_change_that_outgrows_memory_is_one_commit(tmp_path):
    pipeline = FilesPipeline(tmp_path, LARGE)
    put_rows(pipeline, 200_000, 1)
    pipeline.run_well(*LITTLE_MEMORY)
    put_rows(pipeline, 180_000, 2)
    peak_mib, report = peak_mib_of(pipeline.command(*LITTLE_MEMORY))
    table = json.loads(report)["tables"][0]
    assert (table["commits"], table["records"]["committed"]) == (1, 180_000)
    assert peak_mib < 150, f"{peak_mib:.0f} MiB"
    expect_changed(pipeline, rows=200_000, changed=180_000)


def test_without_room_on_local_disk_commits_come_earlier_and_the_run_says_why(tmp_path):
    pipeline = FilesPipeline(tmp_path, LARGE, environment={"TMPDIR": str(tmp_path / "nowhere")})
    put_rows(pipeline, 200_000, 1)
    pipeline.run_well(*LITTLE_MEMORY)
    put_rows(pipeline, 180_000, 2)
    finished = pipeline.run_well(*LITTLE_MEMORY)
    assert finished.report["tables"][0]["commits"] > 1
    assert finished.err.count("cannot make a scratch file") == 1, finished.err
    assert str(tmp_path / "nowhere") in finished.err
    expect_changed(pipeline, rows=200_000, changed=180_000)
