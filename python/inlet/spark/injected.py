"""Connections that the platform injects: it puts the parameters of a connection of its own among the options of the format."""

from __future__ import annotations

from collections.abc import Mapping

from inlet import _native
from inlet.options import names_in

# Of the connection's parameters, in both spellings: the options that may be given beside it, which are the table's.
_ALLOW_LISTS = ("external_options_allowlist", "externaloptionsallowlist")


def split_injected(connector: str, options: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Parameters of the connection, and options of the table. The connection's list says which are the table's; without one, for
    a connector that declares its parameters, those that are none of them; else all are both's. Names are in lower case."""
    given = {name: value for name, value in options.items() if name not in _ALLOW_LISTS}
    allowed = [options[name] for name in _ALLOW_LISTS if name in options]
    if allowed:
        of_table = {name.lower() for name in names_in(allowed[0])}
    else:
        declared = {name.lower() for name in _native.connection_parameters(connector)}
        if "*" in declared:
            return given, given
        of_table = set(given) - declared
    return ({name: value for name, value in given.items() if name not in of_table},
            {name: value for name, value in given.items() if name in of_table})
