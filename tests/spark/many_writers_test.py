"""Spark's OPTIMIZE runs again and again beside eight writers: it may lose races, they lose nothing."""

import threading

import delta_tables
from many_writers import ManyWriters


def optimize_until(spark, table, is_done: threading.Event) -> list[str]:
    """What it failed with."""
    failures = []
    while not is_done.is_set():
        try:
            spark.sql(f"OPTIMIZE delta.`{table}`")
        except Exception as failure:
            failures.append(str(failure))
    return failures


def test_nothing_is_lost_beside_a_loop_of_optimize(spark, tmp_path):
    writers = ManyWriters(tmp_path)
    writers.run_round()
    is_done = threading.Event()
    problems = []

    def write():
        try:
            for _ in range(3):
                writers.run_round()
        except BaseException as problem:
            problems.append(problem)
        finally:
            is_done.set()

    writing = threading.Thread(target=write)
    writing.start()
    failures = optimize_until(spark, writers.table_path, is_done)
    writing.join()
    assert not problems, problems[0]
    # Where a writer was faster, Delta says that files were deleted or changed beside it; nothing else may go wrong.
    assert all("DELTA_CONCURRENT" in failure for failure in failures), failures
    by_spark = spark.sql(f"DESCRIBE HISTORY delta.`{writers.table_path}`").where("operation = 'OPTIMIZE' AND engineInfo LIKE 'Apache-Spark%'")
    assert by_spark.count() > 0
    writers.expect_all([row.asDict() for row in spark.read.format("delta").load(str(writers.table_path)).collect()])
    writers.expect_all(delta_tables.read_with_polars(writers.table_path).to_pylist())
