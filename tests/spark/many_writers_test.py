"""Spark's OPTIMIZE runs again and again beside eight writers: it may lose races, they lose nothing."""

import itertools
import threading

import delta_tables
from many_writers import NUM_WRITERS, ManyWriters

LEAST_ROUNDS, MOST_ROUNDS = 3, 12


class Optimizer:
    """OPTIMIZE in a loop, of one writer's rows at a time: of all of them, Spark would lose every race."""

    def __init__(self, spark, table):
        self._spark = spark
        self._table = table
        self.num_done = 0
        self.failures: list[str] = []

    def run_until(self, is_over: threading.Event) -> None:
        for writer in itertools.cycle(range(NUM_WRITERS)):
            if is_over.is_set():
                return
            try:
                [done] = self._spark.sql(f"OPTIMIZE delta.`{self._table}` WHERE writer = {writer}").collect()
                self.num_done += 1 if done["metrics"]["numFilesAdded"] > 0 else 0
            except Exception as failure:
                self.failures.append(str(failure))


def test_nothing_is_lost_beside_a_loop_of_optimize(spark, tmp_path):
    # Without upkeep of our own there is always something to merge.
    writers = ManyWriters(tmp_path, upkeep="off", partition_columns="writer")
    writers.run_round()
    optimizer = Optimizer(spark, writers.table_path)
    is_over = threading.Event()
    problems = []

    def write():
        try:
            for round_ in range(MOST_ROUNDS):
                writers.run_round()
                if round_ + 1 >= LEAST_ROUNDS and optimizer.num_done > 0:
                    break
        except BaseException as problem:
            problems.append(problem)
        finally:
            is_over.set()

    writing = threading.Thread(target=write)
    writing.start()
    optimizer.run_until(is_over)
    writing.join()
    assert not problems, problems[0]
    assert optimizer.num_done > 0, optimizer.failures
    # Where a writer was faster, Delta says that files were deleted or changed beside it; nothing else may go wrong.
    assert all("DELTA_CONCURRENT" in failure for failure in optimizer.failures), optimizer.failures
    writers.expect_all([row.asDict() for row in spark.read.format("delta").load(str(writers.table_path)).collect()])
    writers.expect_all(delta_tables.read_with_polars(writers.table_path).to_pylist())
