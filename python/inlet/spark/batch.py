"""Batch reads: one task asks the source, as the native program would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from inlet.connection import Rows
from inlet.errors import BadRecordError
from inlet.spark.options import SourceOptions
from inlet.spark.schemas import conform, decoded_schema

if TYPE_CHECKING:
    import pyarrow as pa


def refuse(options: SourceOptions, num_refused: int, refused: list[dict[str, Any]]) -> None:
    """Ends the read for its refused records, unless they are to be dropped."""
    if num_refused and options.bad_records == "fail":
        first = refused[0]
        raise BadRecordError(f"table {options.table}: {num_refused} records cannot become rows; the first, from {first['origin']}: "
                             f"{first['reason']}; set badRecords to drop to leave such records out")


class TableReader(DataSourceReader):
    def __init__(self, options: SourceOptions, schema: StructType):
        self._options = options
        self._schema = schema

    def partitions(self) -> list[InputPartition]:
        return [InputPartition(None)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        options = self._options
        connection = options.open()
        read = connection.read_deletes_as if options.is_delete_flow else connection.read_as
        rows: Rows = read(options.table, json.loads(options.starting_offset), options.table_options,
                          decoded_schema(self._schema, options))
        yield from conform(rows, self._schema, options.position_column)
        refuse(options, rows.num_refused, rows.refused)
