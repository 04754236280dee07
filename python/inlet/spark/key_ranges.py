"""Where the keys of a batch lie, told by constants: files of a table whose statistics or partition values rule the keys out are not
opened, and Delta goes by constants only, not by joins."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from os.path import commonprefix

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F
from pyspark.sql.types import (ByteType, DataType, DateType, DecimalType, IntegerType, LongType, ShortType, StringType, StructType,
                               TimestampNTZType, TimestampType)

from inlet.spark.columns import column, type_of

_NUM_BUCKETS = 1024
# Of each column. Scattered keys leave out nothing, however many ranges tell of them.
_MOST_RANGES = 64
_MOST_COLUMNS = 4
_EPOCH = "TIMESTAMP_NTZ'1970-01-01 00:00:00'"


@dataclass(frozen=True)
class _Form:
    """How a type's values leave Spark and come back: `text` of a value, `constant` of such a text, and `position`, a double that
    does not fall where values rise. It is for distances only; what bounds a range is exact."""
    text: str
    constant: str
    position: str


def _form_of(kind: DataType) -> _Form | None:
    """None: no ranges. Floating point has several zeros and NaN, and collations an order of their own."""
    if isinstance(kind, (ByteType, ShortType, IntegerType, LongType, DecimalType)):
        return _Form("CAST({0} AS STRING)", f"CAST('{{0}}' AS {kind.simpleString()})", "CAST({0} AS DOUBLE)")
    if isinstance(kind, DateType):
        return _Form("CAST(unix_date({0}) AS STRING)", "date_from_unix_date({0})", "CAST(unix_date({0}) AS DOUBLE)")
    if isinstance(kind, TimestampType):
        return _Form("CAST(unix_micros({0}) AS STRING)", "timestamp_micros({0}L)", "CAST(unix_micros({0}) AS DOUBLE)")
    if isinstance(kind, TimestampNTZType):
        micros = f"timestampdiff(MICROSECOND, {_EPOCH}, {{0}})"
        return _Form(f"CAST({micros} AS STRING)", f"timestampadd(MICROSECOND, {{0}}L, {_EPOCH})", f"CAST({micros} AS DOUBLE)")
    if kind == StringType():
        # Of what follows the beginning that all have in common, six bytes.
        digits = "rpad(substring(hex({0}), {skip} + 1, 12), 12, '0')"
        return _Form("hex({0})", "CAST(X'{0}' AS STRING)", f"CAST(conv({digits}, 16, 10) AS DOUBLE)")
    return None


@dataclass(frozen=True)
class _Range:
    """From `low` to `high`, as texts, both included."""
    low: str
    high: str
    low_position: float
    high_position: float


@dataclass(frozen=True)
class _Bounds:
    """A column's values in a batch."""
    path: str
    form: _Form
    low: str
    high: str
    has_null: bool

    def position(self, value: str) -> str:
        return self.form.position.format(value, skip=len(commonprefix([self.low, self.high])))

    def bucket(self, value: str) -> str:
        """The number of the bucket that a value is in; null has one, too, and no value in it."""
        low, high = (self.position(self.form.constant.format(text)) for text in (self.low, self.high))
        return f"coalesce(CAST({_NUM_BUCKETS - 1} * ({self.position(value)} - {low}) / nullif({high} - {low}, 0D) AS INT), 0)"


class KeyRanges:
    """A condition that all keys of some changes fulfil: each column of the key lies in one of a few ranges."""

    def __init__(self, schema: StructType, ranges: list[tuple[_Bounds, list[_Range]]]):
        self._schema = schema
        self._ranges = ranges

    def condition(self, alias: str = "") -> str:
        """Of rows of the table `alias`, as SQL; TRUE where nothing can be told."""
        return " AND ".join(_of_column(column(bounds.path, self._schema, alias), bounds, ranges)
                            for bounds, ranges in self._ranges) or "TRUE"


def ranges_of(changes: DataFrame, paths: list[str], schema: StructType) -> KeyRanges:
    """Of the columns `paths` of a table with this schema. Passes the changes twice."""
    found = _bounds_of(changes, paths, schema)
    buckets = [bounds.bucket(column(bounds.path, schema)) for bounds in found]
    if not found:
        return KeyRanges(schema, [])
    names = [f"_b{i}" for i in range(len(found))]
    columns = changes.selectExpr(*[f"{column(bounds.path, schema)} AS _k{i}" for i, bounds in enumerate(found)],
                                 *[f"{bucket} AS {name}" for bucket, name in zip(buckets, names, strict=True)])
    ends = [F.expr(f"{end}(_k{i})").alias(f"_{end}{i}") for i in range(len(found)) for end in ("min", "max")]
    grouped = columns.groupingSets([[name] for name in names], *names).agg(*ends)
    texts = [text for i, bounds in enumerate(found) for end in ("min", "max")
             for text in (f"{bounds.form.text.format(f'_{end}{i}')} AS _{end}{i}", f"{bounds.position(f'_{end}{i}')} AS _{end}_at{i}")]
    rows = grouped.selectExpr(*names, *texts).collect()
    return KeyRanges(schema, [(bounds, _merged(_in_buckets(rows, i))) for i, bounds in enumerate(found)])


def _bounds_of(changes: DataFrame, paths: list[str], schema: StructType) -> list[_Bounds]:
    # Of a type that is not the table's, a value may be equal to what it is not as a constant.
    kinds = [(path, type_of(path, schema)) for path in paths if type_of(path, schema) == type_of(path, changes.schema)]
    forms = [(path, form) for path, kind in kinds if (form := _form_of(kind))][:_MOST_COLUMNS]
    if not forms:
        return []
    asked = []
    for i, (path, form) in enumerate(forms):
        value = column(path, schema)
        asked += [f"{form.text.format(f'min({value})')} AS low{i}", f"{form.text.format(f'max({value})')} AS high{i}",
                  f"count_if({value} IS NULL) > 0 AS has_null{i}"]
    [row] = changes.selectExpr(*asked).collect()
    return [_Bounds(path, form, row[f"low{i}"], row[f"high{i}"], row[f"has_null{i}"]) for i, (path, form) in enumerate(forms)
            if row[f"low{i}"] is not None]


def _in_buckets(rows: list[Row], i: int) -> list[_Range]:
    """What lies in each bucket of a column, in the order of values."""
    filled = (row for row in rows if row[f"_b{i}"] is not None and row[f"_min{i}"] is not None)
    return [_Range(row[f"_min{i}"], row[f"_max{i}"], row[f"_min_at{i}"], row[f"_max_at{i}"])
            for row in sorted(filled, key=lambda row: row[f"_b{i}"])]


def _merged(ranges: list[_Range]) -> list[_Range]:
    """Few ranges of many, with the widest gaps between them."""
    gaps = sorted(range(1, len(ranges)), key=lambda i: ranges[i - 1].high_position - ranges[i].low_position)
    cuts = [0, *sorted(gaps[:_MOST_RANGES - 1]), len(ranges)]
    return [_Range(ranges[first].low, ranges[last - 1].high, ranges[first].low_position, ranges[last - 1].high_position)
            for first, last in pairwise(cuts)]


def _of_column(name: str, bounds: _Bounds, ranges: list[_Range]) -> str:
    parts = []
    for one in ranges:
        low, high = (bounds.form.constant.format(text) for text in (one.low, one.high))
        parts.append(f"{name} = {low}" if one.low == one.high else f"{name} >= {low} AND {name} <= {high}")
    if bounds.has_null:
        parts.append(f"{name} IS NULL")
    return f"({' OR '.join(parts)})"
