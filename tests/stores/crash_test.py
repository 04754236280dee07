"""Killed with -9 while it writes into a store, started again: as if it had never been killed."""

import random
import signal
import subprocess
import time

import github_tables
from github_simulator import GithubSimulator
from inlet_program import STOPPING_INLET
from warehouses import GithubWarehouse

STEPS = ("before_page:3", "after_page:2", "before_data_file:2", "before_commit:2", "after_commit:2", "before_offset_copy:3")
CHANGES = {"issues": 30, "create_issues": 5, "branches": 3, "create_branches": 2, "delete_branches": 2}
WORDS = ("--commit-rows", "60", "--threads", "2")


def warehouse_of(tmp_path, store, simulator, warehouse) -> GithubWarehouse:
    return GithubWarehouse(tmp_path, store, simulator, warehouse, github_tables.options_of("issues", "branches"))


def test_killed_at_every_named_step(store, warehouse, tmp_path):
    with GithubSimulator(issues=300) as simulator:
        github = warehouse_of(tmp_path, store, simulator, warehouse)
        num_killed = 0
        for step in STEPS:
            process = github.start(*WORDS, program=STOPPING_INLET, environment={"INLET_KILL_AT": step})
            out, err = process.communicate(timeout=120)
            assert process.returncode in (0, -signal.SIGKILL), out + err
            num_killed += process.returncode != 0
            simulator.mutate(**CHANGES)
        assert num_killed >= len(STEPS) - 1
        github.run_well(*WORDS)
        github.expect_all()


def test_killed_at_random_moments(store, warehouse, tmp_path, kill_seed):
    moments = random.Random(kill_seed)
    with GithubSimulator(issues=300) as simulator:
        began = time.monotonic()
        warehouse_of(tmp_path / "undisturbed", store, simulator, f"{warehouse}/undisturbed").run_well(*WORDS)
        longest = time.monotonic() - began
        github = warehouse_of(tmp_path, store, simulator, f"{warehouse}/killed")
        for _ in range(6):
            process = github.start(*WORDS)
            try:
                out, err = process.communicate(timeout=moments.uniform(0, longest))
                assert process.returncode == 0, out + err
                simulator.mutate(**CHANGES)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        github.run_well(*WORDS)
        github.expect_all()
