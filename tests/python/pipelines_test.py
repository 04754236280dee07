"""Pipelines from Python: the tables are those that the program leaves, the errors its errors."""

import json
import signal
import socket
import subprocess
import sys

import github_tables
import inlet
import pytest
from delta_tables import expect_truth, read_with_deltalake
from inlet_program import REPOSITORY

SPEC = {"connection_name": "github", "objects": [{"table": {"source_table": name, "table_configuration": REPOSITORY}}
                                                 for name in ("issues", "branches")]}


@pytest.fixture
def connections(tmp_path, simulator):
    return write_connections(tmp_path, simulator.base_url)


def write_connections(folder, base_url):
    file = folder / "connections.yaml"
    file.write_text(json.dumps({"connections": {"github": {"connector": "github", "base_url": base_url}}}))
    return file


def test_a_run_leaves_the_tables_of_the_program(tmp_path, simulator, connections):
    report = inlet.run(SPEC, warehouse=tmp_path / "lake", connections=connections)
    for name in ("issues", "branches"):
        expect_truth(tmp_path / "lake" / name, github_tables.truth_of(simulator, name), github_tables.TABLES[name].key)
    assert report.table("issues")["records"]["committed"] == 300
    assert (tmp_path / "lake/_inlet/reports" / f"{report['run_id']}.json").exists()


def test_a_run_tells_how_far_it_is(tmp_path, connections):
    told = []
    inlet.run(SPEC, warehouse=tmp_path / "lake", connections=connections, only="issues", progress=lambda *news: told.append(news))
    table, fetched, committed, is_done = told[-1]
    assert (table, committed, is_done) == ("issues", 300, True)
    assert fetched >= committed


def test_what_a_callback_raises_ends_the_run(tmp_path, connections):
    def stop(*_):
        raise RuntimeError("enough")
    with pytest.raises(RuntimeError, match="enough"):
        inlet.run(SPEC, warehouse=tmp_path / "lake", connections=connections, progress=stop)


def test_a_spec_may_be_a_file(tmp_path, connections):
    file = tmp_path / "pipeline.yaml"
    file.write_text(json.dumps(SPEC))
    plans = inlet.plan(file, warehouse=tmp_path / "lake", connections=connections)
    assert [plan["table"] for plan in plans] == ["issues", "branches"]
    assert plans[0]["primary_keys"] == ["id"]


def test_a_failed_table_raises_after_the_others_are_done(tmp_path, connections):
    spec = {**SPEC, "objects": [*SPEC["objects"], {"table": {
        "source_table": "commits", "table_configuration": {"owner": "octo-org", "repo": "there-is-none"}}}]}
    with pytest.raises(inlet.NotFoundError, match="commits: ") as raised:
        inlet.run(spec, warehouse=tmp_path / "lake", connections=connections)
    assert [table["table"] for table in raised.value.report.failed_tables] == ["commits"]
    assert len(read_with_deltalake(tmp_path / "lake" / "issues")) == 300


@pytest.mark.parametrize("call", [inlet.check, lambda spec, **how: inlet.run(spec, warehouse="never", **how)])
def test_a_mistake_in_a_spec_is_told_with_its_place(connections, call):
    spec = {"connection_name": "github", "objects": [{"table": {"source_table": "issues", "table_configuration": {"ownr": "me"}}}]}
    with pytest.raises(inlet.ConfigError, match=r'pipeline:1:\d+: no option "ownr".*did you mean "owner"'):
        call(spec, connections=connections)


def test_unknown_arguments_are_refused(connections):
    with pytest.raises(inlet.ConfigError, match='did you mean "--commit-rows"'):
        inlet.run(SPEC, warehouse="never", connections=connections, commit_row=1)


def test_a_good_pipeline_passes_its_check(connections):
    assert inlet.check(SPEC, connections=connections) is None


def test_a_preview_shows_the_first_rows(connections):
    shown = inlet.preview(SPEC, "issues", limit=3, connections=connections)
    assert len(shown.rows) == 3 and shown.rows[0]["number"] and not shown.problems


def test_control_c_ends_a_run(tmp_path):
    # The source takes the request and never answers; only a signal ends this.
    script = """if True:
        import inlet, os, sys
        try:
            inlet.run(sys.argv[1], warehouse=sys.argv[2], connections=sys.argv[3])
        except KeyboardInterrupt:
            os._exit(42)
    """
    with socket.create_server(("127.0.0.1", 0)) as source:
        connections = write_connections(tmp_path, f"http://127.0.0.1:{source.getsockname()[1]}")
        file = tmp_path / "pipeline.yaml"
        file.write_text(json.dumps(SPEC))
        process = subprocess.Popen([sys.executable, "-c", script, file, tmp_path / "lake", connections])
        asked, _ = source.accept()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 42
        asked.close()
