"""A line that grows while a run goes on, in notebooks and on terminals."""

from __future__ import annotations

import sys
from collections.abc import Callable


def _is_watched() -> bool:
    # A notebook's kernel has IPython loaded; its standard error is no terminal.
    return "ipykernel" in sys.modules or sys.stderr.isatty()


def default_progress(wanted: bool | None) -> Callable[[str, int, int, bool], None] | None:
    """What shows the progress of a run; none when it is not wanted or nobody looks."""
    if wanted is False or (wanted is None and not _is_watched()):
        return None
    tables: dict[str, str] = {}

    def show(table: str, fetched: int, committed: int, is_done: bool) -> None:
        tables[table] = f"{table}: {committed:,} of {fetched:,}" + (" done" if is_done else "")
        print("\r" + ", ".join(tables.values()), end="\n" if all(text.endswith(" done") for text in tables.values()) else "",
              file=sys.stderr, flush=True)

    return show
