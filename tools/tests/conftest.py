"""Fixtures of the checks' tests: a small tree to plant violations in."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent.parent


class Tree:
    """A tree that every check passes, and a way to plant something in it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.plant("CMakeLists.txt", "inlet_module(base USES fmt::fmt)\ninlet_module(data USES inlet_base)\n"
                   "inlet_module(net USES inlet_base CURL::libcurl)\ninlet_module(rest USES inlet_net inlet_data)\n")
        self.plant("src/inlet/base/error.h", "#pragma once\n#include <string>\n")

    def plant(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def run(self, check: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, str(TOOLS / check), str(self.folder)], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)
