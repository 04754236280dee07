"""A full disk and a read-only folder: a clear error, the table as it was, and the next run goes on."""

import errno
import os
import resource
import signal
import stat
import subprocess
from pathlib import Path

import delta_tables
import github_tables
import pytest
from github_simulator import GithubSimulator
from inlet_program import Pipeline


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 2 MiB, where this user may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "inlet-test", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no right to mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill_disk(ballast: Path) -> None:
    with open(ballast, "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC


def expect_truth_of_issues(pipeline: Pipeline, truth: list[dict]) -> None:
    delta_tables.expect_truth(pipeline.table_path("issues"), truth, "id")


def test_a_full_disk_is_named_and_the_table_stays_whole(tmp_path, small_disk):
    with GithubSimulator(issues=300) as simulator:
        pipeline = Pipeline(tmp_path / "spec", simulator.base_url, github_tables.options_of("issues"), warehouse=small_disk / "warehouse")
        pipeline.run_well()
        before = simulator.truth("issues")
        ballast = small_disk / "ballast"
        fill_disk(ballast)
        simulator.mutate(issues=250, create_issues=50)
        finished = pipeline.run()
        assert finished.code != 0, finished
        assert "space" in str(finished).lower(), finished
        expect_truth_of_issues(pipeline, before)
        ballast.unlink()
        pipeline.run_well()
        expect_truth_of_issues(pipeline, simulator.truth("issues"))


def with_small_files() -> None:
    """A process whose files may not grow beyond 24 KiB: writing fails in the middle of a data file."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (24 << 10, 24 << 10))


def test_a_data_file_that_cannot_be_finished_leaves_the_table_whole(tmp_path):
    with GithubSimulator(issues=40) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))
        pipeline.run_well()
        before = simulator.truth("issues")
        simulator.mutate(create_issues=3000)
        finished = pipeline.run(preexec_fn=with_small_files, restore_signals=False)
        assert finished.code != 0, finished
        assert "large" in str(finished).lower(), finished
        expect_truth_of_issues(pipeline, before)
        pipeline.run_well()
        expect_truth_of_issues(pipeline, simulator.truth("issues"))


def without_power() -> list[str]:
    """Puts a command under the file modes even for root."""
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def set_writable(folder: Path, is_writable: bool) -> None:
    for path in [folder, *folder.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IWUSR if is_writable else mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def test_a_read_only_folder_is_named_and_the_table_stays_whole(tmp_path):
    with GithubSimulator(issues=100) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"), prefix=without_power())
        pipeline.run_well()
        before = simulator.truth("issues")
        simulator.mutate(issues=30)
        set_writable(pipeline.warehouse, False)
        finished = pipeline.run()
        set_writable(pipeline.warehouse, True)
        assert finished.code != 0, finished
        text = str(finished)
        assert "permission denied" in text.lower(), finished
        assert str(pipeline.warehouse) in text, finished
        expect_truth_of_issues(pipeline, before)
        pipeline.run_well()
        expect_truth_of_issues(pipeline, simulator.truth("issues"))


def test_a_warehouse_that_cannot_be_made_is_named(tmp_path):
    with GithubSimulator(issues=10) as simulator:
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o555)
        pipeline = Pipeline(tmp_path / "spec", simulator.base_url, github_tables.options_of("issues"),
                            warehouse=locked / "warehouse", prefix=without_power())
        finished = pipeline.run()
        assert finished.code != 0, finished
        assert str(locked / "warehouse") in str(finished), finished
