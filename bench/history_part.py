"""Part (e): history (SCD 2) of a large table, against Spark and Delta's MERGE with deletion vectors, in one session with two cores."""

import shutil
import statistics
import subprocess
from pathlib import Path

import upsert_part
import upsert_rows
from inlet_program import CACHE, ROOT
from measure import run_measured

PEER = Path(__file__).resolve().parent / "peers/spark_history_merge.py"
INTERVAL = ("__START_AT", "__END_AT")


def run_spark(work: Path, num_batches: int) -> list[float]:
    subprocess.run([ROOT / "tools/setup", "spark"], check=True, stdout=subprocess.DEVNULL)
    batches = [str(work / f"batch-{number:03}.parquet") for number in range(2, num_batches + 2)]
    command = [str(CACHE / "spark-venv/bin/python"), str(PEER), str(work / "table.parquet"), str(work / "peer"), str(CACHE / "spark-jars")]
    return run_measured(command + batches).told["batch_seconds"]


def run_part(work: Path, rows: int, changes: int, num_batches: int) -> dict:
    shutil.rmtree(work, ignore_errors=True)
    upsert_rows.make(work, "bigint", rows, changes, num_batches, late=0)
    upserts = upsert_part.Upserts(work, "bigint", scd_type="SCD_TYPE_2")
    upserts.load(work / "table.jsonl")
    ours, our_seconds = upserts.run(work, changes)
    peer_seconds = run_spark(work, num_batches)
    upsert_part.expect_same((*upsert_part.ROW, *INTERVAL), inlet=upserts.table, spark=work / "peer")
    return {
        "rows": rows, "changes": changes, "batches": num_batches,
        "inlet": {"median": statistics.median(our_seconds), "slowest": max(our_seconds), "total": ours.seconds, "peak_mib": ours.peak_anonymous_mib},
        "spark": {"median": statistics.median(peer_seconds), "slowest": max(peer_seconds), "total": sum(peer_seconds)},
        "median_ratio": statistics.median(peer_seconds) / statistics.median(our_seconds),
    }
