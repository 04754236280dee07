"""Batch reads: a task for each share that the source can be read in, or one that reads it as the native program would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from inlet.connection import Rows
from inlet.errors import BadRecordError
from inlet.spark.options import SourceOptions
from inlet.spark.schemas import conform, decoded_schema, first_rows

if TYPE_CHECKING:
    import pyarrow as pa

# What a task reads, as Spark's own readers of files have it.
_PARTITION_BYTES = 128 << 20


def refuse(options: SourceOptions, num_refused: int, refused: list[dict[str, Any]]) -> None:
    """Ends the read for its refused records, unless they are to be dropped."""
    if num_refused and options.bad_records == "fail":
        first = refused[0]
        raise BadRecordError(f"table {options.table}: {num_refused} records cannot become rows; the first, from {first['origin']}: "
                             f"{first['reason']}; set badRecords to drop to leave such records out")


class Whole(InputPartition):
    """The whole read. (An InputPartition that is neither this nor a share is Spark's, for a read of no partitions.)"""

    def __init__(self) -> None:
        super().__init__(None)


@dataclass
class Share(InputPartition):
    partition: str


class TableReader(DataSourceReader):
    def __init__(self, options: SourceOptions, schema: StructType):
        self._options = options
        self._schema = schema

    def partitions(self) -> list[InputPartition]:
        options = self._options
        # Positions are those of the source's order, and the first rows are its first.
        if options.is_delete_flow or options.position_column or options.limit is not None:
            return [Whole()]
        start = json.loads(options.starting_offset)
        shares = options.open().get_partitions(options.table, start, options.table_options, options.partition_bytes or _PARTITION_BYTES)
        return [Whole()] if shares is None else [Share(one) for one in shares]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        options = self._options
        if not isinstance(partition, (Whole, Share)):
            return
        rows = self._share(partition) if isinstance(partition, Share) else self._whole()
        yield from first_rows(conform(rows, self._schema, options.position_column), options.limit)
        refuse(options, rows.num_refused, rows.refused)

    def _share(self, share: Share) -> Rows:
        options = self._options
        schema = decoded_schema(self._schema, options)
        return options.open().read_partition(options.table, share.partition, options.table_options, schema)

    def _whole(self) -> Rows:
        options = self._options
        connection = options.open()
        read = connection.read_deletes_as if options.is_delete_flow else connection.read_as
        return read(options.table, json.loads(options.starting_offset), options.table_options, decoded_schema(self._schema, options),
                    looks_ahead=options.limit is None)
