"""Part (d): keyed upserts into a large table, against deltalake's merge. Each program does all batches in one process, one commit
each. That of Inlet also starts, opens its key index, reads JSON, compacts when that is due, and makes every commit durable."""

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import table_state
import upsert_rows
from inlet_program import run_command, write_pipeline
from measure import Cost, run_measured

PEERS = Path(__file__).resolve().parent / "peers"
COLUMNS = {"bigint": "id bigint", "uuid": "id string"}


def folder_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.parquet"))


def commit_times(table: Path) -> list[float]:
    """When each version with new data was committed, seconds."""
    logs = sorted((table / "_delta_log").glob("*.json"))
    return [log.stat().st_mtime_ns / 1e9 for log in logs if '"operation":"OPTIMIZE"' not in log.read_text()]


class Upserts:
    """Inlet's table in `work`, and the files that it is fed from."""

    def __init__(self, work: Path, kind: str, *, memory: str | None = None, scd_type: str = "SCD_TYPE_1", is_max_compatible: bool = False):
        self._drop = work / "drop"
        self._drop.mkdir(parents=True)
        schema = f"{COLUMNS[kind]}, seq bigint, name string, value double, amount bigint"
        pipeline = write_pipeline(work / "spec", "files", {"url": str(self._drop)}, "files",
                                  {"format": "jsonl", "schema": schema, "scd_type": scd_type, "primary_keys": "id", "sequence_by": "seq",
                                   "max_compat": is_max_compatible})
        self._command = run_command(pipeline, work / "warehouse") + (["--max-memory", memory] if memory else [])
        self._environment = {"XDG_STATE_HOME": str(work / "state"), "XDG_CACHE_HOME": str(work / "cache")}
        self.table = work / "warehouse/issues"

    def load(self, file: Path) -> Cost:
        file.rename(self._drop / file.name)
        return run_measured(self._command, environment=self._environment)

    def run(self, batches: Path, changes: int | None) -> tuple[Cost, list[float]]:
        """One run over all batches in the folder, and the seconds of each commit, from one to the next, with what upkeep does between.
        Commits are of so many changes, or as the program likes."""
        num_before = len(commit_times(self.table))
        for batch in sorted(batches.glob("batch-*.jsonl")):
            batch.rename(self._drop / f"{batches.name}-{batch.name}")
        begin = time.time()
        words = ["--commit-rows", str(changes)] if changes else []
        run = run_measured([*self._command, *words], environment=self._environment)
        moments = [begin, *commit_times(self.table)[num_before:]]
        return run, [later - earlier for earlier, later in zip(moments, moments[1:])]


def run_deltalake(work: Path, num_batches: int) -> Cost:
    folder = work / "peer"
    subprocess.run([sys.executable, "-c", f"""
import pyarrow.parquet, deltalake
file = pyarrow.parquet.ParquetFile({str(work / 'table.parquet')!r})
reader = pyarrow.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(1 << 16))
deltalake.write_deltalake({str(folder)!r}, reader)
"""], check=True)
    batches = [str(work / f"batch-{number:03}.parquet") for number in range(2, num_batches + 2)]
    return run_measured([sys.executable, str(PEERS / "deltalake_merge.py"), str(folder), *batches])


ROW = ("id", "seq", "name", "value", "amount")


def digest(folder: Path, columns: tuple[str, ...] = ROW) -> list:
    """Rows and an order-free digest, read by polars."""
    done = subprocess.run([sys.executable, "-c", f"""
import json, polars
rows = polars.scan_delta({str(folder)!r}).select({columns!r})
hashes = rows.select(polars.len(), polars.struct({columns!r}).hash(7).cast(polars.Int128).sum().cast(polars.String).alias('hash'))
print(json.dumps(hashes.collect().rows()[0]))
"""], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def expect_same(columns: tuple[str, ...] = ROW, **folders: Path) -> int:
    """The number of rows of these tables, which are the same in all of them."""
    found = {name: digest(folder, columns) for name, folder in folders.items()}
    first, *others = found.values()
    if any(other != first for other in others):
        raise SystemExit(f"the tables differ: {found}")
    num_rows: int = first[0]
    return num_rows


def run_part(work: Path, kind: str, rows: int, changes: int, num_batches: int) -> dict:
    shutil.rmtree(work, ignore_errors=True)
    upsert_rows.make(work, kind, rows, changes, num_batches)
    upserts = Upserts(work, kind)
    load = upserts.load(work / "table.jsonl")
    ours, our_seconds = upserts.run(work, changes)
    peer = run_deltalake(work, num_batches)
    num_rows = expect_same(inlet=upserts.table, deltalake=work / "peer")
    if len(our_seconds) != num_batches:
        raise SystemExit(f"{num_batches} batches became {len(our_seconds)} commits")
    peer_seconds = peer.told["batch_seconds"]
    return {
        "rows": num_rows, "changes": changes, "batches": num_batches, "load_seconds": load.seconds,
        "inlet": {"median": statistics.median(our_seconds), "total": ours.seconds, "slowest": max(our_seconds),
                  "peak_mib": ours.peak_anonymous_mib, "table_mib": folder_bytes(work / "warehouse/issues") / 2**20},
        "deltalake": {"median": statistics.median(peer_seconds), "total": sum(peer_seconds), "slowest": max(peer_seconds),
                      "peak_mib": peer.peak_anonymous_mib, "table_mib": folder_bytes(work / "peer") / 2**20},
        "median_ratio": statistics.median(peer_seconds) / statistics.median(our_seconds),
        "total_ratio": sum(peer_seconds) / ours.seconds,
        "memory_ratio": peer.peak_anonymous_mib / ours.peak_anonymous_mib,
        "read_ratios": table_state.read_ratios(work / "warehouse/issues", work),
        "written": table_state.written_after_load(work / "warehouse/issues"),
    }


if __name__ == "__main__":
    work, kind, rows, changes, num_batches = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
    print(json.dumps(run_part(work, kind, rows, changes, num_batches), indent=1))
