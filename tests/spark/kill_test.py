"""Spark's processes are killed with -9 at random moments and started again: nothing is lost and nothing is there twice."""

import glob
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import delta_tables
import github_tables
import pytest
from github_simulator import GithubSimulator
from inlet_program import TOKEN, Pipeline
from killed_worker import num_lines

FOLDER = Path(__file__).parent
# SCD type 1, and rows that are only added. Their changes beside: what was added is not changed.
TABLES = {"issues": {}, "comments": {"scd_type": "APPEND_ONLY"}}
CHANGES = {"issues": 60, "create_issues": 20, "create_comments": 60}
# What can be seen of a run from outside: pages landed, batches planned and ended, commits.
EVENTS = ("_inlet/spark/*/*/landing/*.pages", "_inlet/spark/*/*/checkpoint/offsets/*", "_inlet/spark/*/*/checkpoint/commits/*",
          "*/_delta_log/*.json")
MAX_EVENTS = 14
LOOK_SECONDS = 0.01


def events_of(warehouse: Path) -> set[str]:
    # Unlike Path.glob, this one bears that a folder goes while it looks.
    return {file for pattern in EVENTS for file in glob.glob(pattern, root_dir=warehouse)}


class Driver:
    """A process group of its own: Python, the JVM and its workers."""

    def __init__(self, pipeline: Pipeline):
        events = pipeline.folder / "events"
        events.mkdir(exist_ok=True)
        self._pipeline = pipeline
        command = [sys.executable, FOLDER / "driver.py", pipeline.spec_file, pipeline.warehouse, pipeline.connections_file, events]
        self._log = pipeline.folder / f"driver_{time.monotonic_ns()}.log"
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
                                             env=os.environ | {"GITHUB_TOKEN": TOKEN})

    def run_until(self, moment: int) -> bool:
        """Its life: True when it was killed, after so many events."""
        before = events_of(self._pipeline.warehouse)
        pidfd = os.pidfd_open(self._process.pid)
        self._process.stdin.write(b"go\n")
        self._process.stdin.flush()
        try:
            seen = set()
            while not select.select([pidfd], [], [], LOOK_SECONDS)[0]:
                # Also what was there for a moment only.
                seen |= events_of(self._pipeline.warehouse) - before
                if len(seen) >= moment:
                    os.killpg(self._process.pid, signal.SIGKILL)
                    break
        finally:
            os.close(pidfd)
        code = self._process.wait()
        assert code in (0, -signal.SIGKILL), self._log.read_text()[-4000:]
        return code != 0

    def close(self) -> None:
        """One that nobody told to begin."""
        self._process.communicate()


class Drivers:
    """The next one starts while one runs: most of a driver's life is its start."""

    def __init__(self, pipeline: Pipeline):
        self._pipeline = pipeline
        self._next = Driver(pipeline)

    def run_until(self, moment: int) -> bool:
        driver, self._next = self._next, Driver(self._pipeline)
        return driver.run_until(moment)

    def run_last(self) -> bool:
        driver, self._next = self._next, None
        return driver.run_until(sys.maxsize)

    def close(self) -> None:
        if self._next:
            self._next.close()


def expect_all(pipeline: Pipeline, simulator: GithubSimulator) -> None:
    for name in TABLES:
        delta_tables.expect_truth(pipeline.table_path(name), github_tables.truth_of(simulator, name), github_tables.TABLES[name].key)


def test_a_driver_killed_at_random_moments_loses_and_doubles_nothing(tmp_path):
    kills = int(os.environ.get("INLET_KILLS", "1"))
    seed = int(os.environ.get("INLET_KILL_SEED", "5"))
    moments = random.Random(seed)
    with GithubSimulator(issues=200) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, {name: github_tables.TABLES[name].options | more for name, more in TABLES.items()})
        num_killed = 0
        with closing(Drivers(pipeline)) as drivers:
            while num_killed < kills:
                if drivers.run_until(moments.randint(1, MAX_EVENTS)):
                    num_killed += 1
                else:
                    expect_all(pipeline, simulator)
                    simulator.mutate(**CHANGES)
            assert not drivers.run_last()
        expect_all(pipeline, simulator)


# Pages are landed where a batch is limited by rows; otherwise executors read the files themselves.
@pytest.mark.parametrize("option", [("maxRowsPerTrigger", "1000000"), ("partitionBytes", "15000000")], ids=["pages", "shares"])
def test_a_worker_killed_while_it_decodes_is_replaced_and_gives_the_same_rows(tmp_path, option):
    done = subprocess.run([sys.executable, FOLDER / "killed_worker.py", tmp_path, *option], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    [batch] = json.loads(done.stdout.splitlines()[-1])
    assert (batch["rows"], batch["ids"]) == (num_lines(), num_lines() * (num_lines() - 1) // 2)
    assert batch["begun"] == batch["segments"] + 1, "one task was tried again"
    assert batch["is_unchanged"]
