"""Options as the engine takes them: texts by name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def option_text(value: Any) -> str:
    """As it would be written in a spec."""
    if isinstance(value, str):
        return value
    if hasattr(value, "__fspath__"):
        return str(value.__fspath__())
    return json.dumps(value)


def option_texts(options: Mapping[str, Any] | None) -> dict[str, str]:
    """None means that the option is not given."""
    return {name: option_text(value) for name, value in (options or {}).items() if value is not None}


def name_values(options: Mapping[str, Any] | None) -> list[str]:
    """Each as `name=value`."""
    return [f"{name}={value}" for name, value in option_texts(options).items()]


def names(given: str | Iterable[str] | None) -> list[str] | None:
    """One name or several."""
    return [given] if isinstance(given, str) else None if given is None else list(given)


def names_in(text: str) -> list[str]:
    """A JSON list, or names with commas between them."""
    if text.lstrip().startswith("["):
        return [str(name) for name in json.loads(text)]
    return [name.strip() for name in text.split(",") if name.strip()]
