"""Part (f): a full set of rows against the table that holds all but a thousandth of it, beside DuckDB, which reads both and compares."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from inlet_program import run_command, write_pipeline
from measure import run_measured

PEER = Path(__file__).resolve().parent / "peers/duckdb_snapshot.py"
SCHEMA = "id bigint, name string, value double, amount bigint"
ROWS = "SELECT n::BIGINT AS id, 'name ' || (n * 31) AS name, (n * 0.5)::DOUBLE AS value, (n % 1000)::BIGINT AS amount FROM range({rows}) AS numbers(n)"
# Of a million rows 800 change, 100 go and 100 come.
CHANGED = """
SELECT CASE WHEN id % 10000 = 1 THEN id + {rows} ELSE id END AS id, CASE WHEN id % 10000 BETWEEN 2 AND 9 THEN name || '!' ELSE name END AS name,
       value, amount FROM ({table})
"""


def make(work: Path, rows: int) -> None:
    table = ROWS.format(rows=rows)
    queries = {"before": table, "after": CHANGED.format(rows=rows, table=table)}
    for name, query in queries.items():
        copy = f"COPY ({query}) TO '{work / name}.jsonl' (FORMAT json)"
        subprocess.run([sys.executable, "-c", f"import duckdb; duckdb.execute({copy!r})"], check=True)


def run_part(work: Path, rows: int) -> dict:
    shutil.rmtree(work, ignore_errors=True)
    drop = work / "drop"
    drop.mkdir(parents=True)
    make(work, rows)
    pipeline = write_pipeline(work / "spec", "files", {"url": str(drop)}, "files",
                              {"format": "jsonl", "schema": SCHEMA, "ingestion_type": "snapshot", "primary_keys": "id"})
    command = [*run_command(pipeline, work / "warehouse"), "--json"]
    (work / "before.jsonl").rename(drop / "rows.jsonl")
    load = run_measured([*command, "--cache", str(work / "cache")])
    shutil.copytree(work / "warehouse", work / "loaded")
    (work / "after.jsonl").rename(drop / "rows.jsonl")
    peer = run_measured([sys.executable, str(PEER), str(work / "warehouse/issues"), str(drop / "rows.jsonl"), "2"])
    part = {"rows": rows, "changed": peer.told["changed"], "deleted": peer.told["gone"], "load": figures(load), "duckdb": figures(peer)}
    # With the index that the load has left, and as on another machine, where there is none yet.
    for name, cache in {"inlet": "cache", "inlet, without an index": "other-cache"}.items():
        shutil.rmtree(work / "warehouse")
        shutil.copytree(work / "loaded", work / "warehouse")
        report = work / "report.json"
        ours = run_measured([*command, "--cache", str(work / cache)], output=report)
        records = json.loads(report.read_text())["tables"][0]["records"]
        if (records["committed"], records["deleted"]) != (part["changed"], part["deleted"]):
            raise SystemExit(f"the differences differ: {records}, {peer.told}")
        part[name] = figures(ours) | {"time_ratio": ours.seconds / peer.seconds}
    return part


def figures(run) -> dict:
    return {"seconds": run.seconds, "cpu_seconds": run.cpu_seconds, "peak_mib": run.peak_anonymous_mib}
