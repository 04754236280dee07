"""Streams: the driver brings the source's pages into a landing, piece by piece, and executors decode them. A source gives the same
answer only once; the landing gives it as often as Spark asks. Of a source that can be asked twice only the plan is landed, and executors
read its shares."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import DataSourceStreamReader, InputPartition
from pyspark.sql.streaming.datasource import (ReadAllAvailable, ReadLimit, ReadMaxBytes, ReadMaxFiles, ReadMaxRows,
                                              SupportsTriggerAvailableNow)
from pyspark.sql.types import StructType

from inlet import _native
from inlet.connection import Rows
from inlet.errors import BadRecordError, ConfigError
from inlet.spark.batch import refuse
from inlet.spark.options import SourceOptions
from inlet.spark.refused import refused_to_json
from inlet.spark.schemas import conform, decoded_schema

if TYPE_CHECKING:
    import pyarrow as pa

# A micro-batch costs seconds, however small it is.
DEFAULT_MAX_BYTES = 1 << 30
# Of a share, where the plan alone is landed.
_SHARE_BYTES = 32 << 20
# Follows what went wrong with a planned share.
PLANNED = " (the batch was planned in"
# Rows of a segment are numbered below its own number.
POSITION_BITS = 32


# A task costs a good part of a second, however little it decodes: in a large batch it takes several segments.
_MIN_TASKS = 8
_MAX_SEGMENTS_OF_TASK = 16


@dataclass
class Segments(InputPartition):
    numbers: list[int]
    keys: list[str]


@dataclass
class PlannedShare(InputPartition):
    """A segment that is to be read from the source itself."""
    number: int
    partition: str
    keys: list[str]


class TableStreamReader(DataSourceStreamReader, SupportsTriggerAvailableNow):
    """The offset: `segment`, the last one landed, and `source`, the engine's offset after it, as its text."""

    def __init__(self, options: SourceOptions, schema: StructType):
        if not options.landing:
            raise ConfigError("option landing is missing: a folder of this stream's own, on storage that driver and executors share, "
                              "for the source's pages")
        self._options = options
        self._schema = schema
        self._lander: _native.Lander | None = None
        self._is_at_end = False
        self._ends_once = False
        self._asked = 0.0
        self._keys: list[str] | None = None

    def __getstate__(self) -> dict[str, Any]:
        # Executors get a copy, and the read belongs to the driver.
        return {**self.__dict__, "_lander": None}

    @property
    def _landing(self) -> str:
        return str(self._options.landing)

    def initialOffset(self) -> dict[str, Any]:
        return _offset(0, self._options.starting_offset)

    def getDefaultReadLimit(self) -> ReadLimit:
        options = self._options
        if options.max_rows:
            return ReadMaxRows(options.max_rows)
        if options.max_segments:
            return ReadMaxFiles(options.max_segments)
        return ReadMaxBytes(options.max_bytes or DEFAULT_MAX_BYTES)

    def prepareForTriggerAvailableNow(self) -> None:
        # A read ends where the source stood when it began: that is what is available now.
        self._ends_once = True

    def latestOffset(self, start: dict[str, Any], limit: ReadLimit) -> dict[str, Any]:
        if self._is_at_end and (self._ends_once or time.monotonic() < self._asked + (self._options.poll_interval_ms or 0) / 1000):
            return start
        if self._lander is None or self._is_at_end:
            self._asked = time.monotonic()
        if self._lander is None:
            options = self._options
            self._lander = _native.land(options.open().native, options.table, options.table_options, options.is_delete_flow,
                                        self._landing, start["segment"], start["source"], **_limit_arguments(limit),
                                        partition_bytes=options.partition_bytes or _SHARE_BYTES)
        segment, source, self._is_at_end = self._lander.advance()
        return _offset(segment, source)

    def partitions(self, start: dict[str, Any], end: dict[str, Any]) -> list[InputPartition]:
        options = self._options
        if options.key_columns is not None:
            self._keys = options.key_columns
        if self._keys is None:
            self._keys = options.open().read_table_metadata(options.table, options.table_options)["primary_keys"]
        first, last = start["segment"] + 1, end["segment"]
        if first > last:
            return []
        shares = _native.landed_shares(self._landing, first, last)
        # A segment that is no share and has no pages is missing, and who reads it says so.
        landed = [number for number in range(first, last + 1) if number not in shares]
        step = min(max(1, len(landed) // _MIN_TASKS), _MAX_SEGMENTS_OF_TASK)
        return ([PlannedShare(number, partition, self._keys) for number, partition in shares.items()]
                + [Segments(landed[place:place + step], self._keys) for place in range(0, len(landed), step)])

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        options = self._options
        schema = decoded_schema(self._schema, options)
        if isinstance(partition, PlannedShare):
            yield from self._planned(partition, schema)
            return
        assert isinstance(partition, Segments)
        for number in partition.numbers:
            yield from self._decoded(number, Rows(_native.landed_rows(self._landing, number, schema, partition.keys)))

    def _planned(self, share: PlannedShare, schema: str) -> Iterator[pa.RecordBatch]:
        options = self._options
        rows = _native.share_rows(options.open().native, options.table, options.table_options, share.partition, schema, share.keys)
        try:
            yield from self._decoded(share.number, Rows(rows))
        except BadRecordError:
            raise
        except Exception as error:
            raise ConfigError(f"{error}{PLANNED} {self._landing}, and comes again as it was planned: if what it reads is gone, start the "
                              "stream again with a new checkpoint and an empty landing folder)") from error

    def _decoded(self, number: int, rows: Rows) -> Iterator[pa.RecordBatch]:
        options = self._options
        yield from conform(rows, self._schema, options.position_column, number << POSITION_BITS)
        if rows.num_refused:
            # Before anything else becomes of the batch: what was refused is kept, and kept once however often it is decoded.
            _native.keep_refused(self._landing, number, refused_to_json(rows.refused))
            refuse(options, rows.num_refused, rows.refused)

    def commit(self, end: dict[str, Any]) -> None:
        _native.remove_landed(self._landing, end["segment"])

    def stop(self) -> None:
        self._lander = None


def _offset(segment: int, source: str) -> dict[str, Any]:
    # Spark compares offsets as texts: the members always stand in this order, and the engine's text is canonical.
    return {"segment": segment, "source": source}


def _limit_arguments(limit: ReadLimit) -> dict[str, int]:
    if isinstance(limit, ReadMaxRows):
        return {"max_records": limit.max_rows}
    if isinstance(limit, ReadMaxBytes):
        return {"max_bytes": limit.max_bytes}
    if isinstance(limit, ReadMaxFiles):
        return {"max_segments": limit.max_files}
    if isinstance(limit, ReadAllAvailable):
        return {}
    raise ConfigError(f"the read limit {type(limit).__name__} is not supported")
