"""`ingest(spark, spec)`: a pipeline's tables, with reading and merging spread by Spark. The engine makes the tables, says where
each stands and what a commit has to carry, so a table can go from the native program to Spark and back."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from os import PathLike
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming import StreamingQuery
from pyspark.sql.types import IntegerType, LongType

from inlet import _native
from inlet.errors import CancelledError, ConfigError, error_of
from inlet.options import names
from inlet.pipelines import RunReport, Spec, pipeline_call
from inlet.spark import merge, settings
from inlet.spark.changes import TableChanges
from inlet.spark.places import path_of, remove_local
from inlet.spark.refused import keep_refused
from inlet.spark.side_by_side import TableOpening, bring_all, follow_all
from inlet.spark.stream import PLANNED

# Between looks whether it is to be stopped.
_LOOK_SECONDS = 1
_CONFS = ("spark.databricks.delta.write.txnAppId", "spark.databricks.delta.write.txnVersion",
          "spark.databricks.delta.commitInfo.userMetadata")
# A snapshot is one batch, however large.
_WHOLE = 1 << 62


def ingest(spark: SparkSession, spec: Spec, *, warehouse: str | PathLike[str], only: str | Iterable[str] | None = None,
           connections: str | PathLike[str] | None = None, store_options: Mapping[str, Any] | None = None,
           work_folder: str | PathLike[str] | None = None, stream_options: Mapping[str, Any] | None = None,
           every: str | None = None, stop: threading.Event | None = None) -> RunReport:
    """Brings every table of the pipeline up to date and returns; tables side by side. One failing table does not stop the
    others; after all have ended its error is raised, with the run's `report`. `work_folder` is for pages and checkpoints while it
    runs, on storage that driver and executors share; otherwise it lies in the warehouse. `stream_options`: the limits of
    micro-batches.

    With `every` ("30s", "5m") the tables follow their source until `stop` is set or Ctrl-C: it is asked again so long after it was
    last asked. A batch under way is finished; a failure that may pass is logged, and tried again after that time."""
    call = pipeline_call(spec, connections, store_options, warehouse=warehouse, only=names(only), every=every)
    run = _native.start_ingest(call)
    folder = str(work_folder or f"{warehouse}/_inlet/spark").rstrip("/")
    options = {name: str(value) for name, value in {"connections": connections, **(stream_options or {})}.items() if value is not None}
    opening = TableOpening(call, lambda table: _TableIngest(spark, table, folder, options, run.id))
    if run.every_seconds is None:
        outcomes = bring_all(opening, run.tables)
    else:
        outcomes = follow_all(opening, run.tables, run.every_seconds, stop or threading.Event())
    for name, outcome in zip(run.tables, outcomes, strict=True):
        run.add(name, outcome.table, outcome.error.kind if outcome.error else "", str(outcome.error or ""), int(outcome.seconds * 1000))
    report = RunReport(json.loads(run.finish()))
    report.raise_failure()
    return report


class _TableIngest:
    """One table's stream, from where the table stands. Its checkpoint is named after that place: a run that was stopped between
    two commits finds its batch again, one that was stopped after a commit starts a new one. The table is the checkpoint that counts."""

    def __init__(self, spark: SparkSession, table: _native.IngestTable, folder: str, options: Mapping[str, str], run_id: str):
        about = table.describe()
        self._spark = spark
        self._table = table
        self._about = about
        self._run_id = run_id
        self._num_batches = 0
        self._root = f"{folder}/{about['path']}"
        self._work = f"{self._root}/{table.version}"
        self._is_snapshot = about["mode"] == "snapshot"
        if self._is_snapshot:
            options = {name: options[name] for name in options if name == "connections"} | {"maxBytesPerTrigger": str(_WHOLE)}
        self._changes = TableChanges(about, f"{self._work}/landing", table.starts(), options)
        self._most_partitions = settings.shuffle_partitions(spark)
        self._sweeps = False
        # Held while a batch is written: whoever has it knows that none is.
        self._turn = threading.Lock()
        self._is_halted = False

    def run(self, stop: threading.Event | None = None) -> None:
        """To where the source stands, or to the batch that is under way when `stop` is set."""
        self._await(self._start(self._changes, availableNow=True), stop)
        if self._is_snapshot and not self._num_batches and not self._is_halted:
            self._take_nothing()
        self._end()

    def follow(self, every: float, stop: threading.Event) -> None:
        """The same again and again, until `stop` is set or something fails. One look is all that a snapshot needs."""
        if self._is_snapshot:
            return self.run(stop)
        self._quarantine()
        self._remove_earlier()
        self._sweeps = True
        changes = replace(self._changes, options={**self._changes.options, "pollIntervalMs": str(int(every * 1000))})
        # The source sees a poll; what is landed already waits no longer than this.
        self._await(self._start(changes, processingTime=f"{min(every, _LOOK_SECONDS)} seconds"), stop)
        self._end()

    def _start(self, changes: TableChanges, **trigger: Any) -> StreamingQuery:
        return (changes.changes(self._spark).writeStream.foreachBatch(self._take)
                .option("checkpointLocation", f"{self._work}/checkpoint").trigger(**trigger).start())

    def _await(self, query: StreamingQuery, stop: threading.Event | None) -> None:
        while not self._has_ended(query):
            if stop is not None and stop.is_set():
                with self._turn:
                    self._is_halted = True
                # Outside of it: the stream may wait for its turn, and this waits for the stream.
                query.stop()
                return

    def _has_ended(self, query: StreamingQuery) -> bool:
        try:
            return bool(query.awaitTermination(_LOOK_SECONDS))
        except Exception as failure:
            self._forget_plan(str(failure))
            raise

    def _end(self) -> None:
        self._quarantine()
        remove_local(self._root)

    def _forget_plan(self, failure: str) -> None:
        """A batch whose files are others by now would come again for ever. Nothing of it is in the table, so the next run may plan anew."""
        if found := re.search(rf"(\S+Error: )?([^\n]+?){re.escape(PLANNED)}", failure):
            remove_local(self._root)
            raise error_of("unavailable", f"{found[2]}; nothing of this batch is in the table: run the pipeline again")

    def close(self) -> None:
        """Spark keeps what a query called for the life of the session; the engine's part of it shall not live as long."""
        del self._table

    def _take(self, rows: DataFrame, batch: int) -> None:
        with self._turn:
            if self._is_halted:
                # To return would be to say that the batch is in the table.
                raise CancelledError("the run was stopped")
            self._take_batch(rows, batch)

    def _take_batch(self, rows: DataFrame, batch: int) -> None:
        session = rows.sparkSession
        starts, ends = self._places(session, batch)
        num_segments = sum(end["segment"] - start["segment"] for start, end in zip(starts, ends, strict=True))
        next_offset = self._table.offset_at([end["source"] for end in ends])
        if num_segments:
            tables = self._table.look()
            num_bytes = self._changes.landed_bytes(starts, ends)
            settings.fit_to(session, self._most_partitions, num_bytes, tables["num_bytes"], tables["num_files"])
            self._write(rows, next_offset, tables)
        self._settle(next_offset)
        if num_segments and self._sweeps:
            self._quarantine()

    def _take_nothing(self) -> None:
        """A snapshot of no page at all."""
        session = self._spark.newSession()
        schema = self._changes.columns.add(merge.POSITION, LongType()).add(merge.ROLE, IntegerType())
        self._write(session.createDataFrame([], schema), self._table.offset, self._table.look())
        self._settle(self._table.offset)

    def _settle(self, next_offset: str) -> None:
        self._table.settle(next_offset, self._run_id)
        self._num_batches += 1

    def _write(self, rows: DataFrame, next_offset: str, tables: dict[str, Any]) -> None:
        about = self._about
        metadata = self._table.metadata(next_offset, self._run_id)
        transaction = dict(zip(_CONFS, (about["app_id"], str(self._table.version + 1), metadata), strict=True))
        if about["mode"] == "append":
            counts = merge.append(rows.drop(merge.POSITION, merge.ROLE), path_of(about["url"]), transaction)
        elif about["mode"] == "append by key":
            identity = [*about["keys"], *(path for path in about["sequence"] if path not in about["keys"])]
            counts = merge.append_first(rows.drop(merge.ROLE), path_of(about["url"]), identity, transaction, tables["num_files"])
        else:
            counts = self._merge(rows, transaction, tables)
        self._table.count(**asdict(counts))

    def _merge(self, rows: DataFrame, transaction: dict[str, str], tables: dict[str, Any]) -> merge.Counts:
        about, session = self._about, rows.sparkSession
        table = merge.Place(path_of(about["url"]), tables["version"])
        auxiliary = merge.Place(path_of(about["auxiliary_url"]), tables["auxiliary_version"])
        rules = merge.KeyRules(about["keys"], about["sequence"], [self._changes.columns.names], about["keeps_versions"],
                               about["ignore_null_updates"], about["tracked"], about["untracked"],
                               merge.next_snapshot(session, table, about["keeps_versions"]) if self._is_snapshot else None)
        work = merge.KeyedMerge(session, table, auxiliary, rules, tables["num_files"])
        try:
            work.edit(rows)
            if self._is_snapshot and tables["num_files"] and not work.counts.fetched:
                self._expect_empty_is_right()
            if work.changes_auxiliary:
                self._table.make_auxiliary()
                work.write_auxiliary()
            if work.changes_table:
                merge.under(session, transaction, work.write_table)
        finally:
            work.release()
        return work.counts

    def _expect_empty_is_right(self) -> None:
        if self._about["allow_empty_snapshot"] or _native.refused_below(self._root):
            return
        raise ConfigError("the source sent an empty snapshot, which would empty the table; if that is right, set allow_empty_snapshot: true")

    def _quarantine(self) -> None:
        """Of this run's batches, and of one that was stopped before it came to this."""
        keep_refused(self._table, self._root, self._run_id)

    def _remove_earlier(self) -> None:
        """What runs have left that were killed at another place."""
        for folder in Path(path_of(self._root)).glob("*"):
            if folder.name != Path(self._work).name:
                remove_local(str(folder))

    def _places(self, session: SparkSession, batch: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Where the batch begins and ends in each flow, from the stream's own log, which Spark writes before it runs the batch."""
        start = [{"segment": 0, "source": source} for source in self._changes.starts]
        if batch > 0:
            start = self._logged(session, batch - 1, start)
        return start, self._logged(session, batch, start)

    def _logged(self, session: SparkSession, batch: int, otherwise: list[dict[str, Any]]) -> list[dict[str, Any]]:
        [log] = session.read.text(f"{self._work}/checkpoint/offsets/{batch}", wholetext=True).collect()
        lines = log[0].splitlines()[-len(otherwise):]
        return [place if line == "-" else json.loads(line) for line, place in zip(lines, otherwise, strict=True)]
