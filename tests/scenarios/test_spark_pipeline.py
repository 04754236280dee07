"""`inlet spark-pipeline` writes a project of Spark's declarative pipelines: the form of its files, no secret in them, and nobody's
files in its way. That Spark runs it is tested in tests/spark."""

import ast
import subprocess

import pytest
import yaml
from generated_folder import pipeline_with_literal_token
from inlet_program import INLET, TOKEN

# What Spark takes in spark-pipeline.yml; it refuses all else.
MEMBERS = {"name", "storage", "catalog", "database", "schema", "configuration", "libraries"}


@pytest.fixture
def pipeline(tmp_path):
    return pipeline_with_literal_token(tmp_path)


def project(pipeline, *words: str) -> subprocess.CompletedProcess:
    command = [INLET, "spark-pipeline", pipeline.spec_file, "--connections", pipeline.connections_file, "--output", pipeline.folder / "project",
               *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=pipeline.folder)


def files_of(pipeline) -> dict[str, str]:
    folder = pipeline.folder / "project"
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def arguments_of(text: str) -> dict:
    """Of the one call in a definition file."""
    call = ast.parse(text).body[-1].value
    return {word.arg: ast.literal_eval(word.value) for word in call.keywords} | {"spec": ast.literal_eval(call.args[1])}


def test_the_project_has_the_form_that_spark_takes(pipeline):
    done = project(pipeline, "--only", "issues")
    assert done.returncode == 0, done.stderr
    files = files_of(pipeline)
    spec = yaml.safe_load(files["spark-pipeline.yml"])
    assert set(spec) <= MEMBERS and spec["name"] == "pipeline"
    assert all(isinstance(value, str) for value in spec["configuration"].values())
    assert [library["glob"]["include"] for library in spec["libraries"]] == ["tables.py"]
    arguments = arguments_of(files["tables.py"])
    assert arguments["spec"] in files and arguments["connections"] in files and arguments["only"] == ["issues"]
    # Spark's processes run in other folders.
    assert arguments["warehouse"] == (pipeline.folder / "warehouse").as_uri()
    assert spec["storage"] == arguments["storage"] == f"{arguments['warehouse']}/_inlet/pipelines/pipeline"


def test_secrets_are_named_and_never_written(pipeline):
    done = project(pipeline)
    assert "INLET_GITHUB_TOKEN" in done.stdout
    files = files_of(pipeline)
    assert not [name for name, text in files.items() if TOKEN in text]
    assert yaml.safe_load(files["connections.yaml"])["connections"]["github"]["token"] == "${env:INLET_GITHUB_TOKEN}"


def test_a_mistake_is_told_before_anything_is_written(pipeline):
    done = project(pipeline, "--only", "isues")
    assert done.returncode == 2 and "isues" in done.stderr
    assert not (pipeline.folder / "project").exists()


def test_files_of_others_are_not_replaced(pipeline):
    assert project(pipeline).returncode == 0
    (pipeline.folder / "project/tables.py").write_text("mine")
    done = project(pipeline)
    assert done.returncode == 2 and "tables.py is there" in done.stderr
    assert files_of(pipeline)["tables.py"] == "mine"
