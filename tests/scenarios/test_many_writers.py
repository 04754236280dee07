"""Eight processes write disjoint keys to one table at once: nothing is lost or doubled."""

import delta_tables
from many_writers import ManyWriters


def test_eight_writers_of_disjoint_keys(tmp_path):
    writers = ManyWriters(tmp_path)
    for _ in range(4):
        writers.run_round()
    writers.expect_all(delta_tables.read_with_polars(writers.table_path).to_pylist())
