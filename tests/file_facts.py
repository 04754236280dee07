"""What the rows of a Parquet file really are, and whether the statistics that a log gives for them are true."""

import struct
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.compute as compute
import pyarrow.parquet as parquet

NUM_STRING_CHARACTERS = 32  # Longer strings may be cut in statistics.
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
Names = tuple[str, ...]


@dataclass
class Leaf:
    """A column, or a member of a struct column. `smallest` is None where no order is known or all is null."""
    type: pyarrow.DataType
    num_nulls: int
    smallest: Any = None
    greatest: Any = None
    has_nan: bool = False


def _has_order(type_: pyarrow.DataType) -> bool:
    types = pyarrow.types
    return any(check(type_) for check in (types.is_integer, types.is_floating, types.is_decimal, types.is_date, types.is_timestamp,
                                          types.is_string, types.is_large_string))


def _leaf(column: pyarrow.Array) -> Leaf:
    leaf = Leaf(column.type, column.null_count)
    if not _has_order(column.type) or leaf.num_nulls == len(column):
        return leaf
    if pyarrow.types.is_timestamp(column.type):
        column = column.cast(pyarrow.timestamp("us", column.type.tz), safe=False).cast(pyarrow.int64())
    if pyarrow.types.is_floating(column.type):
        is_nan = compute.is_nan(column)
        leaf.has_nan = bool(compute.any(is_nan).as_py())
        column = column.filter(compute.invert(is_nan)) if leaf.has_nan else column
    bounds = compute.min_max(column)
    leaf.smallest, leaf.greatest = bounds["min"].as_py(), bounds["max"].as_py()
    return leaf


def _add_leaves(leaves: dict[Names, Leaf], names: Names, column: pyarrow.Array) -> None:
    if not pyarrow.types.is_struct(column.type):
        leaves[names] = _leaf(column)
        return
    # flatten() lets a null struct make its members null.
    for field, member in zip(column.type, column.flatten()):
        _add_leaves(leaves, (*names, field.name), member)


class FileFacts:
    """A data file, read whole."""

    def __init__(self, file: Path):
        self.table = parquet.ParquetFile(file).read()
        self.num_rows = self.table.num_rows
        self.leaves = self._scan(self.table)

    @staticmethod
    def _scan(table: pyarrow.Table) -> dict[Names, Leaf]:
        leaves: dict[Names, Leaf] = {}
        for name in table.column_names:
            _add_leaves(leaves, (name,), table.column(name).combine_chunks())
        return leaves

    def without(self, dead_rows: frozenset[int]) -> dict[Names, Leaf]:
        alive = pyarrow.array([row not in dead_rows for row in range(self.num_rows)], pyarrow.bool_())
        return self._scan(self.table.filter(alive))


def _flat(values: dict, names: Names = ()) -> dict[Names, Any]:
    found: dict[Names, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found |= _flat(value, (*names, name))
        elif value is not None:
            found[(*names, name)] = value
    return found


def _microseconds(text: str) -> int:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    passed = moment - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def _claimed(value: Any, type_: pyarrow.DataType) -> Any:
    """The log's JSON value as a value of the column."""
    if pyarrow.types.is_timestamp(type_):
        return _microseconds(value)
    if pyarrow.types.is_date(type_):
        return date.fromisoformat(value)
    if pyarrow.types.is_decimal(type_):
        return Decimal(value)
    if pyarrow.types.is_float32(type_):
        return struct.unpack("f", struct.pack("f", float(value)))[0]
    return float(value) if pyarrow.types.is_floating(type_) else value


def _shortest_cut(text: str) -> str:
    """Some writers count characters beyond 16 bits as two."""
    return text.encode("utf-16-le")[: 2 * NUM_STRING_CHARACTERS].decode("utf-16-le", errors="ignore")


def _is_exact(type_: pyarrow.DataType, bound: Any, true: Any) -> bool:
    if pyarrow.types.is_timestamp(type_):
        return abs(bound - true) < 1000  # The log's times have whole milliseconds.
    if isinstance(true, str) and len(true) > NUM_STRING_CHARACTERS:
        return bound.startswith(_shortest_cut(true))
    return bound == true


def _false_bound(name: str, leaf: Leaf, value: Any, is_tight: bool) -> str | None:
    is_lower = name == "minValues"
    true = leaf.smallest if is_lower else leaf.greatest
    if true is None:
        return f"is {value!r:.80}, but there is no value" if _has_order(leaf.type) and not leaf.has_nan else None
    if leaf.has_nan and not is_lower and value != "NaN":
        return f"is {value!r:.80}, but there is a NaN"
    if leaf.has_nan:
        return None
    bound = _claimed(value, leaf.type)
    # Readers take a millisecond as its whole length.
    reach = 999 if pyarrow.types.is_timestamp(leaf.type) and not is_lower else None
    holds = bound <= true if is_lower else (bound + reach if reach else bound) >= true
    if not holds or (is_tight and not _is_exact(leaf.type, bound, true)):
        return f"is {value!r:.80}, but the {'smallest' if is_lower else 'greatest'} value is {true!r:.80}"
    return None


def false_statistics(statistics: dict, leaves: dict[Names, Leaf], num_rows: int, num_live_rows: int) -> list[str]:
    """What is untrue in an add action's statistics. `leaves` are those of the live rows when the bounds are tight or there is no
    deletion vector, and of all rows otherwise."""
    found: list[str] = []
    if statistics.get("numRecords") not in (None, num_rows):
        found.append(f"numRecords is {statistics['numRecords']}, but the file has {num_rows} rows")
    is_tight = statistics.get("tightBounds", True)
    for name in ("minValues", "maxValues"):
        for path, value in _flat(statistics.get(name) or {}).items():
            wrong = _false_bound(name, leaves[path], value, is_tight) if path in leaves else "is of a column that the file lacks"
            if wrong:
                found.append(f"{name} of {'.'.join(path)} {wrong}")
    for path, count in _flat(statistics.get("nullCount") or {}).items():
        true = leaves[path].num_nulls if path in leaves else num_live_rows
        # In wide statistics only "none" and "all" say something, and those of all rows hold for the live ones.
        is_silent = not is_tight and count not in (0, num_rows)
        if count != true and not is_silent:
            found.append(f"nullCount of {'.'.join(path)} is {count}, but {true} of {num_live_rows} are null")
    return found
