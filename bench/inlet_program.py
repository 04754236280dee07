"""Inlet as the benchmarks run it: writes spec and connections, and makes command lines."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ["INLET_CACHE"])
PROGRAM = ROOT / "build/release/bin/inlet"


def write_pipeline(folder: Path, connector: str, parameters: dict[str, str], source_table: str,
                   table_configuration: dict[str, str]) -> list[str]:
    """Writes a pipeline of one table, `issues`, and its connection; the arguments that name them."""
    folder.mkdir(parents=True, exist_ok=True)
    connections = folder / "connections.yaml"
    connections.write_text(json.dumps({"connections": {"bench": {"connector": connector, **parameters}}}))
    os.chmod(connections, 0o600)
    spec = folder / "bench.json"
    table = {"source_table": source_table, "destination_table": "issues", "table_configuration": table_configuration}
    spec.write_text(json.dumps({"connection_name": "bench", "objects": [{"table": table}]}))
    return [str(spec), "--connections", str(connections)]


def run_command(pipeline: list[str], warehouse: Path, *, num_threads: int | None = None) -> list[str]:
    threads = ["--threads", str(num_threads)] if num_threads else []
    return [str(PROGRAM), "run", *pipeline, "--warehouse", str(warehouse), *threads]


class GitHubSimulator:
    """`inlet simulate github` for as long as the `with` block lasts. No latency, the documented shape of an issue."""

    def __init__(self, num_issues: int):
        self._num_issues = num_issues

    def __enter__(self) -> "GitHubSimulator":
        command = [str(PROGRAM), "simulate", "github", "--port", "0", "--issues", str(self._num_issues), "--seed", "7"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.base_url = self._process.stdout.readline().strip()
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.wait()

    def forget_requests(self) -> None:
        request = urllib.request.Request(self.base_url + "/_simulator/requests", method="DELETE")
        urllib.request.urlopen(request).read()

    def num_requests(self) -> int:
        """Answered by the API since forget_requests()."""
        with urllib.request.urlopen(self.base_url + "/_simulator/requests") as answer:
            return json.load(answer)["requests"]
