"""Data from APIs and files into Delta Lake tables.

    import inlet

    inlet.run("github.yaml", warehouse="./warehouse")        # bring every table of a pipeline up to date
    github = inlet.connect("github", {"token": "..."})       # or read a source yourself, as Arrow
    rows = github.read_table("issues", {}, {"owner": "octo-org", "repo": "hello-world"})
    table = pyarrow.table(rows)                              # polars.DataFrame(rows), duckdb: likewise, without a copy
    rows.next_offset                                         # where to go on next time

What fails raises a subclass of `inlet.InletError`, by what to do next. Ctrl-C ends every call.
"""

from inlet._native import version as __version__
from inlet.connection import Connection, Rows, Schema, connect
from inlet.errors import (AuthError, BadRecordError, CancelledError, ConfigError, ConflictError, IndeterminateError,
                          InletError, InternalError, NotFoundError, RateLimitedError, UnavailableError)
from inlet.pipelines import Preview, RunReport, check, plan, preview, run

__all__ = ["AuthError", "BadRecordError", "CancelledError", "ConfigError", "ConflictError", "Connection",
           "IndeterminateError", "InletError", "InternalError", "NotFoundError", "Preview", "RateLimitedError", "Rows",
           "RunReport", "Schema", "UnavailableError", "__version__", "check", "connect", "plan", "preview", "run"]
