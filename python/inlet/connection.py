"""A source, with the five methods of the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from typing import Any

from inlet import _native
from inlet.options import name_values, option_texts
from inlet.python_class import class_parameters


class Schema:
    """A table's columns. pyarrow, polars and others take it by Arrow's PyCapsule interface: `pyarrow.schema(schema)`."""

    def __init__(self, native: _native.TableSchema):
        self._native = native

    @property
    def names(self) -> list[str]:
        return self._native.names

    def to_json(self) -> str:
        """As Spark writes a StructType: `StructType.fromJson(json.loads(schema.to_json()))`."""
        return self._native.json()

    def __arrow_c_schema__(self) -> object:
        return self._native.__arrow_c_schema__()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __repr__(self) -> str:
        return f"Schema({', '.join(self.names)})"


class Rows:
    """The rows of one read, as a stream that one consumer takes: `pyarrow.table(rows)`, `polars.DataFrame(rows)`,
    `pyarrow.RecordBatchReader.from_stream(rows)` for batch after batch. At no time is more of it in memory than a few pages
    and batches. A record that cannot become a row is refused and counted; what does not fit a column stands in
    `_rescued_data`."""

    def __init__(self, native: _native.TableRows):
        self._native = native

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._native.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """For readers that ask before they take: DuckDB before 2.0 would take the rows to learn their schema."""
        return self.schema.__arrow_c_schema__()

    @property
    def schema(self) -> Schema:
        return Schema(self._native.schema)

    @property
    def next_offset(self) -> dict[str, Any]:
        """Where the source stands after these rows; ConfigError until they were all taken. Equal to the start when there
        was nothing new."""
        offset: dict[str, Any] = json.loads(self._native.next_offset)
        return offset

    @property
    def num_records(self) -> int:
        """Records seen so far, refused ones among them and those that the source sent twice."""
        return self._native.num_records

    @property
    def num_refused(self) -> int:
        return self._native.num_refused

    @property
    def refused(self) -> list[dict[str, Any]]:
        """The first hundred refused records: `record` (the bytes), `reason`, `origin` and where in it."""
        return self._native.refused


class Connection:
    """What `connect` gives. Safe to use from several threads."""

    def __init__(self, native: _native.Connection):
        self._native = native

    def list_tables(self) -> list[str]:
        return self._native.list_tables()

    def get_table_schema(self, table: str, options: Mapping[str, Any] | None = None) -> Schema:
        return Schema(self._native.get_table_schema(table, option_texts(options)))

    def read_table_metadata(self, table: str, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """`primary_keys`, `cursor_field` and `ingestion_type`."""
        return self._native.read_table_metadata(table, option_texts(options))

    def read_table(self, table: str, start_offset: Mapping[str, Any] | None = None,
                   options: Mapping[str, Any] | None = None) -> Rows:
        """Everything after `start_offset`; none or an empty one is the start."""
        return Rows(self._native.read_table(table, json.dumps(dict(start_offset or {})), option_texts(options)))

    def read_table_deletes(self, table: str, start_offset: Mapping[str, Any] | None = None,
                           options: Mapping[str, Any] | None = None) -> Rows:
        """Keys and cursor of what was deleted after `start_offset`; for ingestion type cdc_with_deletes."""
        return Rows(self._native.read_table_deletes(table, json.dumps(dict(start_offset or {})), option_texts(options)))

    def get_partitions(self, table: str, start_offset: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None,
                       partition_bytes: int = 128 << 20) -> list[str] | None:
        """The rows of read_table in shares of about so many bytes, for read_partition, in any process that has the connection;
        None when the table is read as a whole."""
        return self._native.get_partitions(table, json.dumps(dict(start_offset or {})), option_texts(options), partition_bytes)

    def read_partition(self, table: str, partition: str, options: Mapping[str, Any] | None = None, schema: str | None = None) -> Rows:
        """The rows of one share; they have no next offset of their own. `schema` as in read_as."""
        return Rows(self._native.read_partition(table, partition, option_texts(options), schema))

    def read_as(self, table: str, start_offset: Mapping[str, Any], options: Mapping[str, Any], schema: str, *,
                looks_ahead: bool = True) -> Rows:
        """As read_table, with columns of one's own: `schema` is a Spark StructType's JSON; `_rescued_data` is there when it
        names it. Who wants the first rows only does not let it look ahead."""
        return Rows(self._native.read_table(table, json.dumps(dict(start_offset)), option_texts(options), schema, looks_ahead))

    def read_deletes_as(self, table: str, start_offset: Mapping[str, Any], options: Mapping[str, Any], schema: str, *,
                        looks_ahead: bool = True) -> Rows:
        """As read_table_deletes, likewise."""
        return Rows(self._native.read_table_deletes(table, json.dumps(dict(start_offset)), option_texts(options), schema, looks_ahead))

    @property
    def native(self) -> _native.Connection:
        """For the parts of this package that hand it to the engine."""
        return self._native

    def check(self) -> None:
        """Proves connection and rights with the cheapest request there is."""
        self._native.check()


def connect(name: str | type, options: Mapping[str, Any] | None = None, *, connections: str | PathLike[str] | None = None,
            store_options: Mapping[str, Any] | None = None, defaults: Mapping[str, str] | None = None) -> Connection:
    """A source. With `options`, `name` is a connector and these are its parameters; without, it is a connection of the
    connections file (`connections`, or the one that `inlet connection list` shows). A class with the methods of
    `inlet.lakeflow.LakeflowConnect` is a connector, too, and so is `"python:module:Class"`. `defaults` are parameters for a
    connection that does not give them. No request is made."""
    file = None if connections is None else str(connections)
    parameters = None if options is None else option_texts(options)
    if not isinstance(name, str):
        parameters = class_parameters(name) | (parameters or {})
        name = "python"
    return Connection(_native.connect(name, parameters, file, name_values(store_options), dict(defaults or {})))
