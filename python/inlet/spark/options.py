"""The options of the format. What is not named here is the table's, and the engine checks it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from inlet import _native
from inlet.connection import Connection, connect
from inlet.errors import ConfigError
from inlet.options import names_in
from inlet.spark.injected import split_injected

# Of the format and of the virtual tables, in lower case, as Spark hands them over in streams. keyColumns is ingest()'s: the keys that
# a spec names instead of the source's.
_FORMAT_OPTIONS = {"databricks.connection", "tablename", "isdeleteflow", "connections", "landing", "startingoffset",
                   "maxrowspertrigger", "maxbytespertrigger", "maxfilespertrigger", "pollintervalms", "badrecords", "positioncolumn",
                   "keycolumns", "columns", "limit", "partitionbytes",
                   "tablenamelist", "tableconfigs", "namespace", "namespaceprefix"}
_BAD_RECORDS = ("fail", "drop")


def _flag(options: Mapping[str, str], name: str) -> bool:
    text = options.get(name, "false").lower()
    if text not in ("true", "false"):
        raise ConfigError(f"option {name}: expected true or false, not {text!r}")
    return text == "true"


def _count(options: Mapping[str, str], name: str) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not text.isdecimal() or int(text) == 0:
        raise ConfigError(f"option {name}: expected a whole number above 0, not {text!r}")
    return int(text)


@dataclass(frozen=True)
class SourceOptions:
    """What a reader was asked for. Travels to executors, so it names the connection and does not hold its parameters, unless the
    platform put them among the options, which are what it has then."""

    connection: str
    table: str
    connections: str | None = None
    is_delete_flow: bool = False
    landing: str | None = None
    starting_offset: str = "{}"
    max_rows: int | None = None
    max_bytes: int | None = None
    max_segments: int | None = None
    poll_interval_ms: int | None = None
    bad_records: str = "fail"
    position_column: str | None = None
    key_columns: list[str] | None = None
    columns: list[str] | None = None
    limit: int | None = None
    partition_bytes: int | None = None
    virtual: dict[str, str] = field(default_factory=dict)
    table_options: dict[str, str] = field(default_factory=dict)
    # Which connector was registered for connections that do not say it, and its parameters where they give none.
    connector: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    injected: dict[str, str] | None = field(default=None, repr=False)

    @staticmethod
    def of(given: Mapping[str, str], connector: str | None, parameters: Mapping[str, str]) -> SourceOptions:
        options = {name.lower(): value for name, value in given.items()}
        for name, spelled in (("databricks.connection", "databricks.connection"), ("tablename", "tableName")):
            if not options.get(name):
                raise ConfigError(f"option {spelled} is missing")
        bad_records = options.get("badrecords", "fail").lower()
        if bad_records not in _BAD_RECORDS:
            raise ConfigError(f"option badRecords: expected {' or '.join(_BAD_RECORDS)}, not {bad_records!r}")
        connection, connections = options["databricks.connection"], options.get("connections")
        table_options = {name: value for name, value in options.items() if name not in _FORMAT_OPTIONS}
        injected = None
        if connector is not None and not _native.has_connection(connection, connections):
            injected, table_options = split_injected(connector, table_options)
        return SourceOptions(
            connection=connection, table=options["tablename"], connections=connections,
            is_delete_flow=_flag(options, "isdeleteflow"), landing=options.get("landing"),
            starting_offset=_offset(options), max_rows=_count(options, "maxrowspertrigger"),
            max_bytes=_count(options, "maxbytespertrigger"), max_segments=_count(options, "maxfilespertrigger"),
            poll_interval_ms=_count(options, "pollintervalms"), bad_records=bad_records, position_column=options.get("positioncolumn"),
            key_columns=json.loads(options["keycolumns"]) if "keycolumns" in options else None,
            columns=names_in(options["columns"]) if "columns" in options else None,
            limit=_count(options, "limit"), partition_bytes=_count(options, "partitionbytes"),
            virtual={name: options[name] for name in ("tablenamelist", "tableconfigs", "namespace") if name in options},
            table_options=table_options, connector=connector, parameters=dict(parameters), injected=injected)

    def open(self) -> Connection:
        """The connection, resolved in this process by the connections file that lies here, or as it was injected."""
        if self.connector is not None and self.injected is not None:
            return connect(self.connector, self.parameters | self.injected)
        return connect(self.connection, connections=self.connections, defaults=self.parameters)


def _offset(options: Mapping[str, str]) -> str:
    text = options.get("startingoffset", "{}")
    try:
        offset = json.loads(text)
    except ValueError:
        offset = None
    if not isinstance(offset, dict):
        raise ConfigError(f"option startingOffset: expected a JSON object, not {text!r}")
    return json.dumps(offset, sort_keys=True, separators=(",", ":"))
