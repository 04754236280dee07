"""Tables read by what others wrote (deltalake, polars), and compared with the records that the source served."""

import json
from datetime import datetime, timezone
from pathlib import Path

import polars
import pyarrow
from deltalake import DeltaTable, QueryBuilder


def read_with_deltalake(path: Path) -> pyarrow.Table:
    # QueryBuilder, because it knows deletion vectors.
    reader = QueryBuilder().register("t", DeltaTable(str(path))).execute("select * from t")
    return pyarrow.table(reader.read_all())


def read_with_polars(path: Path) -> pyarrow.Table:
    return polars.scan_delta(str(path)).collect().to_arrow()


READERS = {"deltalake": read_with_deltalake, "polars": read_with_polars}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _typed(value, type_: pyarrow.DataType):
    """A JSON value as a column of this type should hold it."""
    if value is None:
        return None
    if pyarrow.types.is_struct(type_):
        return {field.name: _typed(value.get(field.name), field.type) for field in type_}
    if pyarrow.types.is_list(type_) or pyarrow.types.is_large_list(type_):
        return [_typed(item, type_.value_type) for item in value]
    if pyarrow.types.is_map(type_):
        return [(name, _typed(item, type_.item_type)) for name, item in value.items()]
    if pyarrow.types.is_timestamp(type_):
        return _time(value)
    return value


def _read_back(value, type_: pyarrow.DataType):
    """What a reader gave, with times in UTC."""
    if value is None:
        return None
    if pyarrow.types.is_struct(type_):
        return {field.name: _read_back(value[field.name], field.type) for field in type_}
    if pyarrow.types.is_list(type_) or pyarrow.types.is_large_list(type_):
        return [_read_back(item, type_.value_type) for item in value]
    if isinstance(value, datetime):
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
    return value


def _same(got, wanted) -> bool:
    if isinstance(wanted, (dict, list)) and isinstance(got, str):
        return json.loads(got) == wanted  # A nested value in a text column is JSON.
    return got == wanted


def differences(table: pyarrow.Table, truth: list[dict], key: str, extras: dict | None = None) -> list[str]:
    """Empty when the table is the truth, row for row and column for column. `extras` computes from a record what the connector
    adds to it. Columns of the engine's own begin with an underscore."""
    found: list[str] = []
    extras = extras or {}
    columns = [field for field in table.schema if not field.name.startswith("_")]
    known = {name for record in truth for name in record} | set(extras)
    found += [f"column {field.name} is in no record" for field in columns if field.name not in known]
    rows = table.select([field.name for field in columns]).to_pylist()
    by_key = {row[key]: row for row in rows}
    if len(by_key) != len(rows):
        found.append(f"{len(rows) - len(by_key)} rows are there twice")
    if len(rows) != len(truth):
        found.append(f"{len(rows)} rows for {len(truth)} records")
    for record in truth:
        row = by_key.get(record[key])
        if row is None:
            found.append(f"no row {record[key]}")
            continue
        for field in columns:
            if field.name not in known:
                continue
            wanted = extras[field.name](record) if field.name in extras else record.get(field.name)
            got = _read_back(row[field.name], field.type)
            typed = wanted if pyarrow.types.is_string(field.type) or pyarrow.types.is_large_string(field.type) else _typed(wanted, field.type)
            if not _same(got, typed):
                found.append(f"row {record[key]}: {field.name} is {got!r}, not {typed!r}")
    return found


def expect_truth(path: Path, truth: list[dict], key: str, extras: dict | None = None, readers=READERS) -> None:
    for name, read in readers.items():
        found = differences(read(path), truth, key, extras)
        assert not found, f"{path.name} by {name}: {len(found)} differences, first: " + "; ".join(found[:5])
