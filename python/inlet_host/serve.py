"""Requests come and answers go over one socket, each with its length in front; rows go as JSON lists of about a megabyte. When the
socket ends, this process does: the program has no more use for it, or is no more."""

import importlib.util
import itertools
import json
import os
import queue
import struct
import sys
import threading
import traceback
import types
from collections.abc import Iterable, Mapping

from inlet_host import classes
from inlet_host.classes import ConnectorError, OptionTexts, call_by_roles, did_you_mean, short
from inlet_host.records import RecordWriter

PAGE_BYTES = 1 << 20
MAX_PAGE_ROWS = 1024
ANSWER, RECORDS, FAILURE = 1, 2, 3
STATUS_KINDS = {401: "auth", 403: "auth", 404: "not_found", 408: "unavailable", 429: "rate_limited"}


class Host:
    """One connector, and what is asked of it."""

    def __init__(self, send):
        self._send = send
        self._connector = None
        self._tables = None

    def open(self, request):
        connector = classes.load_class(request)
        classes.check_class(connector)
        self._connector = connector(OptionTexts(request["options"]))

    def list_tables(self, request=None):
        tables = self._connector.list_tables()
        if isinstance(tables, str) or not isinstance(tables, Iterable):
            raise ConnectorError(f"returned {short(tables)}, where a list of names is due")
        self._tables = list(tables)
        for name in self._tables:
            if not isinstance(name, str):
                raise ConnectorError(f"returned the name {short(name)}, which is no text")
        return self._tables

    def get_table_schema(self, request):
        return classes.plain_schema(self._connector.get_table_schema(*self._table(request)))

    def read_table_metadata(self, request):
        table, options = self._table(request)
        metadata = self._connector.read_table_metadata(table, options)
        if not isinstance(metadata, Mapping):
            raise ConnectorError(f"returned {short(metadata)}, where a dict is due")
        keys = metadata.get("primary_keys") or []
        kind = metadata.get("ingestion_type")
        if kind not in classes.INGESTION_TYPES:
            raise ConnectorError(f"returned the ingestion_type {kind!r}{did_you_mean(str(kind), classes.INGESTION_TYPES)}; it is one of "
                                 f"{', '.join(classes.INGESTION_TYPES)}")
        return {"primary_keys": [keys] if isinstance(keys, str) else list(keys), "cursor_field": metadata.get("cursor_field") or None,
                "ingestion_type": kind}

    def read_table(self, request):
        table, options = self._table(request)
        if self._is_partitioned(table):
            return self._read_parts(table, options, request)
        pair = self._connector.read_table(table, request["start"], options)
        return self._send_records(*_pair(pair), request["start"])

    def read_table_deletes(self, request):
        # Never in parts: those are of live rows.
        table, options = self._table(request)
        if not hasattr(self._connector, "read_table_deletes"):
            raise ConnectorError(f'class {type(self._connector).__name__} has no method "read_table_deletes", which a table of ingestion '
                                 "type cdc_with_deletes needs")
        pair = self._connector.read_table_deletes(table, request["start"], options)
        return self._send_records(*_pair(pair), request["start"])

    def _table(self, request):
        name = request["table"]
        if self._tables is None:
            self.list_tables()
        if name not in self._tables:
            raise ConnectorError(f'no table "{name}"{did_you_mean(name, self._tables)}', "not_found")
        return name, OptionTexts(request["options"])

    def _is_partitioned(self, table):
        if not hasattr(self._connector, "get_partitions") or not hasattr(self._connector, "read_partition"):
            return False
        return not hasattr(self._connector, "is_partitioned") or self._connector.is_partitioned(table)

    def _read_parts(self, table, options, request):
        start = request["start"]
        end = start
        if request["is_snapshot"]:
            parts = call_by_roles(self._connector.get_partitions, table=table, options=options)
        elif hasattr(self._connector, "latest_offset"):
            end = call_by_roles(self._connector.latest_offset, table=table, options=options, start=start)
            if _offset(end, start) == start:
                return {"offset": start}
            parts = call_by_roles(self._connector.get_partitions, table=table, options=options, start=start, end=end)
        else:
            return self._send_records(*_pair(self._connector.read_table(table, start, options)), start)

        def records():
            for part in parts:
                yield from call_by_roles(self._connector.read_partition, table=table, partition=part, options=options)
        return self._send_records(records(), end, start)

    def _send_records(self, records, offset, start):
        if records is None:
            records = ()
        if isinstance(records, (str, bytes, Mapping)) or not isinstance(records, Iterable):
            raise ConnectorError(f"returned {short(records)} as its records, where an iterable of dicts is due")
        writer = RecordWriter()
        iterator = iter(records)
        number, num_rows = 1, 64
        while page := list(itertools.islice(iterator, num_rows)):
            body = writer.page(page, number)
            self._send(RECORDS, body, len(page))
            number += len(page)
            num_rows = max(1, min(MAX_PAGE_ROWS, num_rows * 4, num_rows * PAGE_BYTES // len(body)))
        # After the last record, because some connectors fill it while they go through them.
        return {"offset": _offset(offset, start)}


def _pair(answer):
    if isinstance(answer, (tuple, list)) and len(answer) == 2 and (answer[1] is None or isinstance(answer[1], Mapping)):
        return answer
    raise ConnectorError(f"returned {short(answer)}, where a pair of records and next offset is due")


def _offset(offset, start):
    """As what it will be when it comes back. None means that nothing has moved."""
    if offset is None:
        return start
    try:
        return json.loads(json.dumps(offset, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ConnectorError(f"returned the offset {short(offset)}: {error}; offsets hold texts, integers and booleans") from None


def _kind_of(error):
    if isinstance(error, ConnectorError):
        return error.kind
    response = getattr(error, "response", error)
    status = next((one for one in (getattr(response, name, None) for name in ("status_code", "status", "code")) if isinstance(one, int)),
                  0)
    if status >= 500:
        return "unavailable"
    if status in STATUS_KINDS:
        return STATUS_KINDS[status]
    # What comes of the network is an OSError without a file.
    is_of_network = isinstance(error, OSError) and not getattr(error, "filename", None)
    return "unavailable" if is_of_network and not status else "config"


def _failure(error):
    """What the program tells: the last line of the traceback and its place."""
    place = ""
    if not isinstance(error, ConnectorError):
        frames = traceback.extract_tb(error.__traceback__)
        traceback.print_exception(type(error), error, error.__traceback__)
        if frames:
            place = f" ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})"
    said = str(error) if isinstance(error, ConnectorError) else traceback.format_exception_only(type(error), error)[-1].strip()
    answer = {"kind": _kind_of(error), "message": said + place}
    after = getattr(getattr(error, "response", None), "headers", None)
    seconds = after.get("Retry-After") if isinstance(after, Mapping) else None
    if isinstance(seconds, str) and seconds.isdecimal():
        answer["retry_after"] = int(seconds)
    return answer


def _provide_interface():
    """`from inlet.lakeflow import LakeflowConnect` works where Inlet is not installed, too."""
    if importlib.util.find_spec("inlet") is not None:
        return
    package, module = types.ModuleType("inlet"), types.ModuleType("inlet.lakeflow")
    package.lakeflow = module
    for one in (classes.LakeflowConnect, classes.SupportsPartition, classes.SupportsPartitionedStream):
        setattr(module, one.__name__, one)
    sys.modules.update({"inlet": package, "inlet.lakeflow": module})


def _take_requests(stream, requests):
    while len(header := stream.read(8)) == 8:
        body = stream.read(int.from_bytes(header, "little"))
        requests.put(json.loads(body))
    os._exit(0)


def serve(connection, stream):
    """`stream` reads from `connection`. Does not return."""
    sys.stdout.reconfigure(line_buffering=True)
    requests = queue.SimpleQueue()
    threading.Thread(target=_take_requests, args=(stream, requests), daemon=True).start()

    def send(kind, body, count=0):
        connection.sendall(struct.pack("<BIQ", kind, count, len(body)))
        connection.sendall(body)

    _provide_interface()
    host = Host(send)
    while True:
        request = requests.get()
        try:
            answer, kind = getattr(host, request["call"])(request), ANSWER
        except BaseException as error:  # sys.exit() in a connector is a failure of the call like any other.
            answer, kind = _failure(error), FAILURE
        send(kind, json.dumps(answer).encode())
