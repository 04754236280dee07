"""Columns and members of columns, as Spark's SQL writes them."""

from __future__ import annotations

from pyspark.sql.types import DataType, StructType


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def parts_of(path: str, schema: StructType) -> list[str]:
    """A name with a dot in it is taken whole first."""
    return [path] if path in schema.names else path.split(".")


def column(path: str, schema: StructType, alias: str = "") -> str:
    """A column, or a member of one, of the table `alias`."""
    return ".".join([*([alias] if alias else []), *map(quoted, parts_of(path, schema))])


def type_of(path: str, schema: StructType) -> DataType:
    found: DataType = schema
    for name in parts_of(path, schema):
        assert isinstance(found, StructType), path
        found = found[name].dataType
    return found


def equal(paths: list[str], schema: StructType, left: str = "t", right: str = "s") -> str:
    return " AND ".join(f"{column(path, schema, left)} <=> {column(path, schema, right)}" for path in paths)
