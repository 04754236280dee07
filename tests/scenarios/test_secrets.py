"""A planted token is searched for in every byte that a run writes or prints, at the most verbose level."""

import base64
import os
import subprocess
from pathlib import Path

import pytest
from github_simulator import GithubSimulator
from inlet_program import INLET, TOKEN, Pipeline

import github_tables

FAULTS = ("status=502,every=9", "reset,every=13", "secondary_limit=429,at=11,retry_after=1", "status=422,path=/teams")


def disguises(secret: str) -> list[bytes]:
    """The secret and what it looks like in headers and URLs; halves, so that a cut-off one is found as well."""
    plain = secret.encode()
    encoded = [base64.b64encode(text)[:24] for text in (plain, b":" + plain, b"x:" + plain)]
    return [plain, plain[: len(plain) // 2], plain[len(plain) // 2 :], plain.hex().encode(), *encoded]


def expect_no_secret(name: str, content: bytes) -> None:
    for disguise in disguises(TOKEN):
        at = content.find(disguise)
        assert at < 0, f"{name} holds the token: ...{content[max(0, at - 80) : at]!r}"


def expect_no_secret_below(folder: Path) -> int:
    files = [file for file in folder.rglob("*") if file.is_file()]
    for file in files:
        expect_no_secret(str(file), str(file.relative_to(folder)).encode() + b"\n" + file.read_bytes())
    return len(files)


def words_of_processes(process_id: int) -> bytes:
    return Path(f"/proc/{process_id}/cmdline").read_bytes()


def test_the_search_finds_what_is_there():
    with pytest.raises(AssertionError):
        expect_no_secret("a planted line", b"Authorization: Bearer " + TOKEN.encode())
    with pytest.raises(AssertionError):
        expect_no_secret("a planted line", b"Basic " + base64.b64encode(b"x:" + TOKEN.encode()))


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_run_writes_and_prints_no_secret(tmp_path, log_format):
    with GithubSimulator(issues=300, token=TOKEN, faults=FAULTS) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of())
        for _ in range(2):
            process = pipeline.start("--log-level", "trace", "--log-format", log_format, cwd=tmp_path)
            expect_no_secret("the process list", words_of_processes(process.pid))
            out, err = process.communicate(timeout=300)
            assert process.returncode == 1, out + err  # `teams` is refused.
            assert len(err) > 1000, "the most verbose level says little"
            expect_no_secret("standard output", out.encode())
            expect_no_secret("standard error", err.encode())
            simulator.mutate(issues=5)
        assert expect_no_secret_below(tmp_path) > 20


def test_a_refused_token_is_not_told(tmp_path):
    with GithubSimulator(issues=10, token="another") as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))
        finished = pipeline.run("--log-level", "trace")
        assert finished.code != 0
        expect_no_secret("the output", str(finished).encode())
        expect_no_secret_below(tmp_path)


@pytest.mark.parametrize("words", [["check"], ["plan"], ["preview", "--table", "issues"], ["connection", "list"], ["connection", "test", "github"]],
                         ids=" ".join)
def test_no_other_command_prints_a_secret(tmp_path, words):
    with GithubSimulator(issues=10, token=TOKEN) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))
        with_spec = [] if words[0] == "connection" else [str(pipeline.spec_file)]
        command = [INLET, words[0], *with_spec, *words[1:], "--connections", str(pipeline.connections_file)]
        finished = subprocess.run(command, capture_output=True, cwd=tmp_path, env=os.environ | {"GITHUB_TOKEN": TOKEN})
        assert finished.returncode == 0, finished
        expect_no_secret("the output", finished.stdout + finished.stderr)
        expect_no_secret_below(tmp_path)
