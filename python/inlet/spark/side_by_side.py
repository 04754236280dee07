"""Tables side by side, each for itself: one that fails does not stop the others."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from inlet import _native, errors
from inlet.errors import InletError

# Each starts Python processes beside the driver, and Spark gives them ten seconds for that.
_PARALLEL_TABLES = max(2, min(4, os.cpu_count() or 1))
_GLANCE_SECONDS = 0.5
# Another try may succeed where this one did not.
_PASSING = {"unavailable", "rate_limited", "conflict", "indeterminate"}
# Of Spark's, for all jobs that a Ctrl-C ends.
_JOB_CANCELLED = "SPARK_JOB_CANCELLED"
_log = logging.getLogger("inlet")


class Ingest(Protocol):
    """One table's way from where it stands."""

    def run(self) -> None: ...

    def follow(self, every: float, stop: Event) -> None: ...

    def close(self) -> None: ...


@dataclass
class Outcome:
    """What became of a table. `table` is None where it could not be opened."""
    table: _native.IngestTable | None = None
    error: InletError | None = None
    seconds: float = 0


@dataclass(frozen=True)
class TableOpening:
    call: _native.PipelineCall
    make: Callable[[_native.IngestTable], Ingest]

    def attempt(self, name: str, outcome: Outcome, work: Callable[[Ingest], None]) -> None:
        """Opens the table, anew where it was open before, and does the work; `outcome` says how that went."""
        outcome.error = None
        try:
            if outcome.table is None:
                outcome.table = _native.open_ingest_table(self.call, name)
            else:
                outcome.table.reopen()
            with closing(self.make(outcome.table)) as ingest:
                work(ingest)
        except InletError as failure:
            outcome.error = failure
        except Exception as failure:  # Spark's own, and what it wraps; the other tables go on.
            outcome.error = unwrapped(failure)


def bring_all(opening: TableOpening, tables: list[str]) -> list[Outcome]:
    """Each to where its source stands."""
    def bring(name: str) -> Outcome:
        start, outcome = time.monotonic(), Outcome()
        opening.attempt(name, outcome, lambda ingest: ingest.run())
        outcome.seconds = time.monotonic() - start
        return outcome

    with ThreadPoolExecutor(_PARALLEL_TABLES) as pool:
        return list(pool.map(bring, tables))


def follow_all(opening: TableOpening, tables: list[str], every: float, stop: Event) -> list[Outcome]:
    """Each until `stop` is set, Ctrl-C, or a failure that does not pass; one that may is tried again."""
    def follow(name: str) -> Outcome:
        start, outcome = time.monotonic(), Outcome()
        while not stop.is_set():
            began = time.monotonic()
            opening.attempt(name, outcome, lambda ingest: ingest.follow(every, stop))
            if outcome.error and not stop.is_set():
                _log.warning("%s: %s", name, outcome.error)
            if outcome.error and outcome.error.kind not in _PASSING:
                break
            stop.wait(max(0, every - (time.monotonic() - began)))
        if stop.is_set() and _JOB_CANCELLED in str(outcome.error):
            outcome.error = None
        outcome.seconds = time.monotonic() - start
        return outcome

    with ThreadPoolExecutor(max(1, len(tables))) as pool:
        following = [pool.submit(follow, name) for name in tables]
        try:
            # A signal may reach another thread, and Python runs its handler when this one does something.
            while wait(following, _GLANCE_SECONDS).not_done:
                pass
        except KeyboardInterrupt:
            stop.set()
        return [one.result() for one in following]


def unwrapped(failure: Exception) -> InletError:
    """The engine's own error where Spark has passed one on as a text."""
    text = str(failure).split("\n\nJVM stacktrace")[0]
    found = re.search(r"inlet\.errors\.(\w+): (.*)", text)
    kind = getattr(errors, found[1], None) if found else None
    return kind(found[2]) if found and kind else errors.UnavailableError(text)
