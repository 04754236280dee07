"""How the engine is told of a connector that is a Python class, which it runs in a process of its own."""

from __future__ import annotations

import base64
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

from inlet.errors import ConfigError

# Of the class that was registered in this process, for connections that name none.
_registered: dict[str, str] = {}


def class_parameters(connector: type | str) -> dict[str, str]:
    """The parameters of connector `python` that stand for a class, or for its name as `module:Class`, with `python:` in front of
    it or not. A class that no module holds, such as a notebook's, goes by value."""
    if isinstance(connector, str):
        module, _, name = connector.removeprefix("python:").rpartition(":")
        return {"python_module": module, "python_class": name}
    parameters = {"python_module": connector.__module__, "python_class": connector.__qualname__}
    if connector.__module__ != "__main__" and "<locals>" not in connector.__qualname__:
        return parameters
    # A table is known by the class that it comes from; where that was written is nothing to it.
    parameters["python_class"] = connector.__name__
    # With its name, because a connection may name another class.
    held = base64.b64encode(_cloudpickle().dumps(connector)).decode("ascii")
    return parameters | {"python_pickle": f"{connector.__module__}:{connector.__name__}={held}"}


def _cloudpickle() -> ModuleType:
    for name in ("cloudpickle", "pyspark.cloudpickle"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise ConfigError("a class that is not in a module of its own needs the package cloudpickle (or pyspark, which has it); or put it "
                      "into a module")


def register_class(connector: type | str | None) -> dict[str, str]:
    """Makes the class the one of connections that say `connector: python` and no more, in this process; None: no class is."""
    _registered.clear()
    if connector is not None:
        _registered.update(class_parameters(connector))
    return dict(_registered)


def parameter_defaults() -> dict[str, str]:
    """What the engine asks for: this interpreter, its folders of modules, and the registered class."""
    path = [str(Path(folder or ".").resolve()) for folder in sys.path]
    return {"python_program": sys.executable or "python3", "python_path": json.dumps(path), **_registered}
