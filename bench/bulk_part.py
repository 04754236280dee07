"""Part (h): one change of most of a table, beside deltalake's merge, which writes the table again. Once into a table with deletion
vectors, and once into one without, whose changed files Inlet writes again, too."""

import os
import shutil
from pathlib import Path

import table_state
import upsert_part
import upsert_rows


def run_part(work: Path, rows: int, changes: int) -> dict:
    shutil.rmtree(work, ignore_errors=True)
    upsert_rows.make(work, "bigint", rows, changes, 1)
    peer = upsert_part.run_deltalake(work, 1)
    return {"rows": rows, "changes": changes,
            "with deletion vectors": run_inlet(work, work / "usual", peer, changes, is_max_compatible=False),
            "without": run_inlet(work, work / "max-compat", peer, None, is_max_compatible=True)}


def run_inlet(work: Path, own: Path, peer: upsert_part.Cost, changes: int | None, *, is_max_compatible: bool) -> dict:
    upserts = upsert_part.Upserts(own, "bigint", is_max_compatible=is_max_compatible)
    for name in ("table.jsonl", "batch-002.jsonl"):
        os.link(work / name, own / name)
    load = upserts.load(own / "table.jsonl")
    num_load_commits = table_state.num_commits(upserts.table)
    ours, commits = upserts.run(own, changes)
    upsert_part.expect_same(inlet=upserts.table, deltalake=work / "peer")
    [peer_seconds] = peer.told["batch_seconds"]
    return {"commits": len(commits), "load_seconds": load.seconds,
            "inlet": {"total": ours.seconds, "peak_mib": ours.peak_anonymous_mib},
            "deltalake": {"total": peer_seconds, "peak_mib": peer.peak_anonymous_mib},
            "time_ratio": peer_seconds / ours.seconds, "memory_ratio": peer.peak_anonymous_mib / ours.peak_anonymous_mib,
            "written": table_state.written_after_load(upserts.table, num_load_commits)}
