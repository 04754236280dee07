"""How a batch of changes comes into a table and its auxiliary table: Spark finds the rows of the keys that change and brings them
together, the engine's rules say for each key what becomes of them, and Delta makes the edits, those of the auxiliary table first."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from pyspark.sql import Column, DataFrame, Observation, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, BooleanType, IntegerType, LongType, StructField, StructType
from pyspark.storagelevel import StorageLevel

from inlet import _native
from inlet.spark.columns import column, equal, quoted
from inlet.spark.key_ranges import KeyRanges, ranges_of
from inlet.spark.schemas import nullable_schema, typed

if TYPE_CHECKING:
    import pyarrow as pa

POSITION = "_inlet_position"
ROLE = "_inlet_role"
EDIT = "_inlet_edit"
COUNTS = "_inlet_counts"
IS_DELETE = "__is_delete"
START_AT, END_AT = "__START_AT", "__END_AT"

# What a row is that the engine's rules are given: numbers of its own; an upsert's is that of the columns its batch had.
STORED, KEPT_UPSERT, KEPT_DELETE, DELETE, UPSERT = range(5)
# What is to be done with a row that they give.
REMOVE, ADD, FORGET, KEEP, COUNT = range(5)


@dataclass(frozen=True)
class KeyRules:
    """How the rows of a key change; the arguments of the engine's KeyEditor."""
    keys: list[str]
    sequence: list[str]
    sent: list[list[str]]
    keeps_versions: bool = False
    ignore_null_updates: bool = False
    tracked: list[str] = field(default_factory=list)
    untracked: list[str] = field(default_factory=list)
    snapshot: int | None = None


@dataclass(frozen=True)
class Place:
    """A table at one version; what has no version is not there."""
    path: str
    version: int | None


@dataclass
class Counts:
    """What became of changes."""
    committed: int = 0
    unchanged: int = 0
    deduplicated: int = 0
    deleted: int = 0

    @property
    def fetched(self) -> int:
        return self.committed + self.unchanged + self.deduplicated


def _insert(schema: StructType) -> str:
    names = [quoted(one.name) for one in schema]
    return f"INSERT ({', '.join(names)}) VALUES ({', '.join('s.' + name for name in names)})"


def target_of(path: str) -> str:
    return f"delta.{quoted(path)}"


def read(session: SparkSession, place: Place) -> DataFrame:
    return session.read.format("delta").option("versionAsOf", str(place.version)).load(place.path)


def append(rows: DataFrame, path: str, transaction: dict[str, str]) -> Counts:
    """Adds the rows as they come."""
    counted = Observation()
    observed = rows.observe(counted, F.count(F.lit(1)).alias("rows"))
    under(rows.sparkSession, transaction, observed.writeTo(target_of(path)).append)
    return Counts(committed=counted.get["rows"])


def append_first(rows: DataFrame, path: str, identity: list[str], transaction: dict[str, str], num_files: int) -> Counts:
    """Adds of each identity the first row, unless the table, of so many files, has one. Rows have POSITION."""
    session, view = rows.sparkSession, f"_inlet_{uuid.uuid4().hex}"
    held = rows.persist(StorageLevel.MEMORY_AND_DISK)
    columns = StructType([one for one in rows.schema if one.name != POSITION])
    partition = ", ".join(column(name, columns, "b") for name in identity)
    ranked = f"SELECT b.*, row_number() OVER (PARTITION BY {partition} ORDER BY b.{POSITION}) AS _inlet_rank FROM {view} b"
    try:
        held.createOrReplaceTempView(view)
        where = ranges_of(held, identity, columns).condition("t") if num_files > 1 else "TRUE"
        text = (f"MERGE INTO {target_of(path)} t USING (SELECT * FROM ({ranked}) WHERE _inlet_rank = 1) s "
                f"ON {equal(identity, columns)} AND {where} WHEN NOT MATCHED THEN {_insert(columns)}")
        [done] = under(session, transaction, lambda: session.sql(text).collect())
        added = done["num_inserted_rows"]
        return Counts(committed=added, deduplicated=held.count() - added)
    finally:
        session.catalog.dropTempView(view)
        held.unpersist()


def next_snapshot(session: SparkSession, table: Place, keeps_versions: bool) -> int:
    """Snapshots are numbered, where their rows tell it: one more than the greatest in the table."""
    if not keeps_versions:
        return 1
    [row] = read(session, table).agg(F.max(F.coalesce(END_AT, START_AT)).alias("last")).collect()
    return (row["last"] or 0) + 1


class KeyedMerge:
    """One batch of changes on its way into a table; each step once, in this order: edits, auxiliary table, table."""

    def __init__(self, session: SparkSession, table: Place, auxiliary: Place, rules: KeyRules, num_files: int):
        """The table has so many files."""
        self._session = session
        self._table = table
        self._auxiliary = auxiliary
        self._rules = rules
        self._num_files = num_files
        self._stored = read(session, table)
        self._schema = nullable_schema(self._stored.schema.json())
        self._ranges = KeyRanges(self._schema, [])
        self._numbers: dict[int, int] = {}
        self._held: list[DataFrame] = []
        self.counts = Counts()

    def edit(self, changes: DataFrame) -> None:
        """Lets the rules decide. `changes` have ROLE and POSITION, and columns of the table. What they come to is held, since both
        tables are to be written from one decision."""
        needs_keys = self._rules.snapshot is None and (self._num_files > 0 or self._auxiliary.version is not None)
        if needs_keys:
            changes = self._hold(changes)
            if self._num_files > 1:
                self._ranges = ranges_of(changes, self._rules.keys, self._schema)
        schema = StructType([*self._schema])
        output = StructType([*schema]).add(EDIT, IntegerType()).add(IS_DELETE, BooleanType()).add(COUNTS, ArrayType(LongType()))
        rows = self._rows_of_keys(changes, needs_keys)
        decide = functools.partial(decide_edits, schema.json(), asdict(self._rules))
        self._edits = self._hold(rows.mapInArrow(decide, output))
        sums = [F.sum(F.col(COUNTS)[i]).alias(f"_{i}") for i in range(4)]
        for row in self._edits.groupBy(EDIT).agg(F.count(F.lit(1)).alias("number"), *sums).collect():
            self._numbers[row[EDIT]] = row["number"]
            if row[EDIT] == COUNT:
                self.counts = Counts(*(row[f"_{i}"] for i in range(4)))

    @property
    def changes_auxiliary(self) -> bool:
        return bool(self._numbers.get(FORGET) or self._numbers.get(KEEP))

    @property
    def changes_table(self) -> bool:
        return bool(self._numbers.get(REMOVE) or self._numbers.get(ADD))

    def write_auxiliary(self) -> None:
        """The auxiliary table is there when this is called."""
        schema = self._session.read.format("delta").load(self._auxiliary.path).schema
        columns = StructType([one for one in self._edits_schema() if one.name in schema.names])
        identity = [*self._rules.keys, *self._rules.sequence, IS_DELETE]
        self._write(self._auxiliary, columns, identity, FORGET, KEEP)

    def write_table(self) -> None:
        identity = [*self._rules.keys, *([START_AT] if self._rules.keeps_versions else [])]
        self._write(self._table, self._schema, identity, REMOVE, ADD)

    def release(self) -> None:
        for one in self._held:
            one.unpersist()

    def _edits_schema(self) -> list[StructField]:
        return [one for one in self._edits.schema if one.name not in (START_AT, END_AT, EDIT, COUNTS)]

    def _hold(self, rows: DataFrame) -> DataFrame:
        self._held.append(rows.persist(StorageLevel.MEMORY_AND_DISK))
        return self._held[-1]

    def _rows_of_keys(self, changes: DataFrame, needs_keys: bool) -> DataFrame:
        """All that is there of the keys of the changes, those of one key side by side; for a snapshot, all that is there."""
        parts = []
        if self._num_files > 0:
            stored = self._stored
            if self._rules.snapshot is not None and self._rules.keeps_versions:
                stored = stored.where(F.col(END_AT).isNull())
            parts.append(stored.withColumn(ROLE, F.lit(STORED)))
        if self._rules.snapshot is None and self._auxiliary.version is not None:
            kept = read(self._session, self._auxiliary)
            parts.append(kept.withColumn(ROLE, F.when(F.col(IS_DELETE), KEPT_DELETE).otherwise(KEPT_UPSERT)).drop(IS_DELETE))
        if needs_keys:
            keys = self._keys_of(changes)
            parts = [self._only(part, keys) for part in parts]
        rows = functools.reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), [changes, *parts])
        absent = [F.lit(None).cast(one.dataType).alias(one.name) for one in self._schema if one.name not in rows.columns]
        columns = [F.col(quoted(one.name)) for one in self._schema]
        group = [self._column(path) for path in self._rules.keys]
        return rows.select("*", *absent).select(*columns, ROLE, POSITION).repartition(*group).sortWithinPartitions(*group)

    def _column(self, path: str) -> Column:
        return F.expr(column(path, self._schema))

    def _keys_of(self, changes: DataFrame) -> DataFrame:
        return changes.select(*[self._column(path).alias(f"_inlet_key_{i}") for i, path in enumerate(self._rules.keys)]).distinct()

    def _only(self, rows: DataFrame, keys: DataFrame) -> DataFrame:
        matches = [self._column(path).eqNullSafe(F.col(f"_inlet_key_{i}")) for i, path in enumerate(self._rules.keys)]
        return rows.where(self._ranges.condition()).join(keys, functools.reduce(lambda left, right: left & right, matches), "left_semi")

    def _write(self, place: Place, columns: StructType, identity: list[str], removal: int, addition: int) -> None:
        target = target_of(place.path)
        edits = self._edits.where(F.col(EDIT).isin(removal, addition))
        if not self._numbers.get(removal):
            edits.select(*[F.col(quoted(one.name)) for one in columns]).writeTo(target).append()
            return
        ranges = self._ranges
        if self._rules.snapshot is not None and self._num_files > 1:
            ranges = ranges_of(edits.where(F.col(EDIT) == removal), self._rules.keys, self._schema)
        view = f"_inlet_{uuid.uuid4().hex}"
        edits.createOrReplaceTempView(view)
        try:
            self._session.sql(f"MERGE INTO {target} t USING {view} s ON s.{EDIT} = {removal} AND {equal(identity, self._edits.schema)} "
                              f"AND {ranges.condition('t')} WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND s.{EDIT} = {addition} THEN {_insert(columns)}").collect()
        finally:
            self._session.catalog.dropTempView(view)


def decide_edits(schema: str, rules: dict[str, Any], batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What the engine's rules make of rows, those of one key next to each other."""
    import pyarrow as pa
    editor = _native.KeyEditor(schema=schema, **rules)
    expected = pa.schema(editor.input)
    for batch in batches:
        rows = pa.RecordBatch.from_arrays([typed(batch, one) for one in expected], schema=expected)
        yield pa.record_batch(editor.take(rows))
    yield pa.record_batch(editor.finish())


def under(session: SparkSession, confs: dict[str, str], work: Callable[[], Any]) -> Any:
    """One statement under these: Delta takes a second one of the same version for a repetition, and skips it."""
    for name, value in confs.items():
        session.conf.set(name, value)
    try:
        return work()
    finally:
        for name in confs:
            session.conf.unset(name)
