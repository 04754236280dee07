"""A pipeline as a Spark application: what `inlet spark-submit` and the job of `inlet bundle` run. Ends with the program's exit codes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from inlet import _native
from inlet.errors import InletError
from inlet.options import names
from inlet.pipelines import pipeline_call
from inlet.spark.ingest import ingest

_TABLE_FAILED = 1
_UNAVAILABLE = 4
_EXIT_CODES = {"config": 2, "auth": 3, "bug": 5, "cancelled": 130}
# The defaults are for large shuffles, and make small micro-batches several times as slow.
_SETTINGS = {"spark.sql.shuffle.partitions": "8", "spark.databricks.delta.snapshotPartitions": "2"}


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec")
    parser.add_argument("--warehouse", required=True)
    parser.add_argument("--connections")
    parser.add_argument("--only", action="append")
    parser.add_argument("--work-folder")
    parser.add_argument("--store-option", action="append", default=[])
    return parser.parse_args(words)


def _fail(error: InletError, code: int) -> int:
    print(f"error: {error}", file=sys.stderr)
    return code


def _session() -> Any:
    from pyspark.sql import SparkSession
    session = SparkSession.builder.getOrCreate()
    for name, value in _SETTINGS.items():
        # What was asked for stays.
        if session.conf.get(name, None) in (None, "200"):
            session.conf.set(name, value)
    return session


def main(words: Sequence[str] | None = None) -> int:
    """Runs the pipeline and returns the exit code; a line of JSON for each table goes to standard output."""
    given = _arguments(words)
    store_options = dict(one.split("=", 1) for one in given.store_option)
    try:
        # A mistake in the spec is told before Spark is asked for anything.
        _native.ingest_tables(pipeline_call(given.spec, given.connections, store_options, warehouse=given.warehouse, only=names(given.only)))
    except InletError as error:
        return _fail(error, _EXIT_CODES.get(error.kind, _UNAVAILABLE))
    session = _session()
    try:
        report = ingest(session, given.spec, warehouse=given.warehouse, only=given.only, connections=given.connections,
                        store_options=store_options, work_folder=given.work_folder)
    except InletError as error:
        return _fail(error, _EXIT_CODES["bug"] if error.kind == "bug" else _TABLE_FAILED)
    for one in report:
        print(json.dumps({"table": one.table, "batches": one.batches, "quarantined": one.quarantined}))
    return 0
