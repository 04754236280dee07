"""`ingest(spark, spec)`: a pipeline's tables, with reading and merging spread by Spark. The engine makes the tables, says where
each stands and what a commit has to carry, so a table can go from the native program to Spark and back."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import LongType, StringType, StructType

from inlet import _native
from inlet.errors import InletError, error_of
from inlet.options import names
from inlet.pipelines import Spec, pipeline_call
from inlet.spark import merge
from inlet.spark.refused import refused_from_json
from inlet.spark.schemas import RESCUED_COLUMN, nullable_schema

_PARALLEL_TABLES = 4
_CONFS = ("spark.databricks.delta.write.txnAppId", "spark.databricks.delta.write.txnVersion",
          "spark.databricks.delta.commitInfo.userMetadata")


@dataclass
class TableOutcome:
    """What became of one table: where it stood and stands, how many micro-batches that took, and what stopped it."""
    table: str
    source_table: str = ""
    url: str = ""
    batches: int = 0
    quarantined: int = 0
    offset_before: dict[str, Any] = field(default_factory=dict)
    offset_after: dict[str, Any] = field(default_factory=dict)
    error: InletError | None = None


class IngestReport(list[TableOutcome]):
    def table(self, name: str) -> TableOutcome:
        return next(one for one in self if name in (one.table, one.source_table))

    def raise_failure(self) -> None:
        """Raises the first failed table's error, which names the others."""
        failed = [one for one in self if one.error]
        if failed and failed[0].error:
            raise error_of(failed[0].error.kind, "\n".join(f"{one.table}: {one.error}" for one in failed))


def ingest(spark: SparkSession, spec: Spec, *, warehouse: str | PathLike[str], only: str | Iterable[str] | None = None,
           connections: str | PathLike[str] | None = None, store_options: Mapping[str, Any] | None = None,
           work_folder: str | PathLike[str] | None = None, stream_options: Mapping[str, Any] | None = None) -> IngestReport:
    """Brings every table of the pipeline up to date and returns; tables side by side. One failing table does not stop the
    others; after all have ended its error is raised. `work_folder` is for pages and checkpoints while it runs, on storage that
    driver and executors share; otherwise it lies in the warehouse. `stream_options`: the limits of micro-batches."""
    call = pipeline_call(spec, connections, store_options, warehouse=warehouse, only=names(only))
    tables = _native.ingest_tables(call)
    folder = str(work_folder or f"{warehouse}/_inlet/spark").rstrip("/")
    options = {"connections": connections, **(stream_options or {})}

    def bring(name: str) -> TableOutcome:
        outcome = TableOutcome(name)
        try:
            table = _TableIngest(spark, _native.open_ingest_table(call, name), folder, options, outcome)
            try:
                table.run()
            finally:
                table.close()
        except InletError as error:
            outcome.error = error
        except Exception as error:  # Spark's own, and what it wraps; the other tables go on.
            outcome.error = error_of("unavailable", str(error).split("\n\nJVM stacktrace")[0])
        return outcome

    with ThreadPoolExecutor(_PARALLEL_TABLES) as pool:
        report = IngestReport(pool.map(bring, tables))
    report.raise_failure()
    return report


class _TableIngest:
    """One table's stream, from where the table stands. Its checkpoint is named after that place: a run that was stopped between
    two commits finds its batch again, one that was stopped after a commit starts a new one. The table is the checkpoint that counts."""

    def __init__(self, spark: SparkSession, table: _native.IngestTable, folder: str, options: Mapping[str, Any], outcome: TableOutcome):
        about = table.describe()
        self._spark = spark
        self._table = table
        self._about = about
        self._run_id = uuid.uuid4().hex
        self._outcome = outcome
        self._root = f"{folder}/{about['path']}"
        self._work = f"{self._root}/{table.version}"
        self._options = {name: str(value) for name, value in options.items() if value is not None}
        self._columns = nullable_schema(about["schema"]).add(RESCUED_COLUMN, StringType())
        outcome.source_table, outcome.url = about["source_table"], about["url"]
        outcome.offset_before = json.loads(table.offset)

    def run(self) -> None:
        about = self._about
        schema = StructType([*self._columns]).add(merge.POSITION, LongType())
        rows = (self._spark.readStream.format("lakeflow_connect").schema(schema)
                .options(**about["source_options"], **self._options)
                .options(**{"databricks.connection": about["connection"], "tableName": about["source_table"], "badRecords": "drop",
                            "landing": f"{self._work}/landing", "startingOffset": self._table.offset,
                            "positionColumn": merge.POSITION, "keyColumns": json.dumps(self._never_null())})
                .load())
        query = (rows.writeStream.foreachBatch(self._take).option("checkpointLocation", f"{self._work}/checkpoint")
                 .trigger(availableNow=True).start())
        query.awaitTermination()
        self._quarantine()
        _remove_local(self._root)

    def close(self) -> None:
        """Spark keeps what a query called for the life of the session; the engine's part of it shall not live as long."""
        del self._table

    def _never_null(self) -> list[str]:
        return [*self._about["keys"], *self._about["sequence"]]

    def _take(self, rows: DataFrame, batch: int) -> None:
        start, end = self._places(rows.sparkSession, batch)
        version = self._table.version + 1
        metadata = self._table.metadata(end["source"], self._run_id)
        if end["segment"] > start["segment"]:
            self._write(rows, version, metadata)
        self._table.settle(end["source"], self._run_id)
        self._outcome.batches += 1
        self._outcome.offset_after = json.loads(self._table.offset)

    def _write(self, rows: DataFrame, version: int, metadata: str) -> None:
        about, session = self._about, rows.sparkSession
        transaction = dict(zip(_CONFS, (about["app_id"], str(version), metadata), strict=True))
        target = f"delta.{merge.quoted(_path_of(about['url']))}"
        if about["mode"] == "append":
            plain = rows.drop(merge.POSITION).writeTo(target)
            _with_confs(session, transaction, plain.append)
            return
        view = f"_inlet_{uuid.uuid4().hex}"
        rows.createOrReplaceTempView(view)
        statement = merge.upsert if about["mode"] == "scd type 1" else merge.first_only
        text = statement(target, view, self._columns, about["keys"], about["sequence"])
        try:
            _with_confs(session, transaction, lambda: session.sql(text).collect())
        finally:
            session.catalog.dropTempView(view)

    def _quarantine(self) -> None:
        """What executors refused, of this run's batches and of one that was stopped before it came to this; each record once."""
        for text in _native.refused_below(self._root):
            refused = refused_from_json(text)
            self._table.quarantine(refused, self._run_id)
            self._outcome.quarantined += len(refused)

    def _places(self, session: SparkSession, batch: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Where the batch begins and ends, from the stream's own log, which Spark writes before it runs the batch."""
        start = {"segment": 0} if batch == 0 else self._logged(session, batch - 1)
        return start, self._logged(session, batch)

    def _logged(self, session: SparkSession, batch: int) -> dict[str, Any]:
        [log] = session.read.text(f"{self._work}/checkpoint/offsets/{batch}", wholetext=True).collect()
        place: dict[str, Any] = json.loads(log[0].splitlines()[-1])
        return place


def _with_confs(session: SparkSession, confs: Mapping[str, str], statement: Callable[[], Any]) -> None:
    """One statement under these: Delta takes a second one of the same version for a repetition, and skips it."""
    for name, value in confs.items():
        session.conf.set(name, value)
    try:
        statement()
    finally:
        for name in confs:
            session.conf.unset(name)


def _path_of(url: str) -> str:
    parsed = urlparse(url)
    return unquote(parsed.path) if parsed.scheme == "file" else url


def _remove_local(folder: str) -> None:
    """What a finished run leaves; in an object store it stays, and the next run begins beside it."""
    path = Path(_path_of(folder))
    if path.is_dir():
        shutil.rmtree(path)
