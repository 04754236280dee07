"""Part (a): JSON lines -> Delta on one and on two threads, against DuckDB's COPY and polars' sink_delta."""

import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from inlet_program import run_command, write_pipeline
from issues import spark_columns
from measure import Cost, median_ratio, run_measured

PEERS = Path(__file__).resolve().parent / "peers"
CONTENDERS = ("inlet", "duckdb", "polars")


def command_of(contender: str, source: Path, output: Path, num_threads: int) -> list[str]:
    if contender == "inlet":
        pipeline = write_pipeline(output.parent / "inlet_spec", "files", {"url": str(source.parent)}, "files",
                                  {"format": "jsonl", "schema": spark_columns()})
        return run_command(pipeline, output, num_threads=num_threads)
    script = {"duckdb": "duckdb_copy.py", "polars": "polars_sink.py"}[contender]
    return [sys.executable, str(PEERS / script), str(source), str(output), str(num_threads)]


def table_folder(contender: str, output: Path) -> Path:
    return output / "issues" if contender == "inlet" else output


def digests(folders: list[Path]) -> list[dict]:
    done = subprocess.run([sys.executable, str(PEERS.parent / "compare.py"), *map(str, folders)], capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)


def seconds_of(cost: Cost) -> float:
    """A peer is charged for its work only, not for Python's start; Inlet for the whole process."""
    return cost.told.get("seconds", cost.seconds)


def run_part(source: Path, work: Path, num_rounds: int) -> dict:
    """Rows compared first, then interleaved rounds; for each number of threads the figures of each contender."""
    results = {"rows": None, "bytes": {}, "threads": {}}
    for num_threads in (1, 2):
        costs: dict[str, list[Cost]] = {contender: [] for contender in CONTENDERS}
        for number in range(num_rounds):
            for contender in CONTENDERS[number % 3:] + CONTENDERS[:number % 3]:
                output = work / contender
                shutil.rmtree(output, ignore_errors=True)
                command = command_of(contender, source, output, num_threads)
                costs[contender].append(run_measured(command, num_cpus=num_threads))
            if number == 0:
                compare(work, results)
        results["threads"][num_threads] = {contender: summary(costs[contender], costs["inlet"], results["rows"])
                                           for contender in CONTENDERS}
    return results


def compare(work: Path, results: dict) -> None:
    found = dict(zip(CONTENDERS, digests([table_folder(contender, work / contender) for contender in CONTENDERS])))
    if len({(each["rows"], each["digest"]) for each in found.values()}) != 1:
        raise SystemExit(f"the outputs differ: {found}")
    results["rows"] = found["inlet"]["rows"]
    results["bytes"] = {contender: each["bytes"] for contender, each in found.items()}


def summary(costs: list[Cost], ours: list[Cost], rows: int) -> dict:
    return {
        "rows_per_second": rows / statistics.median(map(seconds_of, costs)),
        "cpu_seconds": statistics.median(cost.cpu_seconds for cost in costs),
        "peak_mib": max(cost.peak_mib for cost in costs),
        "inlet_is_faster_by": median_ratio([seconds_of(cost) for cost in ours], [seconds_of(cost) for cost in costs]),
    }
