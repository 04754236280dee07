"""`inlet spark-submit` starts a pipeline in Spark; `inlet bundle` writes one for a workspace."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import github_tables
import pytest
from conftest import CACHE, settings
from delta_tables import expect_truth
from github_simulator import GithubSimulator
from inlet_program import INLET, TOKEN, Pipeline

SPARK_SUBMIT = Path(sys.executable).parent / "spark-submit"


class Submitted:
    def __init__(self, folder: Path, base_url: str, **tables):
        self.pipeline = Pipeline(folder, base_url, tables)
        self.work = folder / "work"

    def run(self, *words: str, spark_submit: Path = SPARK_SUBMIT) -> subprocess.CompletedProcess:
        pipeline = self.pipeline
        command = [INLET, "spark-submit", pipeline.spec_file, "--connections", pipeline.connections_file, "--warehouse", pipeline.warehouse,
                   "--work-folder", self.work, "--spark-submit", spark_submit, "--jars", CACHE / "spark-jars", *words]
        return subprocess.run(command, capture_output=True, text=True, cwd=pipeline.folder, timeout=300,
                              env=os.environ | {"GITHUB_TOKEN": TOKEN, "PYSPARK_PYTHON": sys.executable})


@pytest.fixture
def submitted(tmp_path):
    return Submitted(tmp_path, "http://127.0.0.1:9", issues=github_tables.TABLES["issues"].options)


def program(folder: Path, text: str) -> Path:
    file = folder / "spark-submit"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_spark_brings_the_tables_up_to_date(tmp_path):
    with GithubSimulator(issues=50) as simulator:
        submitted = Submitted(tmp_path, simulator.base_url, issues=github_tables.TABLES["issues"].options)
        confs = [word for name, value in settings().items() for word in ("--conf", f"{name}={value}")]
        done = submitted.run("--master", "local[1]", *confs)
        assert done.returncode == 0, done.stderr[-4000:]
        [report] = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        assert report["tables"][0]["records"]["committed"] == 50
        expect_truth(submitted.pipeline.table_path("issues"), simulator.truth("issues"), "id")


def test_a_dry_run_prints_the_command_and_starts_nothing(submitted, tmp_path):
    done = submitted.run("--dry-run", "--master", "local[2]", "--conf", "spark.app.name=a b", spark_submit=program(tmp_path, "exit 9"))
    assert done.returncode == 0, done.stderr
    words = shlex.split(done.stdout)
    assert words[words.index("--master") + 1] == "local[2]" and "spark.app.name=a b" in words
    assert len(words[words.index("--jars") + 1].split(",")) == 5
    assert "--every" not in words
    driver, spec = Path(words[words.index("--warehouse") - 2]), Path(words[words.index("--warehouse") - 1])
    assert driver.read_text().startswith("# Written by inlet") and spec.read_text() == submitted.pipeline.spec_file.read_text()
    assert TOKEN not in done.stdout + "".join(file.read_text() for file in submitted.work.iterdir())


def test_the_driver_is_told_to_follow_the_source(submitted, tmp_path):
    done = submitted.run("--dry-run", "--every", "30s", spark_submit=program(tmp_path, "exit 9"))
    words = shlex.split(done.stdout)
    assert words[words.index("--every") + 1] == "30s" and words.index("--every") > words.index("--warehouse")
    refused = submitted.run("--every", "10ms", spark_submit=program(tmp_path, "exit 9"))
    assert refused.returncode == 2 and "--every" in refused.stderr


@pytest.mark.parametrize(("text", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_is_that_of_the_run(submitted, tmp_path, text, code):
    assert submitted.run(spark_submit=program(tmp_path, text)).returncode == code


def test_mistakes_are_told_before_spark_is_started(submitted, tmp_path):
    spark_submit = program(tmp_path, "exit 9")
    unknown = submitted.run("--only", "isues", spark_submit=spark_submit)
    assert unknown.returncode == 2 and 'isues' in unknown.stderr
    missing = submitted.run(spark_submit=tmp_path / "nothing")
    assert missing.returncode == 2 and "there is no program" in missing.stderr


def test_the_drivers_exit_codes_are_the_programs(tmp_path):
    from inlet.spark import driver
    spec = tmp_path / "p.yaml"
    spec.write_text("connection_name: nowhere\nobjects: [{table: {source_table: issues}}]\n")
    connections = tmp_path / "connections.yaml"
    connections.write_text("connections: {}\n")
    assert driver.main([str(spec), "--warehouse", str(tmp_path / "lake"), "--connections", str(connections)]) != 0
    spec.write_text("objects: 3\n")
    assert driver.main([str(spec), "--warehouse", str(tmp_path / "lake"), "--connections", str(connections)]) == 2
