"""The command `inlet` that the wheel installs."""

import subprocess
import sys
from pathlib import Path

import inlet

COMMAND = str(Path(sys.executable).parent / "inlet")


def run(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False)


def test_it_is_the_program():
    assert run("version").stdout.split()[1] == inlet.__version__


def test_it_ends_with_the_programs_exit_codes():
    finished = run("run", "there_is_no_such_file.yaml")
    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")


def test_the_module_is_the_same_program():
    finished = subprocess.run([sys.executable, "-m", "inlet", "version"], capture_output=True, text=True, check=True)
    assert finished.stdout == run("version").stdout
