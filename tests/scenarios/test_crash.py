"""The process is killed with -9 at random moments and at every named step, and started again each time: the tables are as if it
had never been killed."""

import random
import signal
import subprocess
import time

import delta_tables
import github_tables
import pytest
from github_simulator import GithubSimulator
from inlet_program import STOPPING_INLET, Pipeline

NAMES = ("issues", "comments", "branches", "reviews", "commits")
CHANGES = {"issues": 120, "create_issues": 40, "comments": 60, "create_comments": 30, "create_commits": 20, "branches": 5,
           "create_branches": 3, "delete_branches": 2}
# Small commits: many moments that matter.
WORDS = ("--commit-rows", "90", "--threads", "2")
STEPS = ("before_page", "after_page", "before_data_file", "before_commit", "after_commit", "before_offset_copy")


def expect_all(pipeline: Pipeline, simulator: GithubSimulator) -> None:
    for name in NAMES:
        table = github_tables.TABLES[name]
        delta_tables.expect_truth(pipeline.table_path(name), github_tables.truth_of(simulator, name), table.key, table.extras)


def run_until(pipeline: Pipeline, moment: float) -> bool:
    """True when the run was killed before it ended."""
    process = pipeline.start(*WORDS)
    try:
        out, err = process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    if process.returncode == -signal.SIGKILL:
        return True
    assert process.returncode == 0, out + err
    return False


def test_killed_at_random_moments(tmp_path, kills, kill_seed):
    moments = random.Random(kill_seed)
    with GithubSimulator(issues=500) as simulator:
        began = time.monotonic()
        Pipeline(tmp_path / "undisturbed", simulator.base_url, github_tables.options_of(*NAMES)).run_well(*WORDS)
        longest = time.monotonic() - began
        pipeline = Pipeline(tmp_path / "killed", simulator.base_url, github_tables.options_of(*NAMES))
        num_killed = 0
        while num_killed < kills:
            # A run is started again until it ends by itself; only then does the source change.
            if run_until(pipeline, moments.uniform(0, longest)):
                num_killed += 1
            else:
                expect_all(pipeline, simulator)
                simulator.mutate(**CHANGES)
        pipeline.run_well(*WORDS)
        expect_all(pipeline, simulator)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_named_step(tmp_path, step):
    with GithubSimulator(issues=300) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of(*NAMES))
        num_killed = 0
        for number in (1, 2, 5, 9):
            process = pipeline.start(*WORDS, program=STOPPING_INLET, environment={"INLET_KILL_AT": f"{step}:{number}"})
            out, err = process.communicate(timeout=300)
            assert process.returncode in (0, -signal.SIGKILL), out + err
            num_killed += process.returncode != 0
            simulator.mutate(**CHANGES)
        assert num_killed >= 3
        pipeline.run_well(*WORDS)
        expect_all(pipeline, simulator)


def test_interrupted_it_stops_at_the_last_commit(tmp_path):
    with GithubSimulator(issues=2000, faults=("slow=30",)) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))
        process = pipeline.start(*WORDS)
        # The third page is on its way.
        while simulator.requests()["requests"] < 3:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 130, out + err
        simulator.set_faults()
        pipeline.run_well()
        delta_tables.expect_truth(pipeline.table_path("issues"), simulator.truth("issues"), "id")
