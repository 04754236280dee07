"""Tables without table features: readers that know no deletion vectors read them after upserts and deletes."""

import pyarrow
from deltalake import DeltaTable
from files_pipeline import FilesPipeline

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
