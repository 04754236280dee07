"""Schemas as Spark wants them: every column may be null, at every depth, and batches say exactly what the schema says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import LongType, StringType, StructType

from inlet.connection import Connection
from inlet.errors import ConfigError

if TYPE_CHECKING:
    import pyarrow as pa

    from inlet.spark.options import SourceOptions

RESCUED_COLUMN = "_rescued_data"


def _nullable(node: Any) -> Any:
    if isinstance(node, list):
        return [_nullable(item) for item in node]
    if not isinstance(node, dict):
        return node
    loose = {name: value if name == "metadata" else _nullable(value) for name, value in node.items()}
    loose.update({name: True for name in ("nullable", "containsNull", "valueContainsNull") if name in loose})
    return loose


def nullable_schema(text: str) -> StructType:
    """A Spark schema's JSON, with every column and member nullable."""
    return StructType.fromJson(_nullable(json.loads(text)))


def table_schema(connection: Connection, options: SourceOptions) -> StructType:
    """The source's columns, the rescued column, and the position where it was asked for; of a delete flow, keys and cursor. With
    the option `columns` only those that it names, in its order: what was not asked for is not kept aside either."""
    schema = nullable_schema(connection.get_table_schema(options.table, options.table_options).to_json())
    if options.is_delete_flow:
        metadata = connection.read_table_metadata(options.table, options.table_options)
        wanted = {path.split(".")[0] for path in [*metadata["primary_keys"], metadata["cursor_field"]] if path}
        schema = StructType([one for one in schema if one.name in wanted])
    if options.columns is not None:
        schema = _chosen(schema, options.columns, options.table)
    elif not options.is_delete_flow:
        schema.add(RESCUED_COLUMN, StringType())
    if options.position_column:
        schema.add(options.position_column, LongType())
    return schema


def _chosen(schema: StructType, names: list[str], table: str) -> StructType:
    unknown = [name for name in names if name not in schema.names]
    if unknown or not names:
        raise ConfigError(f"option columns: table {table} has no column {', '.join(map(repr, unknown))}; its columns are {', '.join(schema.names)}")
    return StructType([schema[name] for name in dict.fromkeys(names)])


def decoded_schema(schema: StructType, options: SourceOptions) -> str:
    """What is decoded, as JSON: the position is not."""
    return StructType([one for one in schema if one.name != options.position_column]).json()


def conform(rows: Any, schema: StructType, position_column: str | None = None, first_position: int = 0) -> Iterator[pa.RecordBatch]:
    """The rows as batches of exactly `schema`: Spark looks at the first batch alone, and takes columns by position. No value
    is copied. The position counts the rows from `first_position` on."""
    import pyarrow as pa
    expected = to_arrow_schema(schema, timezone="UTC")
    position = first_position
    for batch in pa.RecordBatchReader.from_stream(rows):
        arrays = [pa.arange(position, position + batch.num_rows) if one.name == position_column else typed(batch, one)
                  for one in expected]
        position += batch.num_rows
        yield pa.RecordBatch.from_arrays(arrays, schema=expected)


def first_rows(batches: Iterator[pa.RecordBatch], limit: int | None) -> Iterator[pa.RecordBatch]:
    """So many rows; then nothing more is asked for."""
    left = limit
    for batch in batches:
        yield batch if left is None else batch.slice(0, left)
        if left is not None:
            left -= batch.num_rows
            if left <= 0:
                return


def typed(batch: pa.RecordBatch, wanted: pa.Field) -> pa.Array:
    """The batch's column, in the wanted type."""
    column = batch.column(wanted.name)
    return column if column.type == wanted.type else column.cast(wanted.type)


