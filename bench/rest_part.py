"""Part (b): issues of the simulator, 100 a page and no latency, -> Delta, against dlt and airbyte-cdk (reading only)."""

import shutil
import sys
from pathlib import Path

from inlet_program import GitHubSimulator, run_command, write_pipeline
from measure import Cost, run_measured

PEERS = Path(__file__).resolve().parent / "peers"
TOKEN = "bench"


def inlet_command(base_url: str, work: Path) -> list[str]:
    """Follows the Link headers to the end, as the peers do; with the default, anchor_every 1, it would not miss records that
    change during the read, at the price of some rows fetched twice."""
    pipeline = write_pipeline(work / "spec", "github", {"base_url": base_url, "token": TOKEN}, "issues",
                              {"owner": "octo-org", "repo": "hello-world", "anchor_every": "0"})
    return run_command(pipeline, work / "warehouse")


def peer_command(peer: str, base_url: str, work: Path) -> list[str]:
    return [sys.executable, str(PEERS / f"{peer}_issues.py"), base_url, str(work)]


def table_rows(table: str) -> int:
    import polars
    return polars.scan_delta(table).select(polars.len()).collect().item()


def one_run(contender: str, simulator: GitHubSimulator, work: Path) -> tuple[Cost, int, int]:
    """(cost, rows, requests) of one complete read into a new table."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    simulator.forget_requests()
    if contender == "inlet":
        cost = run_measured(inlet_command(simulator.base_url, work))
        return cost, table_rows(str(work / "warehouse/issues")), simulator.num_requests()
    cost = run_measured(peer_command(contender, simulator.base_url, work))
    return cost, cost.told["rows"], simulator.num_requests()


def run_part(work: Path, num_issues: dict[str, int]) -> dict:
    """For each contender, at the number of issues that it is given: rows, requests and costs. A peer's rows and requests must
    equal those of Inlet on the same simulator."""
    results = {}
    for contender, count in num_issues.items():
        with GitHubSimulator(count) as simulator:
            cost, rows, requests = one_run(contender, simulator, work)
            if contender != "inlet":
                _, our_rows, our_requests = one_run("inlet", simulator, work)
                if (rows, requests) != (our_rows, our_requests):
                    raise SystemExit(f"{contender}: {rows} rows in {requests} requests; "
                                     f"inlet: {our_rows} in {our_requests}")
        results[contender] = {
            "rows": rows, "requests": requests, "seconds": cost.seconds, "cpu_seconds": cost.cpu_seconds,
            "peak_mib": cost.peak_mib, "rows_per_cpu_second": rows / cost.cpu_seconds,
        }
    ours = results["inlet"]["rows_per_cpu_second"]
    for result in results.values():
        result["inlet_is_cheaper_by"] = ours / result["rows_per_cpu_second"]
    return results
