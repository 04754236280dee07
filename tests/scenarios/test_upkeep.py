"""inlet optimize and inlet vacuum on tables that runs have filled: the rows stay, files and dead rows go."""

import json
import subprocess
import threading
from pathlib import Path

import delta_tables
import github_tables
import pyarrow
import pytest
from deltalake import DeltaTable
from github_simulator import GithubSimulator
from inlet_program import INLET, Pipeline


def inlet(*words: str) -> dict:
    told = subprocess.run([INLET, *words, "--json"], capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, f"{words}: exit code {told.returncode}\n{told.stdout}\n{told.stderr}"
    return json.loads(told.stdout)


def sorted_rows(table: pyarrow.Table) -> list[str]:
    # Texts in a list: a set would not see a row that is there twice.
    return sorted(repr(row) for row in table.select(sorted(table.column_names)).to_pylist())


def rows_by_every_reader(path: Path) -> list[str]:
    by_reader = [sorted_rows(read(path)) for read in delta_tables.READERS.values()]
    assert all(rows == by_reader[0] for rows in by_reader)
    return by_reader[0]


def expect_truth(pipeline: Pipeline, simulator: GithubSimulator) -> None:
    delta_tables.expect_truth(pipeline.table_path("issues"), github_tables.truth_of(simulator, "issues"), "id")


def fill(pipeline: Pipeline, simulator: GithubSimulator, num_runs: int) -> Path:
    """So many runs, which replace rows of one another's files and add some; gives the table's folder."""
    for _ in range(num_runs):
        simulator.mutate(issues=30, create_issues=4)
        pipeline.run_well()
    return pipeline.table_path("issues")


@pytest.fixture
def simulator():
    with GithubSimulator(issues=300) as simulator:
        yield simulator


@pytest.fixture
def pipeline(simulator, tmp_path):
    return Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))


def test_optimize_leaves_the_rows_and_few_files(pipeline, simulator):
    table = fill(pipeline, simulator, 12)
    before = rows_by_every_reader(table)
    due = inlet("optimize", str(table))
    assert due["after"]["files"] < 8
    assert due["after"]["rows"] == due["before"]["rows"] == len(before)
    assert rows_by_every_reader(table) == before
    full = inlet("optimize", str(table), "--full")
    assert (full["after"]["files"], full["after"]["dead_rows"]) == (1, 0)
    assert full["after"]["files"] == len(DeltaTable(str(table)).file_uris())
    assert rows_by_every_reader(table) == before
    assert inlet("optimize", str(table), "--full")["commits"] == 0
    expect_truth(pipeline, simulator)


def test_runs_go_on_after_an_optimize(pipeline, simulator):
    for _ in range(3):
        table = fill(pipeline, simulator, 3)
        inlet("optimize", str(table), "--full")
    fill(pipeline, simulator, 1)
    expect_truth(pipeline, simulator)


def test_optimize_beside_runs_loses_and_doubles_nothing(pipeline, simulator):
    table = fill(pipeline, simulator, 3)
    is_done = threading.Event()
    failures: list[str] = []

    def keep_optimizing() -> None:
        while not is_done.is_set():
            told = subprocess.run([INLET, "optimize", str(table), "--full"], capture_output=True, text=True, timeout=300)
            if told.returncode != 0:
                failures.append(told.stderr)

    optimizer = threading.Thread(target=keep_optimizing)
    optimizer.start()
    try:
        for _ in range(12):
            simulator.mutate(issues=60, create_issues=6)
            pipeline.run_well("--commit-rows", "20")
    finally:
        is_done.set()
        optimizer.join()
    assert not failures, failures[0]
    expect_truth(pipeline, simulator)
