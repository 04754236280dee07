"""Tables about the source's tables, in both spellings of their names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from pyspark.sql.datasource import DataSourceReader, InputPartition

from inlet.connection import Connection
from inlet.errors import ConfigError
from inlet.options import names_in
from inlet.spark.options import SourceOptions

Row = tuple[Any, ...]

_METADATA = "tableName string NOT NULL, primary_keys array<string>, cursor_field string, ingestion_type string"


def _metadata(connection: Connection, options: SourceOptions) -> Iterator[Row]:
    names = names_in(options.virtual.get("tablenamelist", "")) or connection.list_tables()
    configurations = json.loads(options.virtual.get("tableconfigs", "{}"))
    for name in names:
        metadata = connection.read_table_metadata(name, {**options.table_options, **configurations.get(name, {})})
        yield name, metadata["primary_keys"], metadata["cursor_field"], metadata["ingestion_type"]


def _tables(connection: Connection, options: SourceOptions) -> Iterator[Row]:
    # Our sources have one namespace, without a name.
    if names_in(options.virtual.get("namespace", "")):
        return
    for name in connection.list_tables():
        yield None, name


def _namespaces(connection: Connection, options: SourceOptions) -> Iterator[Row]:
    yield from ()


_TABLES: dict[str, tuple[str, Callable[[Connection, SourceOptions], Iterator[Row]]]] = {
    "_lakeflow_metadata": (_METADATA, _metadata),
    "_community_table_metadata": (_METADATA, _metadata),
    "_lakeflow_table_list": ("table_schema string, table_name string NOT NULL", _tables),
    "_community_tables": ("namespace array<string>, tableName string NOT NULL", _tables),
    "_community_namespaces": ("namespace array<string>", _namespaces),
}


def is_virtual(table: str) -> bool:
    """True for the names that belong to the format. ConfigError for one that nothing is behind."""
    if table in _TABLES:
        return True
    if table.startswith(("_lakeflow_", "_community_")):
        raise ConfigError(f"no table {table}; the format's own tables are {', '.join(_TABLES)}")
    return False


def virtual_schema(table: str) -> str:
    return _TABLES[table][0]


class VirtualReader(DataSourceReader):
    def __init__(self, options: SourceOptions):
        self._options = options

    def partitions(self) -> list[InputPartition]:
        return [InputPartition(None)]

    def read(self, partition: InputPartition) -> Iterator[Row]:
        return _TABLES[self._options.table][1](self._options.open(), self._options)
