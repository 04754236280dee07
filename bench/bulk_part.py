"""Part (h): one change of most of a table, beside deltalake's merge, which writes the table again."""

import shutil
from pathlib import Path

import table_state
import upsert_part
import upsert_rows


def run_part(work: Path, rows: int, changes: int) -> dict:
    shutil.rmtree(work, ignore_errors=True)
    upsert_rows.make(work, "bigint", rows, changes, 1)
    upserts = upsert_part.Upserts(work, "bigint")
    load = upserts.load(work / "table.jsonl")
    ours, commits = upserts.run(work, changes)
    peer = upsert_part.run_deltalake(work, 1)
    upsert_part.expect_same(inlet=upserts.table, deltalake=work / "peer")
    [peer_seconds] = peer.told["batch_seconds"]
    return {"rows": rows, "changes": changes, "commits": len(commits), "load_seconds": load.seconds,
            "inlet": {"total": ours.seconds, "peak_mib": ours.peak_anonymous_mib},
            "deltalake": {"total": peer_seconds, "peak_mib": peer.peak_anonymous_mib},
            "time_ratio": peer_seconds / ours.seconds, "memory_ratio": peer.peak_anonymous_mib / ours.peak_anonymous_mib,
            "written": table_state.written_after_load(upserts.table)}
