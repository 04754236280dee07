"""Part (c): from the command line to the first typed rows, each time in a new process."""

import statistics
from pathlib import Path

from inlet_program import PROGRAM, GitHubSimulator, write_pipeline
from measure import run_measured

NUM_RUNS = 15


def run_part(work: Path) -> dict:
    with GitHubSimulator(1000) as simulator:
        pipeline = write_pipeline(work / "preview", "github", {"base_url": simulator.base_url, "token": "bench"}, "issues",
                                  {"owner": "octo-org", "repo": "hello-world"})
        command = [str(PROGRAM), "preview", *pipeline]
        seconds = [run_measured(command).seconds for _ in range(NUM_RUNS)]
    return {"runs": NUM_RUNS, "median_seconds": statistics.median(seconds), "slowest_seconds": max(seconds)}
