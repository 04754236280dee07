"""Sources inside Spark: the format `lakeflow_connect`, for `spark.read` and `spark.readStream`, and whole pipelines with
`ingest(spark, spec)`. Needs pyspark 4.2.

An installed wheel registers it by itself; `register(spark)` does so where that is switched off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inlet.spark.ingest import ingest
from inlet.spark.source import LakeflowSource

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["LakeflowSource", "ingest", "register"]


def register(spark: SparkSession) -> None:
    """Makes the format known to this session. May be called again."""
    spark.dataSource.register(LakeflowSource)
