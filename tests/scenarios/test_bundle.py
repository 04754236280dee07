"""`inlet bundle` writes an asset bundle: the form of its files, no secret in them, and nobody's files in its way."""

import subprocess

import pytest
import yaml
from databricks.bundles.jobs import Job
from generated_folder import pipeline_with_literal_token
from inlet_program import INLET, TOKEN

# Of the root file, for which no package has a model.
BUNDLE = {"bundle", "include", "variables", "targets"}
VARIABLE = {"description", "default"}
TARGET = {"mode", "default", "workspace"}


@pytest.fixture
def pipeline(tmp_path):
    return pipeline_with_literal_token(tmp_path)


def bundle(pipeline, *words: str) -> subprocess.CompletedProcess:
    command = [INLET, "bundle", pipeline.spec_file, "--connections", pipeline.connections_file, "--output", pipeline.folder / "bundle", *words]
    return subprocess.run(command, capture_output=True, text=True)


def files_of(pipeline) -> dict[str, bytes]:
    folder = pipeline.folder / "bundle"
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_bundle_has_the_published_form(pipeline):
    done = bundle(pipeline, "--warehouse", "s3://bucket/lake", "--schedule", "0 0 * * * ?")
    assert done.returncode == 0, done.stderr
    files = files_of(pipeline)
    root = yaml.safe_load(files["databricks.yml"])
    assert set(root) == BUNDLE and root["bundle"] == {"name": "pipeline"}
    assert all(set(one) <= VARIABLE for one in root["variables"].values())
    assert root["variables"]["warehouse"]["default"] == "s3://bucket/lake"
    assert set(root["targets"]) == {"dev", "prod"} and all(set(one) <= TARGET for one in root["targets"].values())
    assert [one["mode"] for one in root["targets"].values()] == ["development", "production"]
    [resource] = [name for name in files if name.startswith("resources/")]
    [job] = yaml.safe_load(files[resource])["resources"]["jobs"].values()
    # Databricks' own model: it refuses members that it does not know, at any depth.
    assert Job.from_dict(job).schedule.quartz_cron_expression == "0 0 * * * ?"
    [cluster], [task] = job["job_clusters"], job["tasks"]
    assert task["job_cluster_key"] == cluster["job_cluster_key"]
    assert task["spark_python_task"]["python_file"] == "../src/ingest.py" and "src/ingest.py" in files
    assert {library for one in task["libraries"] for library in one} == {"pypi"}
    for parameter in task["spark_python_task"]["parameters"]:
        if parameter.startswith("${workspace.file_path}/"):
            assert parameter.removeprefix("${workspace.file_path}/") in files
    used = {word.split("}")[0] for text in files.values() for word in text.decode().split("${var.")[1:]}
    assert used == set(root["variables"])


def test_secrets_are_named_and_never_written(pipeline):
    assert bundle(pipeline).returncode == 0
    files = files_of(pipeline)
    assert not [name for name, text in files.items() if TOKEN.encode() in text]
    connection = yaml.safe_load(files["src/connections.yaml"])["connections"]["github"]
    assert connection == {"connector": "github", "token": "${env:INLET_GITHUB_TOKEN}"}
    job = files["resources/pipeline.yml"].decode()
    assert 'INLET_GITHUB_TOKEN: "{{secrets/${var.secret_scope}/INLET_GITHUB_TOKEN}}"' in job


def test_the_same_pipeline_gives_the_same_bundle(pipeline):
    assert bundle(pipeline).returncode == 0
    first = files_of(pipeline)
    assert bundle(pipeline).returncode == 0
    assert files_of(pipeline) == first


def test_a_wheel_goes_into_the_bundle(pipeline):
    wheel = pipeline.folder / "inlet-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"\x00wheel")
    assert bundle(pipeline, "--wheel", str(wheel)).returncode == 0
    files = files_of(pipeline)
    assert files[f"dist/{wheel.name}"] == b"\x00wheel"
    assert f'whl: "../dist/{wheel.name}"' in files["resources/pipeline.yml"].decode()


def test_files_of_others_are_not_replaced(pipeline):
    folder = pipeline.folder / "bundle"
    folder.mkdir()
    (folder / "databricks.yml").write_text("mine")
    refused = bundle(pipeline)
    assert refused.returncode == 2 and "databricks.yml is there" in refused.stderr
    assert files_of(pipeline) == {"databricks.yml": b"mine"}
