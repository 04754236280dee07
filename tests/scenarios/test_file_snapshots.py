"""Files that together are the whole table: every run compares them with it."""

import gzip
import json

import pytest
from delta_tables import READERS
from files_pipeline import FilesPipeline

SNAPSHOT = {"ingestion_type": "snapshot", "primary_keys": "id"}


def rows_of(pipeline: FilesPipeline, reader: str) -> list[dict]:
    return sorted(READERS[reader](pipeline.table_path).select(["id", "name"]).to_pylist(), key=lambda row: row["id"])


def numbered(*names: str) -> list[dict]:
    return [{"id": number, "name": name} for number, name in enumerate(names)]


@pytest.mark.parametrize("reader", READERS)
def test_the_table_is_what_the_files_hold_now(tmp_path, reader):
    pipeline = FilesPipeline(tmp_path, SNAPSHOT)
    pipeline.put("low.jsonl", numbered("a", "b", "c"))
    pipeline.put("high.jsonl", [{"id": 9, "name": "z"}])
    pipeline.run_well()
    pipeline.put("low.jsonl", numbered("a", "B"))
    counts = pipeline.run_well().table("rows")["records"]
    assert {name: counts[name] for name in ("fetched", "committed", "unchanged", "deleted")} == {
        "fetched": 3, "committed": 1, "unchanged": 2, "deleted": 1}
    assert rows_of(pipeline, reader) == numbered("a", "B") + [{"id": 9, "name": "z"}]


def test_the_same_files_change_nothing(tmp_path):
    pipeline = FilesPipeline(tmp_path, SNAPSHOT)
    pipeline.put("all.jsonl", numbered("a", "b"))
    first = pipeline.run_well().table("rows")
    again = pipeline.run_well().table("rows")
    assert (again["records"]["fetched"], again["records"]["unchanged"], again["commits"]) == (2, 2, 0)
    assert again["version_after"] == first["version_after"]


def test_a_file_that_ends_in_mid_air_deletes_nothing(tmp_path):
    pipeline = FilesPipeline(tmp_path, SNAPSHOT | {"compression": "gzip"})
    whole = gzip.compress("".join(json.dumps(row) + "\n" for row in numbered("a", "b", "c")).encode())
    (pipeline.drop / "all.jsonl.gz").write_bytes(whole)
    pipeline.run_well()
    (pipeline.drop / "all.jsonl.gz").write_bytes(whole[:-12])
    cut = pipeline.run()
    assert cut.code != 0
    assert rows_of(pipeline, "polars") == numbered("a", "b", "c")


def test_without_keys_it_is_an_error_that_says_so(tmp_path):
    pipeline = FilesPipeline(tmp_path, {"ingestion_type": "snapshot"})
    pipeline.put("all.jsonl", numbered("a"))
    refused = pipeline.run()
    assert refused.code != 0
    assert "primary_keys" in refused.err
