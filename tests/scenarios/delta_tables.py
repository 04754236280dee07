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


def _first_difference(got, wanted, type_: pyarrow.DataType, place: str) -> str | None:
    """Compares what a reader gave with the JSON value that the source served; names the first place where they differ."""
    if got is None or wanted is None:
        return None if got is wanted else f"{place} is {got!r:.200}, not {wanted!r:.200}"
    if pyarrow.types.is_struct(type_):
        members = ((field, _first_difference(got[field.name], wanted.get(field.name), field.type, f"{place}.{field.name}")) for field in type_)
        return next((difference for _, difference in members if difference), None)
    if pyarrow.types.is_list(type_) or pyarrow.types.is_large_list(type_):
        if len(got) != len(wanted):
            return f"{place} has {len(got)} items, not {len(wanted)}"
        items = (_first_difference(*pair, type_.value_type, f"{place}[{at}]") for at, pair in enumerate(zip(got, wanted)))
        return next((difference for difference in items if difference), None)
    if isinstance(got, datetime):
        got, wanted = _in_utc(got), _time(wanted)
    elif isinstance(got, str) and isinstance(wanted, (dict, list)):
        got = json.loads(got)  # A nested value in a text column is JSON.
    return None if got == wanted and type(got) is type(wanted) else f"{place} is {got!r:.200}, not {wanted!r:.200}"


def _in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=timezone.utc) if time.tzinfo is None else time.astimezone(timezone.utc)


def is_of_engine(name: str) -> bool:
    return name == "_rescued_data" or name.startswith("_inlet")


def differences(table: pyarrow.Table, truth: list[dict], key: str, extras: dict | None = None) -> list[str]:
    """Empty when the table is the truth, row for row and column for column. `extras` computes from a record what the connector
    adds to it. A column that no record has must be null in every row."""
    found: list[str] = []
    extras = extras or {}
    columns = [field for field in table.schema if not is_of_engine(field.name)]
    if "_rescued_data" in table.column_names and table.column("_rescued_data").null_count != len(table):
        rescued = [value for value in table.column("_rescued_data").to_pylist() if value]
        found.append(f"{len(rescued)} rows with rescued data: {rescued[0]:.200}")
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
            wanted = extras[field.name](record) if field.name in extras else record.get(field.name)
            difference = _first_difference(row[field.name], wanted, field.type, f"row {record[key]}: {field.name}")
            if difference:
                found.append(difference)
    return found


def expect_truth(path: Path, truth: list[dict], key: str, extras: dict | None = None, readers=READERS) -> None:
    for name, read in readers.items():
        found = differences(read(path), truth, key, extras)
        assert not found, f"{path.name} by {name}: {len(found)} differences, first: " + "; ".join(found[:5])
