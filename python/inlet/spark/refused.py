"""Refused records as they lie in a landing: JSON, with the record in base64, since it may be no text."""

from __future__ import annotations

import base64
import json
from typing import Any

from inlet import _native


def refused_to_json(refused: list[dict[str, Any]]) -> str:
    return json.dumps([{**one, "record": base64.b64encode(one["record"]).decode()} for one in refused])


def refused_from_json(text: str) -> list[dict[str, Any]]:
    return [{**one, "record": base64.b64decode(one["record"])} for one in json.loads(text)]


def keep_refused(table: _native.IngestTable, folder: str, run_id: str) -> None:
    """Brings what lies in the landings below `folder` to the table's quarantine, each record once, and removes it. Nothing is decoded
    there meanwhile."""
    refused = _native.refused_below(folder)
    for text in refused.values():
        table.quarantine(refused_from_json(text), run_id)
    _native.remove_refused(list(refused))
