"""Pipelines, as the commands `run`, `plan`, `check` and `preview` do them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

from inlet import _native
from inlet.errors import error_of
from inlet.options import name_values, names, option_text, option_texts
from inlet.progress import default_progress
from inlet.python_class import class_parameters

Spec = str | PathLike[str] | Mapping[str, Any]
# A connections file, or what it would hold: parameters by the connection's name, the class itself as a `connector` among them.
Connections = str | PathLike[str] | Mapping[str, Mapping[str, Any]]
OnProgress = Callable[[str, int, int, bool], None]


class RunReport(dict[str, Any]):
    """What became of every record: the report that the native program prints with `--json`."""

    @property
    def failed_tables(self) -> list[dict[str, Any]]:
        return [table for table in self["tables"] if "error" in table]

    def table(self, name: str) -> dict[str, Any]:
        """The report of one table, by the name that the run shows or the source's."""
        for table in self["tables"]:
            if name in (table["table"], table["source_table"]):
                found: dict[str, Any] = table
                return found
        raise KeyError(name)

    def raise_failure(self) -> None:
        """Raises the first failed table's error, which names the others; nothing when all is well."""
        if not self.failed_tables:
            return
        lines = [f"{table['table']}: {table['error']['message']}" for table in self.failed_tables]
        error = error_of(self.failed_tables[0]["error"]["kind"], "\n".join(lines))
        error.report = self
        raise error


@dataclass
class Preview:
    """The first typed rows, and what would be quarantined or rescued among them."""
    rows: list[dict[str, Any]]
    problems: list[str]


def _given_connection(parameters: Mapping[str, Any]) -> dict[str, str]:
    connector = parameters.get("connector")
    if isinstance(connector, type):
        parameters = {**parameters, "connector": "python", **class_parameters(connector)}
    return option_texts(parameters)


def pipeline_call(spec: Spec, connections: Connections | None, store_options: Mapping[str, Any] | None,
                  **options: Any) -> _native.PipelineCall:
    """What the engine takes: a file or a text, and options by their names on the command line."""
    held = None
    if isinstance(connections, Mapping):
        held = {name: _given_connection(parameters) for name, parameters in connections.items()}
        connections = None
    options |= {"connections": connections, "store_option": name_values(store_options) or None}
    given = {"--" + name.replace("_", "-"): text for name, text in option_texts(options).items()}
    if isinstance(spec, Mapping):
        return _native.PipelineCall(json.dumps(spec), True, str(spec.get("name", "pipeline")), given, held)
    return _native.PipelineCall(option_text(spec), False, "", given, held)


def run(spec: Spec, *, warehouse: str | PathLike[str], only: str | Iterable[str] | None = None,
        full_refresh: str | Iterable[str] | None = None, connections: Connections | None = None,
        store_options: Mapping[str, Any] | None = None, progress: bool | OnProgress | None = None,
        **options: Any) -> RunReport:
    """Brings every table of a pipeline up to date: `spec` is a file or the same as a dict. One failing table does not stop the
    others; after all have ended its error is raised, with the run's `report`. Further options are those of `inlet run`
    (`max_memory="1GiB"`, `threads=4`, `commit_rows=...`). `progress`: a function of table, records fetched, rows committed
    and whether it is done; True or False to show a line or not; otherwise notebooks and terminals show one."""
    call = pipeline_call(spec, connections, store_options, warehouse=warehouse, only=names(only), full_refresh=names(full_refresh), **options)
    show = progress if callable(progress) else default_progress(progress)
    report = RunReport(json.loads(_native.run(call, show)))
    report.raise_failure()
    return report


def plan(spec: Spec, *, warehouse: str | PathLike[str], only: str | Iterable[str] | None = None,
         connections: Connections | None = None, store_options: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """What a run would do, without doing it: one entry for each table, with `error` where it could not."""
    call = pipeline_call(spec, connections, store_options, warehouse=warehouse, only=names(only))
    plans: list[dict[str, Any]] = json.loads(_native.plan(call))
    return plans


def check(spec: Spec, *, connections: Connections | None = None, store_options: Mapping[str, Any] | None = None) -> None:
    """Proves that the connection works and that every table of the spec fits its source; raises what is wrong."""
    call = pipeline_call(spec, connections, store_options)
    wrong = [(table, kind, message) for table, kind, message in _native.check(call) if kind]
    if wrong:
        raise error_of(wrong[0][1], "\n".join(message for _, _, message in wrong))


def preview(spec: Spec, table: str | None = None, limit: int = 10, *, connections: Connections | None = None,
            store_options: Mapping[str, Any] | None = None) -> Preview:
    """The first typed rows of a table, straight from the source; nothing is written. A pipeline of one table needs no name."""
    call = pipeline_call(spec, connections, store_options, table=table, limit=limit)
    found = _native.preview(call)
    return Preview([json.loads(row) for row in found["rows"]], found["problems"])
