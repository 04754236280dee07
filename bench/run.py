"""make bench: measures Inlet against its peers, prints the figures and writes bench/RESULTS.md.

Run by tools/bench in the environment of the peers. `--quick` takes a tenth of everything and writes nothing; `--only` measures
and writes some parts.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import bulk_part
import files_part
import history_part
import large_part
import preview_part
import rest_part
import results
import snapshot_part
import spark_part
import upsert_part
from inlet_program import ROOT

PARTS = ["files", "rest", "preview", "upserts", "history", "snapshot", "large", "bulk", "spark"]
NUM_LINES = 1_000_000
# The slow peers read fewer issues, so that a run ends in minutes; figures are quoted per row.
NUM_ISSUES = {"inlet": 1_000_000, "dlt": 30_000, "airbyte": 20_000}


NUM_READ = 5_000_000  # inside Spark
NUM_ROWS = 10_000_000  # of the history and of the snapshot
# Kind of key, rows of the table, changes in a batch, batches.
UPSERTS = {"1 M": ("bigint", 1_000_000, 10_000, 50), "10 M": ("bigint", 10_000_000, 10_000, 50),
           "10 M UUID": ("uuid", 10_000_000, 100_000, 10)}


def make_lines(work: Path, count: int) -> Path:
    source = work / "lines" / "issues.jsonl"
    source.parent.mkdir(parents=True)
    with open(source, "wb") as out:
        subprocess.run([str(ROOT / "build/release/bin/inlet_make_issues"), str(count), "7"], stdout=out, check=True)
    return source


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=7, help="of part (a); more even out a busy machine")
    parser.add_argument("--only", choices=PARTS, action="append")
    arguments = parser.parse_args()
    share = 10 if arguments.quick else 1
    wanted = arguments.only or PARTS
    parts = {}
    with tempfile.TemporaryDirectory(prefix="inlet-bench-") as folder:
        work = Path(folder)
        if "files" in wanted:
            parts["files"] = files_part.run_part(make_lines(work, NUM_LINES // share), work, arguments.rounds)
        if "rest" in wanted:
            parts["rest"] = rest_part.run_part(work / "rest", {name: n // share for name, n in NUM_ISSUES.items()})
        if "preview" in wanted:
            parts["preview"] = preview_part.run_part(work)
        if "upserts" in wanted:
            parts["upserts"] = {name: upsert_part.run_part(work / "upserts", kind, rows // share, changes, batches)
                                for name, (kind, rows, changes, batches) in UPSERTS.items()}
        if "history" in wanted:
            parts["history"] = history_part.run_part(work / "history", NUM_ROWS // share, 10_000, 5)
        if "snapshot" in wanted:
            parts["snapshot"] = snapshot_part.run_part(work / "snapshot", NUM_ROWS // share)
        if "large" in wanted:
            parts["large"] = large_part.run_part(work / "large", 100_000_000 // share, {10_000: 5, 1_000_000: 2})
        if "bulk" in wanted:
            parts["bulk"] = bulk_part.run_part(work / "bulk", NUM_ROWS // share, NUM_ROWS // share * 6 // 10)
        if "spark" in wanted:
            rows = NUM_READ // share
            parts["spark"] = spark_part.run_part(make_lines(work / "spark", rows), rows, work / "spark")
    print(json.dumps(parts, indent=2))
    if not arguments.quick:
        results.write(ROOT / "bench/RESULTS.md", parts)


if __name__ == "__main__":
    main()
