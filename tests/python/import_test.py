"""What `import inlet` costs and brings."""

import ast
import importlib.metadata
import importlib.util
import subprocess
import sys
from pathlib import Path

import inlet

NUM_TRIES = 5
# The engine and the libraries that come with it. Of the processor's time: a busy machine stretches the clock's.
MAX_IMPORT_SECONDS = 0.1


def import_seconds() -> float:
    script = "import time; begin = time.process_time(); import inlet; print(time.process_time() - begin)"
    return float(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)


def test_importing_takes_less_than_a_tenth_of_a_second():
    assert min(import_seconds() for _ in range(NUM_TRIES)) < MAX_IMPORT_SECONDS


def test_importing_brings_neither_pyarrow_nor_pyspark():
    script = "import inlet, sys; print([name for name in ('pyarrow', 'pyspark', 'pandas', 'numpy') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_wheel_needs_no_other_package():
    assert importlib.metadata.requires("inlet") is None


def test_the_version_is_that_of_the_engine():
    assert inlet.__version__ == importlib.metadata.version("inlet")


def test_types_are_part_of_the_package():
    folder = Path(inlet.__file__).parent
    assert (folder / "py.typed").exists()
    stub = ast.parse((folder / "_native.pyi").read_text())
    declared = {node.name for node in stub.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    declared |= {node.target.id for node in stub.body if isinstance(node, ast.AnnAssign)}
    assert declared == {name for name in dir(inlet._native) if not name.startswith("_")}


def test_no_library_of_the_wheel_is_pyarrows():
    origin = Path(importlib.util.find_spec("inlet._native").origin)
    linked = subprocess.run(["ldd", str(origin)], capture_output=True, text=True, check=True).stdout
    assert "libcurl" in linked and "libarrow" not in linked
    assert "not found" not in linked
