"""Runs testkit/tables/*.yaml against the merge under Spark: batches in, table out. Cases whose tables have the same keys, sequence and
rules share one table, told apart by a further key: a commit of it is one of each case. A case that shares with no other costs as much as
all of those together; `INLET_CASES=all`, the long form, has them, too."""

import functools
import json
import os
from collections import Counter
from pathlib import Path

import pytest
import yaml
from inlet.spark import merge
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

TABLES = Path(__file__).resolve().parent.parent.parent / "testkit/tables"
CASE = "case"
RULES = ("ignore_null_updates", "track_history_columns", "track_history_except_columns")


def as_rows(batch):
    return {"upserts": batch} if isinstance(batch, list) else batch


class Case:
    """One case of the files."""

    def __init__(self, number: int, file: str, case: dict):
        self.number = number
        self.title = f"{file}: {case['name']}"
        self.mode = case["mode"]
        self.keys, self.sequence = case.get("keys", []), case.get("sequence", [])
        self.columns = case["columns"]
        self.rules = {name: case[name] for name in RULES if name in case}
        self.batches = [as_rows(batch) for batch in case["batches"]]
        self.case = case

    @property
    def kind(self) -> str:
        """Cases of one kind can share a table."""
        ordering = {path.split(".")[0]: self.columns[path.split(".")[0]] for path in [*self.keys, *self.sequence]}
        return json.dumps([self.mode, self.keys, self.sequence, ordering, self.rules])


def kinds_of_cases() -> list[list[Case]]:
    kinds: dict[str, list[Case]] = {}
    numbered = ((file.stem, case) for file in sorted(TABLES.glob("*.yaml")) for case in yaml.safe_load(file.read_text()))
    for number, (file, case) in enumerate(numbered):
        one = Case(number, file, case)
        kinds.setdefault(one.kind, []).append(one)
    return [cases for cases in kinds.values() if len(cases) > 1 or os.environ.get("INLET_CASES") == "all"]


def title_of(cases: list[Case]) -> str:
    first = cases[0]
    return " ".join([first.mode, *(f"{name} {first.columns[name.split('.')[0]]}" for name in [*first.keys, *first.sequence]), *first.rules])


class CaseTable:
    """The table of some cases, with what they keep beside it."""

    def __init__(self, spark, folder: Path, cases: list[Case]):
        self.spark, self.cases, self.first = spark, cases, cases[0]
        self.path, self.auxiliary_path = str(folder / str(self.first.number)), str(folder / f"{self.first.number}_aux")
        self.columns: dict[str, str] = {}
        for case in cases:
            for name, kind in case.columns.items():
                assert self.columns.setdefault(name, kind) == kind, (case.title, name)
        self.counts = Counter()
        source = [f"`{CASE}` int NOT NULL", *map(self._column, self.columns)]
        interval = self._interval()
        self._create(self.path, [*source, *([f"__START_AT {interval} NOT NULL", f"__END_AT {interval}"] if interval else [])])
        if self.first.sequence:
            self._create(self.auxiliary_path, [*source, "__is_delete boolean NOT NULL"])

    def _column(self, name: str) -> str:
        kind = self.columns[name]
        return f"`{name}` {kind.rstrip('!')} {'NOT NULL' if kind.endswith('!') else ''}"

    def _create(self, path: str, columns: list[str]) -> None:
        self.spark.sql(f"CREATE TABLE delta.`{path}` ({', '.join(columns)}) USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')")

    def _interval(self) -> str:
        if self.first.mode != "scd_type_2":
            return ""
        sequence = self.first.sequence
        if len(sequence) > 1:
            return f"struct<{', '.join(name + ':' + self.columns[name].rstrip('!') for name in sequence)}>"
        top, *rest = sequence[0].split(".")
        schema = StructType.fromDDL(f"{top} {self.columns[top].rstrip('!')}")
        return functools.reduce(lambda kind, name: kind[name].dataType, rest, schema[top].dataType).simpleString()

    @staticmethod
    def _place(path: str) -> merge.Place:
        commits = list(Path(path).glob("_delta_log/*.json"))
        return merge.Place(path, len(commits) - 1 if commits else None)

    def _num_files(self) -> int:
        """One or none: which files a batch opens is not the matter of the cases."""
        return int(any(Path(self.path).glob("*.parquet")))

    def run(self) -> None:
        """All end with the same commit: a snapshot that some case has no part in would empty that case's part of the table."""
        for left in range(max(len(case.batches) for case in self.cases), 0, -1):
            self._commit([(case, case.batches[-left]) for case in self.cases if left <= len(case.batches)])

    def _commit(self, batches: list) -> None:
        sets = [sorted(self.columns)]
        rows = []

        def take(case: Case, batch: dict) -> None:
            for name, kind in batch.get("add_columns", {}).items():
                for path in (self.path, self.auxiliary_path):
                    if name not in self.columns:
                        self.spark.sql(f"ALTER TABLE delta.`{path}` ADD COLUMNS (`{name}` {kind})")
                self.columns.setdefault(name, kind)
                case.columns |= {name: kind}
            sent = [CASE, *batch.get("columns", case.columns)]
            if sent not in sets:
                sets.append(sent)
            for role, members in ((merge.UPSERT + sets.index(sent), "upserts"), (merge.DELETE, "deletes")):
                rows.extend((json.dumps(row | {CASE: case.number}, default=str), len(rows) + i, role)
                            for i, row in enumerate(batch.get(members, [])))
            for more in batch.get("more", []):
                take(case, more)

        for case, batch in batches:
            take(case, batch)
        self._apply(rows, sets)

    def _frame(self, rows: list, columns: str):
        """JSON texts with what stands beside them as rows of the table's columns."""
        schema = StructType.fromDDL(", ".join([f"`{CASE}` int", *(f"`{name}` {kind.rstrip('!')}" for name, kind in self.columns.items())]))
        return (self.spark.createDataFrame(rows, f"_text string{columns}").withColumn("_row", F.from_json("_text", schema))
                .select("_row.*", "*").drop("_text", "_row"))

    def _apply(self, rows: list, sets: list) -> None:
        changes = self._frame(rows, f", {merge.POSITION} bigint, {merge.ROLE} int")
        first = self.first
        if first.mode == "append":
            counts = merge.append(changes.drop(merge.POSITION, merge.ROLE), self.path, {})
        elif first.mode == "append_by_key":
            counts = merge.append_first(changes.drop(merge.ROLE), self.path, [CASE, *first.keys], {}, self._num_files())
        else:
            counts = self._merge(changes, sets)
        self.counts.update(vars(counts))

    def _merge(self, changes, sets: list) -> merge.Counts:
        first, rules = self.first, self.first.rules
        work = merge.KeyedMerge(
            self.spark, self._place(self.path), self._place(self.auxiliary_path),
            merge.KeyRules([CASE, *first.keys], first.sequence, sets, first.mode == "scd_type_2", rules.get("ignore_null_updates", False),
                           rules.get("track_history_columns", []), rules.get("track_history_except_columns", []),
                           1 if first.mode == "snapshot" else None), self._num_files())
        try:
            work.edit(changes)
            if work.changes_auxiliary:
                work.write_auxiliary()
            if work.changes_table:
                work.write_table()
        finally:
            work.release()
        return work.counts

    def expect_all(self) -> None:
        self._expect(self.path, "expect")
        if any("expect_aux" in case.case for case in self.cases):
            self._expect(self.auxiliary_path, "expect_aux")
        wanted = Counter()
        for case in self.cases:
            wanted.update(case.case["counts"])
        assert {name: self.counts[name] for name in self.counts if self.counts[name]} == dict(wanted), [case.title for case in self.cases]

    def _expect(self, path: str, member: str) -> None:
        table = self.spark.read.format("delta").load(path)
        expected = [(json.dumps(row | {CASE: case.number}, default=str),) for case in self.cases for row in case.case.get(member, [])]
        frame = self.spark.createDataFrame(expected, "_text string").select(F.from_json("_text", table.schema).alias("_row")).select("_row.*")
        found, wanted = table.collect(), frame.collect()
        for case in self.cases:
            if member in case.case:
                of_case = [sorted(repr(row) for row in rows if row[CASE] == case.number) for rows in (found, wanted)]
                assert of_case[0] == of_case[1], f"{case.title}: {member}"


@pytest.mark.parametrize("cases", kinds_of_cases(), ids=title_of)
def test_every_case_gives_its_table(spark, tmp_path, cases):
    session = spark.newSession()
    session.conf.set("spark.databricks.delta.stats.collect", "false")
    table = CaseTable(session, tmp_path, cases)
    table.run()
    table.expect_all()
