"""A source whose structs get members, read by what others wrote."""

import pytest
from delta_tables import READERS
from files_pipeline import FilesPipeline

BEFORE = "id BIGINT, user STRUCT<name: STRING>, items ARRAY<STRUCT<sku: STRING>>"
AFTER = "id BIGINT, user STRUCT<name: STRING, age: BIGINT>, items ARRAY<STRUCT<sku: STRING, price: DOUBLE>>"


@pytest.mark.parametrize("reader", READERS)
def test_members_that_structs_get_are_null_in_older_rows(tmp_path, reader):
    pipeline = FilesPipeline(tmp_path, {"schema": BEFORE})
    pipeline.put("1.jsonl", [{"id": 1, "user": {"name": "a"}, "items": [{"sku": "x"}]}])
    pipeline.run_well()
    pipeline = FilesPipeline(tmp_path, {"schema": AFTER})
    pipeline.put("2.jsonl", [{"id": 2, "user": {"name": "b", "age": 7}, "items": [{"sku": "y", "price": 1.5}]}])
    pipeline.run_well()
    rows = READERS[reader](pipeline.table_path).select(["id", "user", "items"]).to_pylist()
    assert sorted(rows, key=lambda row: row["id"]) == [
        {"id": 1, "user": {"name": "a", "age": None}, "items": [{"sku": "x", "price": None}]},
        {"id": 2, "user": {"name": "b", "age": 7}, "items": [{"sku": "y", "price": 1.5}]}]
