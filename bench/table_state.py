"""What many small changes leave behind: bytes written for them, files and dead rows, and what reading costs afterwards."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from inlet_program import CACHE, PROGRAM, ROOT

_SPARK_READ = Path(__file__).resolve().parent / "peers/spark_read.py"
_READ = """
import json, sys, time, polars
def seconds(table):
    begin = time.perf_counter()
    polars.scan_delta(table).collect()
    return time.perf_counter() - begin
tables = sys.argv[1:]
rounds = [[seconds(table) for table in tables] for _ in range(6)][1:]
print(json.dumps([min(times) for times in zip(*rounds)]))
"""
_COPY = "import sys, polars; polars.scan_delta(sys.argv[1]).collect().write_delta(sys.argv[2])"


def num_commits(table: Path) -> int:
    return len(list((table / "_delta_log").glob("*.json")))


def written_after_load(table: Path, num_load_commits: int = 0) -> dict:
    """Of the commits behind the load, which are those behind so many, or behind the first one with data: MiB of new data, MiB of rows
    that were only written again, and the files of the newest version. A file that an add names again, with another deletion vector, is
    not written again."""
    known: set[str] = set()
    live: set[str] = set()
    data = rewritten = num_loads = 0
    for number, log in enumerate(sorted((table / "_delta_log").glob("*.json"))):
        actions = [json.loads(line) for line in log.read_text().splitlines() if line]
        adds = [action["add"] for action in actions if "add" in action]
        removed = {action["remove"]["path"] for action in actions if "remove" in action}
        new = [add for add in adds if add["path"] not in known]
        size = sum(add["size"] for add in new)
        is_load = number < num_load_commits if num_load_commits else bool(new) and num_loads == 0
        if is_load:
            num_loads += 1
        elif all(not add["dataChange"] for add in adds):
            rewritten += size
        else:
            data += size
        known |= {add["path"] for add in adds}
        live = (live - removed) | {add["path"] for add in adds}
    return {"data_mib": data / 2**20, "rewritten_mib": rewritten / 2**20, "amplification": (data + rewritten) / data if data else 1.0,
            "live_files": len(live)}


def read_ratios(table: Path, work: Path) -> dict[str, dict[str, float]]:
    """Seconds that polars and Spark take for the table by those for a fresh one of the same rows, written by Inlet and by deltalake;
    the best of five each."""
    fresh = {"inlet": work / "fresh-inlet", "deltalake": work / "fresh-deltalake"}
    for folder in fresh.values():
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(table, fresh["inlet"])
    subprocess.run([str(PROGRAM), "optimize", str(fresh["inlet"]), "--full"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-c", _COPY, str(table), str(fresh["deltalake"])], check=True)
    subprocess.run([ROOT / "tools/setup", "spark"], check=True, stdout=subprocess.DEVNULL)
    readers = {"polars": [sys.executable, "-c", _READ],
               "spark": [str(CACHE / "spark-venv/bin/python"), str(_SPARK_READ), str(CACHE / "spark-jars")]}
    ratios = {}
    for reader, command in readers.items():
        done = subprocess.run([*command, str(table), *map(str, fresh.values())], check=True, stdout=subprocess.PIPE, text=True)
        ours, *best = json.loads(done.stdout.splitlines()[-1])
        ratios[reader] = {writer: ours / seconds for writer, seconds in zip(fresh, best, strict=True)}
    return ratios
