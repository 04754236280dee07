"""The statements that bring a batch into a table. They say what the engine's own appliers do: the greater sequence wins, among equal
ones the later in the source; a row that the table holds already, value for value, is left alone."""

from __future__ import annotations

from pyspark.sql.types import ArrayType, DataType, MapType, StructType

POSITION = "_inlet_position"


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def column(path: str, schema: StructType, alias: str) -> str:
    """A column, or a member of one: a name with a dot in it is taken whole first."""
    parts = [path] if path in schema.names else path.split(".")
    return ".".join([alias, *map(quoted, parts)])


def has_map(kind: DataType) -> bool:
    if isinstance(kind, ArrayType):
        return has_map(kind.elementType)
    return isinstance(kind, MapType) or (isinstance(kind, StructType) and any(has_map(one.dataType) for one in kind))


def _differs(name: str, kind: DataType) -> str:
    old, new = f"t.{quoted(name)}", f"s.{quoted(name)}"
    if has_map(kind):
        # Spark does not compare maps.
        old, new = f"to_json(struct({old}))", f"to_json(struct({new}))"
    return f"NOT ({old} <=> {new})"


def _tuple(paths: list[str], schema: StructType, alias: str) -> str:
    return "struct(" + ", ".join(column(path, schema, alias) for path in paths) + ")"


def _one_per_key(view: str, keys: list[str], schema: StructType, order: list[str]) -> str:
    """The first row of each key in this order."""
    partition = ", ".join(column(key, schema, "b") for key in keys)
    return (f"SELECT * FROM (SELECT b.*, row_number() OVER (PARTITION BY {partition} ORDER BY {', '.join(order)}) AS _inlet_rank FROM {view} b) "
            "WHERE _inlet_rank = 1")


def _merge(table: str, source: str, keys: list[str], schema: StructType, matched: str) -> str:
    matches = " AND ".join(f"{column(key, schema, 't')} <=> {column(key, schema, 's')}" for key in keys)
    names = [quoted(one.name) for one in schema]
    return (f"MERGE INTO {table} t USING ({source}) s ON {matches} {matched}"
            f"WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) VALUES ({', '.join('s.' + name for name in names)})")


def upsert(table: str, view: str, schema: StructType, keys: list[str], sequence: list[str]) -> str:
    """SCD type 1. `schema` is the table's columns as far as a batch has them, in its order."""
    order = [column(path, schema, "b") + " DESC" for path in sequence] + [f"b.{POSITION} DESC"]
    is_news = "(" + " OR ".join(_differs(one.name, one.dataType) for one in schema) + ")"
    if sequence:
        new, old = _tuple(sequence, schema, "s"), _tuple(sequence, schema, "t")
        is_news = f"({new} > {old} OR ({new} = {old} AND {is_news}))"
    assignments = ", ".join(f"t.{quoted(one.name)} = s.{quoted(one.name)}" for one in schema)
    return _merge(table, _one_per_key(view, keys, schema, order), keys, schema, f"WHEN MATCHED AND {is_news} THEN UPDATE SET {assignments} ")


def first_only(table: str, view: str, schema: StructType, keys: list[str], sequence: list[str]) -> str:
    """Appending with keys: an event that the table has is not added again. The same key at another sequence is another event."""
    identity = [*keys, *(path for path in sequence if path not in keys)]
    return _merge(table, _one_per_key(view, identity, schema, [f"b.{POSITION}"]), identity, schema, "")
