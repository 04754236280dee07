"""Paths and URLs, as the engine and Spark name the same place."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote, urlparse


def path_of(url: str) -> str:
    """Delta takes the path of a local table, and any other place as a URL."""
    parsed = urlparse(url)
    return unquote(parsed.path) if parsed.scheme == "file" else url


def remove_local(folder: str) -> None:
    """What a finished run leaves; in an object store it stays, and the next run begins beside it."""
    path = Path(path_of(folder))
    if path.is_dir():
        shutil.rmtree(path)
