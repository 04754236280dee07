"""A driver as a process of its own, to be killed: driver.py SPEC WAREHOUSE CONNECTIONS EVENTS brings a pipeline up to date in small
micro-batches."""

import sys
from pathlib import Path

import conftest
from inlet.spark import ingest

spec, warehouse, connections, events = sys.argv[1:]
ingest(conftest.start_session(Path(events)), spec, warehouse=warehouse, connections=connections,
       stream_options={"maxRowsPerTrigger": 70})
