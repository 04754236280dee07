"""Declarative pipelines: `define(spark, spec, ...)`, in a definition file, makes one flow for each table of a spec.

Rows are added to the Delta tables of a warehouse in open source; tables with changes need AUTO CDC, and a platform on which it can
write them. Which that is the platform is asked itself, never its version."""

from __future__ import annotations

import inspect
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from inlet import _native
from inlet.errors import ConfigError
from inlet.options import names
from inlet.pipelines import Spec, pipeline_call
from inlet.spark.changes import TableChanges
from inlet.spark.columns import column, quoted
from inlet.spark.merge import DELETE, POSITION, ROLE
from inlet.spark.places import path_of
from inlet.spark.refused import keep_refused

_IDENTITY = "_inlet_identity"


def define(spark: SparkSession, spec: Spec, *, warehouse: str | PathLike[str], storage: str | PathLike[str],
           only: str | Iterable[str] | None = None, connections: str | PathLike[str] | None = None,
           store_options: Mapping[str, Any] | None = None) -> None:
    """Makes the flows, in the pipeline whose definition is being loaded. ConfigError, before any is made, with the name of every table
    that this platform's pipelines cannot keep and what can. `storage` is the pipeline's own; pages are landed in it.

    In open source the tables lie in `warehouse`, made as `ingest` makes them, and a table is the pipeline's from then on: what it has come
    to is in the pipeline's checkpoints, which the native program and `ingest` do not read."""
    from pyspark import pipelines as dp
    if connections is not None:
        # Processes that run elsewhere look it up, too.
        connections = Path(connections).resolve()
    spec = spec if isinstance(spec, Mapping) else Path(spec).resolve()
    call = pipeline_call(spec, connections, store_options, warehouse=warehouse, only=names(only))
    options = {"connections": str(connections)} if connections else {}
    run = _native.start_ingest(call)
    Project(spark, dp, Platform.of(dp, os.environ), call, run.id, str(storage).rstrip("/"), options).define(run.tables)


@dataclass(frozen=True)
class Platform:
    """What the pipelines of a platform can do. Parameters of a function that is not there are None."""
    keeps_changes: bool
    changes: frozenset[str] | None
    snapshots: frozenset[str] | None

    @staticmethod
    def of(dp: Any, environment: Mapping[str, str]) -> Platform:
        """AUTO CDC writes tables that take row-level operations. Delta's do so on Databricks alone: in open source the function may be
        there, and the flow fails when it runs. So the function is not enough to go by."""
        def parameters(name: str) -> frozenset[str] | None:
            function = getattr(dp, name, None)
            return frozenset(inspect.signature(function).parameters) if function else None

        return Platform("DATABRICKS_RUNTIME_VERSION" in environment, parameters("create_auto_cdc_flow"),
                        parameters("create_auto_cdc_from_snapshot_flow"))

    def lacks(self, about: Mapping[str, Any]) -> str:
        """What the table needs and is not there; empty: nothing."""
        if _is_append(about):
            return ""
        function, parameters = (("create_auto_cdc_from_snapshot_flow", self.snapshots) if about["mode"] == "snapshot" else
                                ("create_auto_cdc_flow", self.changes))
        if not self.keeps_changes or parameters is None:
            return "its pipelines can only add rows to tables"
        wanted = {"track_history_column_list": about["tracked"], "track_history_except_column_list": about["untracked"],
                  "ignore_null_updates": about["ignore_null_updates"]}
        # The lists come with SCD type 2.
        missing = [name for name, value in wanted.items() if (value or about["keeps_versions"] and "list" in name) and name not in parameters]
        if missing:
            return f"its {function} has no {', '.join(missing)}"
        nested = [path for path in about["keys"] if path not in columns_of(about).names]
        return f"AUTO CDC takes no members of structs as keys ({', '.join(nested)})" if nested else ""


def _is_append(about: Mapping[str, Any]) -> bool:
    return str(about["mode"]).startswith("append")


class Project:
    """The flows of one pipeline."""

    def __init__(self, spark: SparkSession, dp: Any, platform: Platform, call: _native.PipelineCall, run_id: str, storage: str,
                 options: dict[str, str]):
        self._spark = spark
        self._dp = dp
        self._platform = platform
        self._call = call
        self._run_id = run_id
        self._storage = storage
        self._options = options

    def define(self, tables: list[str]) -> None:
        targets = {name: _native.describe_target(self._call, name) for name in tables}
        lacks = {name: self._platform.lacks(about) for name, about in targets.items()}
        refused = [f"table {name} ({targets[name]['mode']}): {lack}" for name, lack in lacks.items() if lack]
        if refused:
            raise ConfigError("\n".join([*refused, "leave these to inlet.spark.ingest or `inlet spark-submit`, and name the others with "
                                         "`inlet spark-pipeline --only`, or give them scd_type: APPEND_ONLY"]))
        for name, about in targets.items():
            if not self._platform.keeps_changes:
                self._define_sink(name)
            elif _is_append(about):
                self._define_table(name, about)
                self._add_rows(flow_name(name), name, self._changes(about), identity_of(about))
            elif about["mode"] == "snapshot":
                self._define_table(name, about)
                self._keep_snapshot(name, about)
            else:
                self._define_table(name, about)
                self._keep_changes(name, about)

    def _changes(self, about: Mapping[str, Any], starts: list[str] | None = None) -> TableChanges:
        return TableChanges(about, f"{self._storage}/landing/{about['path']}", starts or ["{}", "{}"], self._options)

    def _define_sink(self, name: str) -> None:
        """A Delta table of the warehouse: a sink needs no catalog that remembers it."""
        table = _native.open_ingest_table(self._call, name)
        about = table.describe()
        changes = self._changes(about, table.starts())
        identity = identity_of(about)
        if identity and table.offset != "{}":
            raise ConfigError(f"table {name}: the rows that inlet has brought into it are told from new ones by their keys, and a pipeline "
                              "cannot see them; go on with inlet.spark.ingest, or give the pipeline a destination_table of its own")
        keep_refused(table, changes.landing, self._run_id)
        sink = flow_name(name)
        self._dp.create_sink(sink, "delta", {"path": path_of(about["url"])})
        self._add_rows(sink, sink, changes, identity)

    def _define_table(self, name: str, about: Mapping[str, Any]) -> None:
        settings = {"partition_cols": about["partition_columns"], "cluster_by": about["cluster_by"]}
        self._dp.create_streaming_table(name, **{option: value for option, value in settings.items() if value})

    def _add_rows(self, flow: str, target: str, changes: TableChanges, identity: list[str]) -> None:
        def rows() -> DataFrame:
            return first_of_each(changes.rows(self._spark), [column(path, changes.columns) for path in identity])

        self._dp.append_flow(target=target, name=flow)(rows)

    def _keep_changes(self, name: str, about: Mapping[str, Any]) -> None:
        source = f"{flow_name(name)}_changes"
        changes = self._changes(about)
        self._dp.temporary_view(name=source)(lambda: changes.changes(self._spark))
        self._dp.create_auto_cdc_flow(
            target=name, source=source, keys=keys_of(about), sequence_by=sequence_of(about),
            apply_as_deletes=F.expr(f"{ROLE} = {DELETE}"), except_column_list=[ROLE, POSITION], **history_options(about),
            **({"ignore_null_updates": True} if about["ignore_null_updates"] else {}))

    def _keep_snapshot(self, name: str, about: Mapping[str, Any]) -> None:
        source = f"{flow_name(name)}_snapshot"
        options = {"databricks.connection": about["connection"], "tableName": about["source_table"], **self._options}

        def rows() -> DataFrame:
            return self._spark.read.format("lakeflow_connect").options(**about["source_options"]).options(**options).load()

        self._dp.temporary_view(name=source)(rows)
        self._dp.create_auto_cdc_from_snapshot_flow(target=name, source=source, keys=keys_of(about), **history_options(about))


def flow_name(table: str) -> str:
    """One plain word, and the same for ever: checkpoints are found by it."""
    if re.fullmatch(r"[a-z0-9_]+", table):
        return table
    return f"{re.sub(r'[^A-Za-z0-9]+', '_', table)}_{zlib.crc32(table.encode()):08x}"


def identity_of(about: Mapping[str, Any]) -> list[str]:
    """What tells one event from another where a source sends some of them twice; empty: every row counts."""
    return list(dict.fromkeys([*about["keys"], *about["sequence"]])) if about["mode"] == "append by key" else []


def first_of_each(rows: DataFrame, identity: list[str]) -> DataFrame:
    """The rows without those that came before; the stream's state remembers the identities. `identity`: expressions; none: all rows."""
    if not identity:
        return rows
    marks = {f"{_IDENTITY}_{i}": F.expr(expression) for i, expression in enumerate(identity)}
    return rows.withColumns(marks).dropDuplicates(list(marks)).drop(*marks)


def keys_of(about: Mapping[str, Any]) -> list[str]:
    return [name if name.isidentifier() else quoted(name) for name in about["keys"]]


def sequence_of(about: Mapping[str, Any]) -> Column:
    """The order of changes: one column, or several as a struct; without any, that in which they come."""
    schema = columns_of(about)
    columns = [F.expr(column(path, schema)) for path in about["sequence"]] or [F.expr(POSITION)]
    return columns[0] if len(columns) == 1 else F.struct(*columns)


def columns_of(about: Mapping[str, Any]) -> StructType:
    return TableChanges(about, "", []).columns


def history_options(about: Mapping[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {"stored_as_scd_type": 2 if about["keeps_versions"] else 1}
    if about["tracked"]:
        options["track_history_column_list"] = about["tracked"]
    if about["untracked"]:
        options["track_history_except_column_list"] = about["untracked"]
    return options
