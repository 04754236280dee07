"""A pipeline as a Spark application: what `inlet spark-submit` and the job of `inlet bundle` run. Ends with the program's exit codes."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence

from pyspark.sql import SparkSession

from inlet import _native
from inlet.errors import InletError
from inlet.options import names
from inlet.pipelines import pipeline_call
from inlet.spark.ingest import ingest

_TABLE_FAILED = 1
_UNAVAILABLE = 4
_INTERRUPTED = 130
_EXIT_CODES = {"config": 2, "auth": 3, "bug": 5, "cancelled": 130}


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec")
    parser.add_argument("--warehouse", required=True)
    parser.add_argument("--connections")
    parser.add_argument("--only", action="append")
    parser.add_argument("--every")
    parser.add_argument("--work-folder")
    parser.add_argument("--store-option", action="append", default=[])
    return parser.parse_args(words)


def _fail(error: InletError, code: int) -> int:
    print(f"error: {error}", file=sys.stderr)
    return code


def _stop_on_signals() -> threading.Event:
    """Set by Ctrl-C or SIGTERM, so that a batch under way is finished; Spark's own way with Ctrl-C is to cancel it."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def main(words: Sequence[str] | None = None) -> int:
    """Runs the pipeline and returns the exit code; the report goes to standard output, as JSON."""
    given = _arguments(words)
    store_options = dict(one.split("=", 1) for one in given.store_option)
    try:
        # A mistake in the spec is told before Spark is asked for anything.
        _native.start_ingest(pipeline_call(given.spec, given.connections, store_options, warehouse=given.warehouse, only=names(given.only),
                                           every=given.every))
    except InletError as error:
        return _fail(error, _EXIT_CODES.get(error.kind, _UNAVAILABLE))
    spark = SparkSession.builder.getOrCreate()
    stop = _stop_on_signals() if given.every else None
    try:
        report = ingest(spark, given.spec, warehouse=given.warehouse, only=given.only, connections=given.connections,
                        store_options=store_options, work_folder=given.work_folder, every=given.every, stop=stop)
    except InletError as error:
        return _fail(error, _EXIT_CODES["bug"] if error.kind == "bug" else _TABLE_FAILED)
    print(json.dumps(report))
    return _INTERRUPTED if given.every else 0
