"""Tables in object stores are what they are on a disk."""

import random

import delta_tables
import github_tables
import pytest
from files_pipeline import lines
from github_simulator import GithubSimulator
from warehouses import GithubWarehouse, fetch, files_pipeline, ids_of, rows_straight_from

CHANGES = {"issues": 40, "create_issues": 7, "branches": 5, "create_branches": 3, "delete_branches": 4}
SMALL_PAGES = {"page_size": "10"}


def test_upserts_and_snapshots_equal_what_was_served(store, warehouse, tmp_path):
    tables = github_tables.options_of("issues", "branches")
    tables["issues"] = tables["issues"] | SMALL_PAGES
    with GithubSimulator(issues=230) as simulator:
        github = GithubWarehouse(tmp_path, store, simulator, warehouse, tables)
        github.run_well("--commit-rows", "10")
        simulator.mutate(**CHANGES)
        github.run_well()
        copy = github.expect_all()
        assert list(copy.glob("issues/_delta_log/*.checkpoint.parquet"))
        assert list(copy.glob("issues/deletion_vector_*.bin"))
        again = github.run_well()
        assert sum(table["records"]["committed"] for table in again.report["tables"]) == 0, again
        if store.reader_options:
            assert rows_straight_from(store, f"{warehouse}/issues") == len(simulator.truth("issues"))


def test_files_are_read_from_a_store_as_well(store, warehouse, tmp_path):
    source = f"{warehouse}/drop"
    pipeline = files_pipeline(tmp_path, store, f"{warehouse}/tables", source=source)
    for number in range(3):
        store.put(f"{source}/{number}.jsonl", lines([{"id": 10 * number + at} for at in range(5)]).encode())
        pipeline.run_well()
    assert ids_of(store, f"{warehouse}/tables", tmp_path) == [10 * number + at for number in range(3) for at in range(5)]


def test_a_file_of_several_parts_is_whole(store, warehouse, tmp_path):
    pipeline = files_pipeline(tmp_path, store, warehouse)
    draw = random.Random(7)  # What is drawn cannot be compressed to less than two parts.
    pipeline.put("big.jsonl", [{"id": number, "text": draw.randbytes(256).hex()} for number in range(45_000)])
    pipeline.run_well()
    copy = fetch(store, warehouse, tmp_path)
    assert max(file.stat().st_size for file in copy.rglob("*.parquet")) > 10 << 20
    assert ids_of(store, warehouse, tmp_path) == list(range(45_000))


@pytest.mark.parametrize("store", ["azure"], indirect=True)
def test_azure_tables_have_a_second_kind_of_url(store, tmp_path):
    warehouse = "abfss://lake@devstoreaccount1.dfs.core.windows.net/second-kind"
    pipeline = files_pipeline(tmp_path, store, warehouse)
    pipeline.put("a.jsonl", [{"id": 1}])
    pipeline.run_well()
    assert ids_of(store, "az://lake/second-kind", tmp_path) == [1]


def test_partitions_may_have_any_value(store, warehouse, tmp_path):
    options = {"schema": "id BIGINT, seq BIGINT, kind STRING", "primary_keys": "id", "sequence_by": "seq", "scd_type": "SCD_TYPE_1",
               "partition_columns": "kind"}
    pipeline = files_pipeline(tmp_path, store, warehouse, options=options)
    kinds = ["a/b", "100%", "ü €", "x=y&z?+", "#1", "..", " blank ", None]
    for seq in (1, 2):
        # Every second row moves to the next partition.
        rows = [{"id": number, "seq": seq, "kind": kinds[(number + (seq - 1) * (number % 2)) % len(kinds)]} for number in range(24)]
        pipeline.put(f"{seq}.jsonl", rows)
        pipeline.run_well()
    found = delta_tables.read_with_deltalake(fetch(store, warehouse, tmp_path) / "rows").select(["id", "seq", "kind"])
    assert sorted(found.to_pylist(), key=lambda row: row["id"]) == rows
    if store.reader_options:
        assert rows_straight_from(store, f"{warehouse}/rows") == len(rows)
