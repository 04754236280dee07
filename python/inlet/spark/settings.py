"""Settings of Spark for the work that is at hand. The defaults are for large work, and cost five times as much in small batches."""

from __future__ import annotations

from pyspark.sql import SparkSession

_PARTITION_BYTES = 64 << 20
_FILES_PER_PARTITION = 10_000
_SHUFFLE = "spark.sql.shuffle.partitions"
_SNAPSHOT = "spark.databricks.delta.snapshotPartitions"
_MOST_SNAPSHOT_PARTITIONS = 50


def shuffle_partitions(session: SparkSession) -> int:
    return int(session.conf.get(_SHUFFLE) or 1)


def fit_to(session: SparkSession, most: int, num_bytes: int, table_bytes: int, num_files: int) -> None:
    """Partitions of shuffles, `most` at the most, for a batch of so many bytes of the source and its table. `session` is the stream's
    own: the caller's stays as it is."""
    wanted = 1 + num_bytes // _PARTITION_BYTES + table_bytes // _PARTITION_BYTES
    session.conf.set(_SHUFFLE, str(min(most, wanted)))
    if session.conf.get(_SNAPSHOT, None) is None:
        session.conf.set(_SNAPSHOT, str(min(_MOST_SNAPSHOT_PARTITIONS, 1 + num_files // _FILES_PER_PARTITION)))
