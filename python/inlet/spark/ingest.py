"""`ingest(spark, spec)`: a pipeline's tables, with reading and merging spread by Spark. The engine makes the tables, says where
each stands and what a commit has to carry, so a table can go from the native program to Spark and back."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import IntegerType, LongType, StringType, StructType

from inlet import _native
from inlet.errors import ConfigError, InletError, error_of
from inlet.options import names
from inlet.pipelines import RunReport, Spec, pipeline_call
from inlet.spark import merge, settings
from inlet.spark.columns import quoted
from inlet.spark.refused import refused_from_json
from inlet.spark.schemas import RESCUED_COLUMN, nullable_schema
from inlet.spark.stream import PLANNED

_PARALLEL_TABLES = 4
_CONFS = ("spark.databricks.delta.write.txnAppId", "spark.databricks.delta.write.txnVersion",
          "spark.databricks.delta.commitInfo.userMetadata")
# The landings of a table, in the order of its starts.
_FLOWS = ("upserts", "deletes")
# A snapshot is one batch, however large.
_WHOLE = 1 << 62


def ingest(spark: SparkSession, spec: Spec, *, warehouse: str | PathLike[str], only: str | Iterable[str] | None = None,
           connections: str | PathLike[str] | None = None, store_options: Mapping[str, Any] | None = None,
           work_folder: str | PathLike[str] | None = None, stream_options: Mapping[str, Any] | None = None) -> RunReport:
    """Brings every table of the pipeline up to date and returns; tables side by side. One failing table does not stop the
    others; after all have ended its error is raised, with the run's `report`. `work_folder` is for pages and checkpoints while it
    runs, on storage that driver and executors share; otherwise it lies in the warehouse. `stream_options`: the limits of
    micro-batches."""
    call = pipeline_call(spec, connections, store_options, warehouse=warehouse, only=names(only))
    run = _native.start_ingest(call)
    folder = str(work_folder or f"{warehouse}/_inlet/spark").rstrip("/")
    options = {"connections": connections, **(stream_options or {})}

    def bring(name: str) -> tuple[_native.IngestTable | None, InletError | None, float]:
        start, table = time.monotonic(), None
        try:
            table = _native.open_ingest_table(call, name)
            with closing(_TableIngest(spark, table, folder, options, run.id)) as ingested:
                ingested.run()
            error = None
        except InletError as failure:
            error = failure
        except Exception as failure:  # Spark's own, and what it wraps; the other tables go on.
            error = error_of("unavailable", str(failure).split("\n\nJVM stacktrace")[0])
        return table, error, time.monotonic() - start

    with ThreadPoolExecutor(_PARALLEL_TABLES) as pool:
        for name, (table, error, seconds) in zip(run.tables, pool.map(bring, run.tables), strict=True):
            run.add(name, table, error.kind if error else "", str(error or ""), int(seconds * 1000))
    report = RunReport(json.loads(run.finish()))
    report.raise_failure()
    return report


class _TableIngest:
    """One table's stream, from where the table stands. Its checkpoint is named after that place: a run that was stopped between
    two commits finds its batch again, one that was stopped after a commit starts a new one. The table is the checkpoint that counts."""

    def __init__(self, spark: SparkSession, table: _native.IngestTable, folder: str, options: Mapping[str, Any], run_id: str):
        about = table.describe()
        self._spark = spark
        self._table = table
        self._about = about
        self._run_id = run_id
        self._num_batches = 0
        self._root = f"{folder}/{about['path']}"
        self._work = f"{self._root}/{table.version}"
        self._options = {name: str(value) for name, value in options.items() if value is not None}
        self._columns = nullable_schema(about["schema"]).add(RESCUED_COLUMN, StringType())
        self._starts = table.starts()
        self._is_snapshot = about["mode"] == "snapshot"

    def run(self) -> None:
        query = (self._changes().writeStream.foreachBatch(self._take).option("checkpointLocation", f"{self._work}/checkpoint")
                 .trigger(availableNow=True).start())
        try:
            query.awaitTermination()
        except Exception as failure:
            self._forget_plan(str(failure))
            raise
        if self._is_snapshot and not self._num_batches:
            self._take_nothing()
        self._quarantine()
        _remove_local(self._root)

    def _forget_plan(self, failure: str) -> None:
        """A batch whose files are others by now would come again for ever. Nothing of it is in the table, so the next run may plan anew."""
        if found := re.search(rf"(\S+Error: )?([^\n]+?){re.escape(PLANNED)}", failure):
            _remove_local(self._root)
            raise error_of("unavailable", f"{found[2]}; nothing of this batch is in the table: run the pipeline again")

    def close(self) -> None:
        """Spark keeps what a query called for the life of the session; the engine's part of it shall not live as long."""
        del self._table

    def _changes(self) -> DataFrame:
        """The table's flow; upserts and deletes as one where it has both, so that one commit has what came together."""
        condition = self._about["delete_condition"]
        role = f"CASE WHEN {condition} THEN {merge.DELETE} ELSE {merge.UPSERT} END" if condition else f"{merge.UPSERT}"
        rows = self._flow(_FLOWS[0], self._columns, self._starts[0]).withColumn(merge.ROLE, F.expr(role))
        if not self._about["has_delete_flow"]:
            return rows
        deletes = self._flow(_FLOWS[1], nullable_schema(self._about["delete_schema"]), self._starts[1], isDeleteFlow="true")
        return rows.unionByName(deletes.withColumn(merge.ROLE, F.lit(merge.DELETE)), allowMissingColumns=True)

    def _flow(self, name: str, columns: StructType, start: str, **more: str) -> DataFrame:
        about = self._about
        options = {"databricks.connection": about["connection"], "tableName": about["source_table"], "badRecords": "drop",
                   "landing": f"{self._work}/landing/{name}", "startingOffset": start, "positionColumn": merge.POSITION,
                   "keyColumns": json.dumps([*about["keys"], *about["sequence"]]), **more}
        limits = {"maxBytesPerTrigger": str(_WHOLE)} if self._is_snapshot else self._options
        rows = (self._spark.readStream.format("lakeflow_connect").schema(StructType([*columns]).add(merge.POSITION, LongType()))
                .options(**about["source_options"]).options(**{"connections": self._options.get("connections")} | limits | options).load())
        for column in columns:
            if column.name in about["partition_columns"] and column.dataType == StringType():
                # As a partition's name, an empty text is a null.
                rows = rows.withColumn(column.name, F.expr(f"nullif({quoted(column.name)}, '')"))
        return rows

    def _take(self, rows: DataFrame, batch: int) -> None:
        session = rows.sparkSession
        starts, ends = self._places(session, batch)
        num_segments = sum(end["segment"] - start["segment"] for start, end in zip(starts, ends, strict=True))
        next_offset = self._table.offset_at([end["source"] for end in ends])
        if num_segments:
            tables = self._table.look()
            num_bytes = sum(_native.landed_bytes(f"{self._work}/landing/{flow}", start["segment"] + 1, end["segment"])
                            for flow, start, end in zip(_FLOWS, starts, ends, strict=False))
            settings.fit_to(session, num_bytes, tables["num_bytes"], tables["num_files"])
            self._write(rows, next_offset, tables)
        self._settle(next_offset)

    def _take_nothing(self) -> None:
        """A snapshot of no page at all."""
        session = self._spark.newSession()
        schema = StructType([*self._columns]).add(merge.POSITION, LongType()).add(merge.ROLE, IntegerType())
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
            counts = merge.append(rows.drop(merge.POSITION, merge.ROLE), _path_of(about["url"]), transaction)
        elif about["mode"] == "append by key":
            identity = [*about["keys"], *(path for path in about["sequence"] if path not in about["keys"])]
            counts = merge.append_first(rows.drop(merge.ROLE), _path_of(about["url"]), identity, transaction, tables["num_files"])
        else:
            counts = self._merge(rows, transaction, tables)
        self._table.count(**asdict(counts))

    def _merge(self, rows: DataFrame, transaction: dict[str, str], tables: dict[str, Any]) -> merge.Counts:
        about, session = self._about, rows.sparkSession
        table = merge.Place(_path_of(about["url"]), tables["version"])
        auxiliary = merge.Place(_path_of(about["auxiliary_url"]), tables["auxiliary_version"])
        rules = merge.KeyRules(about["keys"], about["sequence"], [self._columns.names], about["keeps_versions"],
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
        """What executors refused, of this run's batches and of one that was stopped before it came to this; each record once."""
        for text in _native.refused_below(self._root):
            refused = refused_from_json(text)
            self._table.quarantine(refused, self._run_id)

    def _places(self, session: SparkSession, batch: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Where the batch begins and ends in each flow, from the stream's own log, which Spark writes before it runs the batch."""
        start = [{"segment": 0, "source": source} for source in self._starts]
        if batch > 0:
            start = self._logged(session, batch - 1, start)
        return start, self._logged(session, batch, start)

    def _logged(self, session: SparkSession, batch: int, otherwise: list[dict[str, Any]]) -> list[dict[str, Any]]:
        [log] = session.read.text(f"{self._work}/checkpoint/offsets/{batch}", wholetext=True).collect()
        lines = log[0].splitlines()[-len(otherwise):]
        return [place if line == "-" else json.loads(line) for line, place in zip(lines, otherwise, strict=True)]


def _path_of(url: str) -> str:
    parsed = urlparse(url)
    return unquote(parsed.path) if parsed.scheme == "file" else url


def _remove_local(folder: str) -> None:
    """What a finished run leaves; in an object store it stays, and the next run begins beside it."""
    path = Path(_path_of(folder))
    if path.is_dir():
        shutil.rmtree(path)
