"""What a Python connector is: a class with the contract's methods. Found, checked, and called with what it asks for."""

import base64
import difflib
import importlib
import inspect
import json
import pickle
import pkgutil
import sys
from collections.abc import Mapping


class LakeflowConnect:
    """What a connector may derive from; any class with these methods will do."""

    def __init__(self, options):
        self.options = options

    def list_tables(self):
        """Names of the tables."""
        raise NotImplementedError

    def get_table_schema(self, table_name, table_options):
        """A Spark StructType, its JSON as a dict, Spark's DDL, or a dict of column names and types."""
        raise NotImplementedError

    def read_table_metadata(self, table_name, table_options):
        """A dict of primary_keys, cursor_field and ingestion_type."""
        raise NotImplementedError

    def read_table(self, table_name, start_offset, table_options):
        """An iterable of dicts and the offset that it leads to."""
        raise NotImplementedError


class SupportsPartition:
    """A table that may be read in parts: get_partitions(table_name, table_options), read_partition(table_name, partition,
    table_options)."""


class SupportsPartitionedStream(SupportsPartition):
    """The same between two offsets: latest_offset(table_name, table_options), get_partitions(table_name, table_options,
    start_offset, end_offset)."""


METHODS = {"list_tables": 0, "get_table_schema": 2, "read_table_metadata": 2, "read_table": 3}
INGESTION_TYPES = ("snapshot", "cdc", "cdc_with_deletes", "append")
# A method's parameters are known by their names, because partitioned connectors order them in several ways.
ROLES = {"table_name": "table", "table": "table", "table_options": "options", "options": "options", "partition": "partition",
         "start_offset": "start", "start": "start", "end_offset": "end", "end": "end"}
# Spark's names of types that are columns of another type here.
TYPE_NAMES = {"byte": "integer", "short": "integer", "timestamp_ntz": "timestamp", "void": "string"}


class ConnectorError(Exception):
    """Of the kind that the program knows it by."""

    def __init__(self, message, kind="config"):
        super().__init__(message)
        self.kind = kind


def did_you_mean(name, known):
    near = difflib.get_close_matches(name, known, 1)
    return f'; did you mean "{near[0]}"?' if near else ""


def short(value):
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


class OptionTexts(dict):
    """Options by name, in any case: Spark writes names in lower case."""

    def _spelled(self, name):
        if dict.__contains__(self, name) or not isinstance(name, str):
            return name
        return next((one for one in self if one.lower() == name.lower()), name)

    def __missing__(self, name):
        spelled = self._spelled(name)
        if dict.__contains__(self, spelled):
            return dict.__getitem__(self, spelled)
        raise KeyError(name)

    def __contains__(self, name):
        return dict.__contains__(self, self._spelled(name))

    def get(self, name, default=None):
        return dict.get(self, self._spelled(name), default)

    def pop(self, name, *default):
        return dict.pop(self, self._spelled(name), *default)


def plain_schema(answer):
    """As `json` (Spark's) or `ddl`."""
    if hasattr(answer, "jsonValue"):
        answer = answer.jsonValue()
    elif not isinstance(answer, (str, Mapping)) and hasattr(answer, "json"):
        answer = answer.json()
    if isinstance(answer, str) and answer.lstrip().startswith("{"):
        answer = json.loads(answer)
    if isinstance(answer, str):
        return {"ddl": answer}
    if isinstance(answer, Mapping) and isinstance(answer.get("fields"), list):
        return {"json": known_types(answer)}
    if isinstance(answer, Mapping) and all(isinstance(type_, str) for type_ in answer.values()):
        return {"ddl": ", ".join(f"`{name}` {type_}" for name, type_ in answer.items())}
    raise ConnectorError(f"returned {short(answer)}, where a schema is due: a StructType, its JSON, Spark's DDL, or a dict of names and "
                         "types")


def known_types(node):
    if isinstance(node, Mapping):
        return {name: one if name in ("name", "metadata") else known_types(one) for name, one in node.items()}
    if isinstance(node, list):
        return [known_types(one) for one in node]
    if isinstance(node, str) and node.startswith(("char(", "varchar(")):
        return "string"
    return TYPE_NAMES.get(node, node) if isinstance(node, str) else node


def load_class(spec):
    """The class that `class` names as module:Class, from the folders `path` and what the interpreter knows; or as it was pickled."""
    sys.path[:0] = [folder for folder in spec["path"] if folder not in sys.path]
    pickled_name, _, pickled = spec["pickle"].partition("=")
    if pickled and pickled_name == spec["class"]:
        return pickle.loads(base64.b64decode(pickled))
    module_name, _, class_name = spec["class"].partition(":")
    if not module_name or not class_name:
        raise ConnectorError(f'"{spec["class"]}" names no class; write module:Class')
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        known = [one.name for one in pkgutil.iter_modules(spec["path"] or None)]
        places = ", ".join(spec["path"]) or "Python's own folders"
        raise ConnectorError(f'no module "{module_name}" in {places}, and none is installed for {sys.executable}'
                             f"{did_you_mean(module_name, known)}", "not_found") from None
    found = module
    for part in class_name.split("."):
        found = getattr(found, part, None)
    if found is None:
        known = [name for name, one in vars(module).items() if inspect.isclass(one)]
        raise ConnectorError(f'no class "{class_name}" in {module.__file__}{did_you_mean(class_name, known)}', "not_found")
    return found


def check_class(connector):
    if not inspect.isclass(connector):
        raise ConnectorError(f"{short(connector)} is no class")
    own = {name: getattr(connector, name, None) for name in dir(connector)}
    for name, num_arguments in METHODS.items():
        method = own.get(name)
        if method is None or method is getattr(LakeflowConnect, name):
            known = [one for one in own if not one.startswith("_") and callable(own[one]) and one not in METHODS]
            raise ConnectorError(f'class {connector.__name__} has no method "{name}" (a connector has {", ".join(METHODS)})'
                                 f"{did_you_mean(name, known)}")
        check_arguments(f"{connector.__name__}.{name}", method, num_arguments + 1)
    check_arguments(connector.__name__, connector, 1)


def check_arguments(what, function, number):
    try:
        signature = inspect.signature(function)
        signature.bind(*[None] * number)
    except TypeError:
        takes = ["options"] if inspect.isclass(function) else ["self", "table_name", "start_offset", "table_options"]
        if number == 1 and not inspect.isclass(function):
            takes = ["self"]
        elif number == 3:
            takes.remove("start_offset")
        raise ConnectorError(f"{what}{signature} cannot be called as {what.rpartition('.')[2]}({', '.join(takes)})") from None
    except ValueError:
        pass  # A method written in C has no signature to look at.


def call_by_roles(method, **values):
    """Calls a method of a mix-in with the arguments that its parameters' names ask for."""
    given = {}
    for name, parameter in inspect.signature(method).parameters.items():
        role = ROLES.get(name)
        if role in values:
            given[name] = values[role]
        elif parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            raise ConnectorError(f'{method.__qualname__} has the parameter "{name}"{did_you_mean(name, list(ROLES))}; known are '
                                 f"{', '.join(ROLES)}")
    return method(**given)
