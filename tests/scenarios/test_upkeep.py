"""Upkeep by runs, inlet optimize and inlet vacuum on tables that runs have filled: the rows stay, files and dead rows go."""

import json
import os
import random
import subprocess
import threading
from pathlib import Path

import delta_tables
import github_tables
import polars
import pyarrow.parquet
import pytest
from deltalake import DeltaTable
from files_pipeline import FilesPipeline
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


NUM_RUNS = 40
# docs/upkeep.md: 7 files in each tier and 7 worn ones; files of one commit and of eight lie in two tiers.
MOST_FILES = 7 * 2 + 7
# docs/upkeep.md, 1 + m + 6 u, for files of some KiB (m = 4) all of whose rows are replaced in the end (u = 1).
MOST_AMPLIFICATION = 1 + 4 + 6


def increments(tmp_path: Path, simulator: GithubSimulator, **options) -> tuple[Path, list[str]]:
    """The table after many small increments, and the operations of its commits, the newest first."""
    tables = {"issues": github_tables.options_of("issues")["issues"] | options}
    pipeline = Pipeline(tmp_path, simulator.base_url, tables)
    for _ in range(NUM_RUNS):
        simulator.mutate(issues=5, create_issues=1)
        report = pipeline.run_well().table("issues")
        assert report["version_after"] == DeltaTable(str(pipeline.table_path("issues"))).version()
    expect_truth(pipeline, simulator)
    table = pipeline.table_path("issues")
    return table, [commit["operation"] for commit in DeltaTable(str(table)).history()]


def test_runs_keep_the_files_few_at_a_bounded_cost(simulator, tmp_path):
    table, operations = increments(tmp_path, simulator)
    # A bin of small files takes seven out, at least.
    assert 3 <= operations.count("OPTIMIZE") <= NUM_RUNS // 7
    assert len(DeltaTable(str(table)).file_uris()) <= MOST_FILES
    # What this purges on top is within the bound, too.
    assert 1 < inlet("optimize", str(table))["write_amplification"] <= MOST_AMPLIFICATION


def test_a_table_whose_upkeep_is_off_keeps_all_its_files(simulator, tmp_path):
    table, operations = increments(tmp_path, simulator, upkeep="off")
    assert "OPTIMIZE" not in operations
    assert len(DeltaTable(str(table)).file_uris()) > MOST_FILES
    assert list((table / "_delta_log").glob("*.checkpoint.parquet"))


def test_large_files_are_merged_without_being_decoded(tmp_path):
    chance = random.Random(7)
    pipeline = FilesPipeline(tmp_path, {"upkeep": "off"})
    rows = [{"id": number, "text": chance.randbytes(4000).hex(), "tags": [str(number)] if number % 3 else None} for number in range(4000)]
    for part in range(2):
        pipeline.put(f"{part}.jsonl", rows[part::2])
        pipeline.run_well()
    groups = row_groups(pipeline.table_path)
    done = inlet("optimize", str(pipeline.table_path), "--full")
    assert (done["before"]["files"], done["after"]["files"]) == (2, 1)
    # The same column chunks, byte for byte: what was encoded anew would be one row group.
    assert row_groups(pipeline.table_path) == groups
    for read in delta_tables.READERS.values():
        table = read(pipeline.table_path).select(["id", "text", "tags"])
        assert sorted(table.to_pylist(), key=lambda row: row["id"]) == rows


def row_groups(table: Path) -> list[tuple]:
    """Rows and compressed bytes of the row groups of the table's files."""
    footers = [pyarrow.parquet.read_metadata(uri) for uri in DeltaTable(str(table)).file_uris()]
    groups = [footer.row_group(index) for footer in footers for index in range(footer.num_row_groups)]
    return sorted((group.num_rows, *(group.column(index).total_compressed_size for index in range(group.num_columns))) for group in groups)


def test_zorder_keeps_the_rows_and_later_runs_go_on(pipeline, simulator):
    table = fill(pipeline, simulator, 4)
    rows = rows_by_every_reader(table)
    done = inlet("optimize", str(table), "--zorder", "number,updated_at", "--max-memory", "64MiB")
    assert (done["commits"], done["after"]["dead_rows"], done["after"]["rows"]) == (1, 0, len(rows))
    assert rows_by_every_reader(table) == rows
    fill(pipeline, simulator, 2)
    expect_truth(pipeline, simulator)


def test_an_unknown_column_to_sort_by_changes_nothing(pipeline, simulator):
    table = fill(pipeline, simulator, 1)
    version = DeltaTable(str(table)).version()
    refused = subprocess.run([INLET, "optimize", str(table), "--zorder", "numbr"], capture_output=True, text=True)
    assert refused.returncode == 2 and 'did you mean "number"?' in refused.stderr, refused.stderr
    assert DeltaTable(str(table)).version() == version


def files_of(table: Path) -> set[str]:
    """Data files and deletion vectors, by name."""
    return {file.name for file in table.iterdir() if file.is_file()}


def age(file: Path, days: int) -> None:
    then = file.stat().st_mtime - days * 86_400
    os.utime(file, (then, then))


def test_vacuum_removes_only_what_it_should(pipeline, simulator):
    table = fill(pipeline, simulator, 6)
    rows = rows_by_every_reader(table)
    old = DeltaTable(str(table)).version()
    inlet("optimize", str(table), "--full")
    before = files_of(table)
    for name, days in {"stray.parquet": 8, ".part-00000-9.zstd.parquet.tmp": 8, "part-1.parquet#1": 8, "young.parquet": 6,
                       ".keep": 8, "_marker": 8}.items():
        (table / name).write_text("x")
        age(table / name, days)
    for name in before:
        age(table / name, 30)  # Removed today, whatever their age.

    said = inlet("vacuum", str(table), "--dry-run")
    assert {Path(each["url"]).name for each in said["objects"]} == {"stray.parquet", ".part-00000-9.zstd.parquet.tmp", "part-1.parquet%231"}
    assert files_of(table) > before and (table / "stray.parquet").exists()
    done = inlet("vacuum", str(table))
    assert done["objects"] == said["objects"]
    assert files_of(table) == before | {"young.parquet", ".keep", "_marker"}
    assert sorted_rows(polars.scan_delta(str(table), version=old).collect().to_arrow()) == rows

    refused = subprocess.run([INLET, "vacuum", str(table), "--retention", "0s"], capture_output=True, text=True)
    assert refused.returncode == 2 and "--force" in refused.stderr
    inlet("vacuum", str(table), "--retention", "0s", "--force")
    live = {Path(uri).name for uri in DeltaTable(str(table)).file_uris()}
    assert files_of(table) == live | {".keep", "_marker"}
    assert rows_by_every_reader(table) == rows
    fill(pipeline, simulator, 1)
    expect_truth(pipeline, simulator)
