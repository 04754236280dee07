"""A driver as a process of its own, to be killed: driver.py SPEC WAREHOUSE CONNECTIONS EVENTS starts a session and waits; told so by a line on its
standard input, it brings the pipeline up to date in small micro-batches."""

import sys
from pathlib import Path

import conftest
from inlet.spark import ingest

spec, warehouse, connections, events = sys.argv[1:]
session = conftest.start_session(Path(events), conftest.UNCOMPILED)
if sys.stdin.readline():
    ingest(session, spec, warehouse=warehouse, connections=connections, stream_options={"maxRowsPerTrigger": 70})
