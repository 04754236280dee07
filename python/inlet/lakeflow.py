"""Connectors and notebooks of the Python framework, as they are: this import is all that changes.

    from inlet.lakeflow import LakeflowConnect, ingest, register

    class Shop(LakeflowConnect): ...

    register(spark, Shop)
    ingest(spark, {"connection_name": "my_shop", "objects": [...]}, warehouse="/shared/lake")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inlet_host.classes import LakeflowConnect, SupportsPartition, SupportsPartitionedStream

from inlet.python_class import register_class

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from inlet.spark.ingest import IngestReport

__all__ = ["LakeflowConnect", "SupportsPartition", "SupportsPartitionedStream", "ingest", "register"]


def register(spark: SparkSession, connector: type | str | None = None) -> None:
    """Makes the format `lakeflow_connect` known to this session. `connector`, a class or `python:module:Class`, is then the one of
    connections that say `connector: python` and no more. It, or a connector that Inlet has by itself, is also the one of connections
    that no connections file knows: their parameters are among the options, where a platform has put them."""
    from inlet.spark.source import LakeflowSource
    is_built_in = isinstance(connector, str) and ":" not in connector
    parameters = register_class(None if is_built_in else connector)
    name = connector if is_built_in else "python" if connector else None
    spark.dataSource.register(type("RegisteredSource", (LakeflowSource,), {"connector": name, "parameters": parameters}))


def ingest(spark: SparkSession, spec: Any, **options: Any) -> IngestReport:
    """`inlet.spark.ingest`."""
    from inlet.spark.ingest import ingest as run
    return run(spark, spec, **options)
