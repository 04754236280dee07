"""A table's changes as one stream: what the source sends of it, and of its deletes where it has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StringType, StructType

from inlet import _native
from inlet.spark.columns import quoted
from inlet.spark.merge import DELETE, POSITION, ROLE, UPSERT
from inlet.spark.schemas import RESCUED_COLUMN, nullable_schema

# The landings of a table, in the order of its starts.
_FLOWS = ("upserts", "deletes")


@dataclass(frozen=True)
class TableChanges:
    """`about` is the engine's description of the table, `landing` a folder of this stream's own. `options` are of the format: the
    connections file, and what bounds a micro-batch."""
    about: Mapping[str, Any]
    landing: str
    starts: list[str]
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> StructType:
        """The source's columns, and the rescued column."""
        return nullable_schema(self.about["schema"]).add(RESCUED_COLUMN, StringType())

    def rows(self, spark: SparkSession, **more: str) -> DataFrame:
        """What the source sends, deletes by a flow of their own left out."""
        return self._flow(spark, 0, self.columns, **more)

    def changes(self, spark: SparkSession) -> DataFrame:
        """Rows with POSITION and ROLE; upserts and deletes as one flow where the table has both, so that one commit has what came
        together."""
        condition = self.about["delete_condition"]
        role = f"CASE WHEN {condition} THEN {DELETE} ELSE {UPSERT} END" if condition else f"{UPSERT}"
        rows = self._flow(spark, 0, self.columns, positionColumn=POSITION).withColumn(ROLE, F.expr(role))
        if not self.about["has_delete_flow"]:
            return rows
        deletes = self._flow(spark, 1, nullable_schema(self.about["delete_schema"]), isDeleteFlow="true", positionColumn=POSITION)
        return rows.unionByName(deletes.withColumn(ROLE, F.lit(DELETE)), allowMissingColumns=True)

    def landed_bytes(self, starts: list[dict[str, Any]], ends: list[dict[str, Any]]) -> int:
        """Of the source, between the two places of each flow."""
        return sum(_native.landed_bytes(f"{self.landing}/{flow}", start["segment"] + 1, end["segment"])
                   for flow, start, end in zip(_FLOWS, starts, ends, strict=False))

    def _flow(self, spark: SparkSession, number: int, columns: StructType, **more: str) -> DataFrame:
        about = self.about
        options = {"databricks.connection": about["connection"], "tableName": about["source_table"], "badRecords": "drop",
                   "landing": f"{self.landing}/{_FLOWS[number]}", "startingOffset": self.starts[number],
                   "keyColumns": json.dumps([*about["keys"], *about["sequence"]]), **self.options, **more}
        schema = StructType([*columns])
        if "positionColumn" in more:
            schema.add(more["positionColumn"], LongType())
        rows = spark.readStream.format("lakeflow_connect").schema(schema).options(**about["source_options"]).options(**options).load()
        for one in columns:
            if one.name in about["partition_columns"] and one.dataType == StringType():
                # As a partition's name, an empty text is a null.
                rows = rows.withColumn(one.name, F.expr(f"nullif({quoted(one.name)}, '')"))
        return rows
