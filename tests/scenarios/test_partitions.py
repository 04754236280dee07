"""Partitioned tables: other readers see the rows, other writers' tables are gone on with, and rows stay in their partitions whatever
is done to the table. After each test delta_lint compares the partition values of the log with the data files."""

import json
import random
import subprocess
from collections import Counter
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import delta_log
import delta_tables
import pyarrow
import pyarrow.parquet as parquet
import pytest
from delta_lint import lint
from deltalake import DeltaTable, write_deltalake
from files_pipeline import FilesPipeline
from inlet_program import INLET
from peak_memory import peak_mib_of

SCHEMA = "id BIGINT, seq BIGINT, kind STRING, day DATE, at TIMESTAMP, flag BOOLEAN, price DECIMAL(10,2), note STRING"
DIVIDED = ["kind", "day", "at", "flag", "price"]
KINDS = [None, "", "push", "a/b", "..", "100%", "ü €", "x=y&z?", "#1 'q' \"r\"", "\\|^{}[]", "new\nline", "%2F:", " blank "]


def draw_rows(draw: random.Random, ids: range, seq: int, kinds=KINDS) -> list[dict]:
    return [{"id": number, "seq": seq, "kind": draw.choice(kinds), "day": draw.choice((None, "2024-02-29", "1969-12-31")),
             "at": draw.choice((None, "2024-05-01T10:00:00.123456Z", "1969-12-31T23:59:59Z")), "flag": draw.choice((None, True, False)),
             "price": draw.choice((None, 12.3, -0.05)), "note": f"n{seq}"} for number in ids]


def typed(row: dict) -> dict:
    """What a reader has to give for it; Delta stores an empty text of a partition column as null."""
    made = {"day": date.fromisoformat, "at": lambda text: datetime.fromisoformat(text.replace("Z", "+00:00")),
            "price": lambda number: Decimal(f"{number:.2f}")}
    values = {name: made[name](value) if name in made and value is not None else value for name, value in row.items()}
    return values | {"kind": row["kind"] or None}


def in_order(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: str(sorted(row.items(), key=lambda item: item[0])))


def read(path: Path, reader: str) -> list[dict]:
    rows = delta_tables.READERS[reader](path).to_pylist()
    for row in rows:
        row.pop("_rescued_data", None)
        for name, value in row.items():
            if isinstance(value, datetime):
                row[name] = value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
    return in_order(rows)


def expect_rows(path: Path, rows: list[dict]) -> None:
    # polars 2.1 looks deletion vectors up by paths that it has decoded, and does not find those of encoded ones.
    is_beyond_polars = any("%" in add["path"] and "deletionVector" in add for add in live_adds(path))
    for reader in ["deltalake"] if is_beyond_polars else delta_tables.READERS:
        assert read(path, reader) == in_order(rows), reader


def live_adds(table: Path) -> list[dict]:
    state = delta_log.State()
    for _, file in delta_log.commit_files(table / "_delta_log"):
        delta_log.apply(state, delta_log.read_commit(file, lambda _: None), lambda _: None)
    return list(state.live.values())


def partitions_of(table: Path) -> Counter:
    """How many live files each partition has."""
    return Counter(json.dumps(add["partitionValues"], sort_keys=True) for add in live_adds(table))


def inlet(*words: str) -> str:
    done = subprocess.run([INLET, *words], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_appended_rows_of_every_type_are_read_by_others(tmp_path):
    pipeline = FilesPipeline(tmp_path, {"schema": SCHEMA, "partition_columns": DIVIDED})
    rows = draw_rows(random.Random(1), range(200), 1)
    pipeline.put("1.jsonl", rows)
    pipeline.run_well()
    expect_rows(pipeline.table_path, [typed(row) for row in rows])
    assert DeltaTable(str(pipeline.table_path)).metadata().partition_columns == DIVIDED
    assert {add["partitionValues"]["kind"] for add in live_adds(pipeline.table_path)} == {kind or None for kind in KINDS}


@pytest.mark.parametrize("options", ({}, {"max_compat": True}), ids=("deletion-vectors", "copy-on-write"))
@pytest.mark.parametrize("kinds", (KINDS, [None, "push", "pull", "fork_2.a-b"]), ids=("any-text", "plain-text"))
def test_rows_move_to_the_partitions_of_their_new_values(tmp_path, kinds, options):
    keyed = {"schema": SCHEMA, "primary_keys": "id", "sequence_by": "seq", "scd_type": "SCD_TYPE_1", "apply_as_deletes": "note = 'gone'"}
    pipeline = FilesPipeline(tmp_path, keyed | {"partition_columns": ["kind", "day"]} | options)
    draw = random.Random(2)
    rows = {}
    for seq in range(1, 5):
        changed = draw_rows(draw, range(100) if seq == 1 else draw.sample(range(120), 30), seq, kinds)
        for row in changed[:3]:
            row["note"] = "gone" if seq > 1 else row["note"]
        pipeline.put(f"{seq}.jsonl", changed)
        pipeline.run_well("--commit-rows", "40")
        rows |= {row["id"]: row for row in changed}
        expect_rows(pipeline.table_path, [typed(row) for row in rows.values() if row["note"] != "gone"])


def test_versions_of_a_row_lie_in_the_partitions_of_their_values(tmp_path):
    keyed = {"schema": SCHEMA, "primary_keys": "id", "sequence_by": "seq", "scd_type": "SCD_TYPE_2"}
    pipeline = FilesPipeline(tmp_path, keyed | {"partition_columns": ["kind"]})
    draw = random.Random(3)
    versions: list[dict] = []
    for seq in (1, 2, 3):
        rows = draw_rows(draw, range(40) if seq == 1 else draw.sample(range(40), 15), seq)
        pipeline.put(f"{seq}.jsonl", rows)
        pipeline.run_well()
        for row in rows:
            for version in versions:
                if version["id"] == row["id"] and version["__END_AT"] is None:
                    version["__END_AT"] = seq
            versions.append(typed(row) | {"__START_AT": seq, "__END_AT": None})
    expect_rows(pipeline.table_path, versions)
    assert pipeline.run_well().report["tables"][0]["records"]["committed"] == 0


def test_an_empty_text_that_comes_again_is_no_change(tmp_path):
    keyed = {"schema": SCHEMA, "primary_keys": "id", "sequence_by": "seq", "scd_type": "SCD_TYPE_1", "partition_columns": ["kind"]}
    pipeline = FilesPipeline(tmp_path, keyed)
    row = draw_rows(random.Random(4), range(1), 1)[0] | {"kind": ""}
    for number in range(2):
        pipeline.put(f"{number}.jsonl", [row])
        records = pipeline.run_well().report["tables"][0]["records"]
    assert (records["committed"], records["unchanged"]) == (0, 1)


def test_a_late_column_comes_with_partitions(tmp_path):
    pipeline = FilesPipeline(tmp_path, {"schema": "id BIGINT, kind STRING", "partition_columns": "kind"})
    pipeline.put("1.jsonl", [{"id": 1, "kind": "a"}, {"id": 2, "kind": "b"}])
    pipeline.run_well()
    wider = FilesPipeline(tmp_path, {"schema": "id BIGINT, kind STRING, more BIGINT", "partition_columns": "kind"})
    wider.put("2.jsonl", [{"id": 3, "kind": "a", "more": 7}])
    wider.run_well()
    expect_rows(wider.table_path, [{"id": 1, "kind": "a", "more": None}, {"id": 2, "kind": "b", "more": None},
                                   {"id": 3, "kind": "a", "more": 7}])


def test_500_partitions_are_written_in_bounded_memory(tmp_path):
    pipeline = FilesPipeline(tmp_path, {"schema": "id BIGINT, kind STRING, text STRING", "partition_columns": "kind"})
    text = "some text that fills a row " * 20
    rows = [{"id": number, "kind": f"kind {number * 7919 % 500}", "text": f"{number} {text}"} for number in range(120_000)]
    for part in range(0, len(rows), 20_000):
        pipeline.put(f"{part}.jsonl", rows[part:part + 20_000])
    peak_mib, _ = peak_mib_of(pipeline.command("--max-memory", "128MiB", "--threads", "2"))
    assert peak_mib < 220, f"{peak_mib:.0f} MiB"
    found = delta_tables.read_with_polars(pipeline.table_path)
    assert sorted(found.column("id").to_pylist()) == list(range(120_000))
    assert len(partitions_of(pipeline.table_path)) == 500


@pytest.mark.parametrize("key", (["id"], ["kind", "id"], ["id", "day"]), ids="-".join)
def test_a_table_of_another_writer_goes_on(tmp_path, key):
    keyed = {"schema": "id BIGINT, seq BIGINT, kind STRING, day DATE", "primary_keys": key, "sequence_by": "seq", "scd_type": "SCD_TYPE_1"}
    pipeline = FilesPipeline(tmp_path, keyed)
    day = date(2024, 5, 1)
    theirs = [{"id": number, "seq": 1, "kind": ("a/b", "c d", None)[number % 3 if "kind" not in key else number % 2], "day": day}
              for number in range(60)]
    schema = pyarrow.schema([("id", pyarrow.int64()), ("seq", pyarrow.int64()), ("kind", pyarrow.string()), ("day", pyarrow.date32())])
    for part in range(0, 60, 20):
        write_deltalake(str(pipeline.table_path), pyarrow.Table.from_pylist(theirs[part:part + 20], schema), mode="append",
                        partition_by=["day", "kind"])
    changed = [row | {"seq": 2, "kind": row["kind"] if "kind" in key else "new"} for row in theirs[10:20]] + [
        {"id": 100, "seq": 1, "kind": "c d", "day": date(1969, 12, 31)}]
    pipeline.put("1.jsonl", [row | {"day": row["day"].isoformat()} for row in changed])
    pipeline.run_well()
    rows = {row["id"]: row for row in theirs + changed}
    expect_rows(pipeline.table_path, list(rows.values()))
    write_deltalake(str(pipeline.table_path), pyarrow.Table.from_pylist([{"id": 200, "seq": 1, "kind": "c d", "day": day}], schema),
                    mode="append", schema_mode="merge")
    pipeline.put("2.jsonl", [{"id": 200, "seq": 2, "kind": "c d", "day": day.isoformat()}])
    pipeline.run_well()
    expect_rows(pipeline.table_path, [*rows.values(), {"id": 200, "seq": 2, "kind": "c d", "day": day}])


def test_upkeep_keeps_rows_in_their_partitions(tmp_path):
    keyed = {"schema": SCHEMA, "primary_keys": "id", "sequence_by": "seq", "scd_type": "SCD_TYPE_1"}
    pipeline = FilesPipeline(tmp_path, keyed | {"partition_columns": ["kind"]})
    draw = random.Random(6)
    rows = {}
    for seq in range(1, 12):
        changed = draw_rows(draw, draw.sample(range(300), 60), seq)
        pipeline.put(f"{seq:02}.jsonl", changed)
        pipeline.run_well()
        rows |= {row["id"]: typed(row) for row in changed}
    expect_rows(pipeline.table_path, list(rows.values()))
    num_partitions = len({row["kind"] for row in rows.values()})
    assert len(live_adds(pipeline.table_path)) < 11 * num_partitions, "inline upkeep has merged nothing"
    assert list(pipeline.table_path.glob("_delta_log/*.checkpoint.parquet"))
    inlet("optimize", str(pipeline.table_path), "--full")
    assert set(partitions_of(pipeline.table_path).values()) == {1}
    expect_rows(pipeline.table_path, list(rows.values()))
    inlet("optimize", str(pipeline.table_path), "--zorder", "id,note")
    assert set(partitions_of(pipeline.table_path).values()) == {1}
    inlet("vacuum", str(pipeline.table_path), "--retention", "0s", "--force")
    files = {file for file in pipeline.table_path.rglob("*.parquet") if "_delta_log" not in file.parts}
    assert len(files) == num_partitions
    expect_rows(pipeline.table_path, list(rows.values()))
    last = draw_rows(draw, range(5), 12)
    pipeline.put("99.jsonl", last)
    pipeline.run_well()
    expect_rows(pipeline.table_path, list((rows | {row["id"]: typed(row) for row in last}).values()))


def complaint(pipeline: FilesPipeline) -> str:
    finished = pipeline.run()
    assert finished.code != 0, finished
    return finished.out + finished.err


@pytest.mark.parametrize("given, said", (
    ({"partition_columns": "dya"}, "did you mean"),
    ({"partition_columns": "user.login"}, "name a top-level column"),
    ({"partition_columns": "user"}, "name a column of texts"),
    ({"partition_columns": ["day", "day"]}, "there twice"),
    ({"partition_columns": ["id", "day", "user"]}, "name a column of texts"),
    ({"partition_columns": ["day"], "cluster_by": ["id"]}, "exclude each other"),
), ids=("unknown", "nested", "struct", "twice", "no-scalar", "cluster_by"))
def test_partition_columns_that_cannot_be_are_refused(tmp_path, given, said):
    pipeline = FilesPipeline(tmp_path, {"schema": "id BIGINT, day DATE, user STRUCT<login: STRING>"} | given)
    pipeline.put("1.jsonl", [{"id": 1}])
    text = complaint(pipeline)
    assert said in text and "pipeline.yaml" in text, text


def test_an_empty_text_in_a_key_is_named(tmp_path):
    keyed = {"schema": "id BIGINT, seq BIGINT, kind STRING", "primary_keys": ["kind", "id"], "sequence_by": "seq", "scd_type": "SCD_TYPE_1"}
    pipeline = FilesPipeline(tmp_path, keyed | {"partition_columns": "kind"})
    pipeline.put("1.jsonl", [{"id": 1, "seq": 1, "kind": "a"}, {"id": 2, "seq": 1, "kind": ""}])
    assert "an empty text is stored as null: kind" in complaint(pipeline)
    assert live_adds(pipeline.table_path) == []


def test_not_all_columns_can_be_partition_columns(tmp_path):
    pipeline = FilesPipeline(tmp_path, {"schema": "id BIGINT, day DATE", "partition_columns": ["day", "id"]})
    pipeline.put("1.jsonl", [{"id": 1}])
    assert "leave some out" in complaint(pipeline)


def test_the_partition_columns_of_a_table_stay(tmp_path):
    schema = {"schema": "id BIGINT, day DATE, kind STRING"}
    pipeline = FilesPipeline(tmp_path, schema | {"partition_columns": "day"})
    pipeline.put("1.jsonl", [{"id": 1, "day": "2024-05-01", "kind": "a"}])
    pipeline.run_well()
    text = complaint(FilesPipeline(tmp_path, schema | {"partition_columns": "kind"}))
    assert "day" in text and "destination_table" in text, text
    pipeline = FilesPipeline(tmp_path, schema)
    pipeline.put("2.jsonl", [{"id": 2, "day": "2024-05-02", "kind": "a"}])
    pipeline.run_well()
    assert len(partitions_of(pipeline.table_path)) == 2


def break_add(table: Path, change) -> None:
    for _, file in delta_log.commit_files(table / "_delta_log"):
        actions = [json.loads(line) for line in file.read_text().splitlines()]
        for action in actions:
            if "add" in action:
                change(action["add"])
        file.write_text("".join(json.dumps(action) + "\n" for action in actions))


@pytest.mark.broken_tables
@pytest.mark.parametrize("change, said", (
    (lambda add: add["partitionValues"].pop("day"), "the partition columns are"),
    (lambda add: add["partitionValues"].update(day="2024-02-30"), "is no date"),
    (lambda add: add["partitionValues"].update(id2="7"), "the partition columns are"),
    (lambda add: add.update(stats=add["stats"].replace('"nullCount":{', '"nullCount":{"day":0,')), "nullCount names the partition column"),
), ids=("missing", "spelling", "extra", "statistics"))
def test_the_check_of_tables_finds_wrong_partitions(tmp_path, change, said):
    pipeline = FilesPipeline(tmp_path, {"schema": "id BIGINT, day DATE", "partition_columns": "day"})
    pipeline.put("1.jsonl", [{"id": 1, "day": "2024-05-01"}])
    pipeline.run_well()
    assert lint(pipeline.table_path) == []
    break_add(pipeline.table_path, change)
    assert any(said in finding for finding in lint(pipeline.table_path)), lint(pipeline.table_path)


@pytest.mark.broken_tables
def test_the_check_of_tables_finds_a_column_that_should_be_left_out(tmp_path):
    pipeline = FilesPipeline(tmp_path, {"schema": "id BIGINT, day DATE", "partition_columns": "day"})
    pipeline.put("1.jsonl", [{"id": 1, "day": "2024-05-01"}])
    pipeline.run_well()
    file = next(pipeline.table_path.glob("day=*/*.parquet"))
    rows = parquet.ParquetFile(file).read()
    parquet.write_table(rows.append_column("day", pyarrow.array([date(2024, 5, 1)])), file)
    found = lint(pipeline.table_path)
    assert any("the file has the partition column day" in finding for finding in found), found
