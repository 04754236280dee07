"""Part (g): upserts into a table that is large beside memory. deltalake's merge is no peer here: it holds what it reads."""

import shutil
import statistics
from pathlib import Path

import upsert_rows
from upsert_part import Upserts

MEMORY = "768MiB"


def run_part(work: Path, rows: int, batches: dict[int, int]) -> dict:
    """`batches`: how many, by changes in each. The first run also builds the key index, in its first batch."""
    shutil.rmtree(work, ignore_errors=True)
    upsert_rows.make(work, "bigint", rows, 1, 0, formats=("jsonl",))
    upserts = Upserts(work, "bigint", memory=MEMORY)
    load = upserts.load(work / "table.jsonl")
    (work / "drop/table.jsonl").unlink()
    found = {"rows": rows, "memory": MEMORY, "load": {"seconds": load.seconds, "peak_mib": load.peak_anonymous_mib}, "runs": []}
    for changes, num_batches in batches.items():
        folder = work / str(changes)
        upsert_rows.make(folder, "bigint", rows, changes, num_batches, has_table=False, formats=("jsonl",))
        run, seconds = upserts.run(folder, changes)
        found["runs"].append({"changes": changes, "batches": num_batches, "first": seconds[0], "median": statistics.median(seconds[1:] or seconds),
                              "total": run.seconds, "peak_mib": run.peak_anonymous_mib})
    return found
