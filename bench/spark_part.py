"""Part (i): batch reads inside Spark against its own JSON reader and Python data sources, and streams on one core and on two."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from inlet_program import CACHE, ROOT
from measure import run_measured

FOLDER = Path(__file__).resolve().parent
PYTHON = CACHE / "spark-venv/bin/python"
# The slow ones read fewer lines, so that a run ends in minutes; figures are quoted per row.
SHARES = {"inlet": 1, "spark": 1, "ready": 5, "parsed": 25}
STREAMED_SHARE = 2


def prepare() -> None:
    """The wheel of this tree in the environment of Spark."""
    subprocess.run([ROOT / "tools/setup", "spark", "wheel"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([ROOT / "tools/wheel"], check=True, stdout=subprocess.DEVNULL)
    wheels = sorted(map(str, (ROOT / "build/dist").glob("*.whl")))
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps",
                    "--force-reinstall", *wheels], check=True)


def write_connection(lines: Path) -> Path:
    connections = lines.parent.parent / f"{lines.parent.name}.yaml"
    connections.write_text(json.dumps({"connections": {"bench": {"connector": "files", "url": str(lines.parent)}}}))
    os.chmod(connections, 0o600)
    return connections


def first_lines(source: Path, count: int, folder: Path) -> Path:
    folder.mkdir(parents=True)
    output = folder / source.name
    with open(output, "wb") as out:
        subprocess.run(["head", f"-n{count}", str(source)], stdout=out, check=True)
    return output


def read(lines: Path, contenders: list[str]) -> dict:
    command = [str(PYTHON), str(FOLDER / "peers/spark_read_lines.py"), str(lines), "2", str(write_connection(lines)), *contenders]
    return run_measured(command).told


def expect_equal(*found: dict) -> None:
    if len({(each["rows"], each["digest"]) for each in found}) != 1:
        raise SystemExit(f"the rows differ: {found}")


def stream(kind: str, lines: Path, cores: int, work: Path) -> float:
    command = [str(PYTHON), str(FOLDER / "spark_landing.py"), kind, str(cores), str(write_connection(lines)), str(work)]
    told = run_measured(command, num_cpus=cores).told
    shutil.rmtree(work)
    return told["rows"] / told["seconds"]


def streams(lines: Path, work: Path) -> dict:
    """Rows a second of each kind of stream by the number of cores."""
    kinds = {}
    for kind in ("landed", "planned"):
        speeds = {cores: stream(kind, lines, cores, work) for cores in (1, 2)}
        kinds[kind] = {"rows_per_second": speeds, "ratio": speeds[2] / speeds[1]}
    return kinds


def run_part(source: Path, rows: int, work: Path) -> dict:
    """Rows compared first, then rows a second of each contender."""
    prepare()
    found = read(source, ["inlet", "spark"])
    expect_equal(found["inlet"], found["spark"])
    few = first_lines(source, rows // SHARES["parsed"], work / "few")
    compared = read(few, ["inlet", "parsed"])
    expect_equal(compared["inlet"], compared["parsed"])
    found["parsed"] = compared["parsed"]
    found |= read(first_lines(source, rows // SHARES["ready"], work / "more"), ["ready"])
    speeds = {name: each["rows"] / min(each["seconds"]) for name, each in found.items()}
    streamed = streams(first_lines(source, rows // STREAMED_SHARE, work / "streamed"), work / "stream")
    return {"rows": rows, "contenders": {name: {"rows": found[name]["rows"], "rows_per_second": speeds[name],
                                                "inlet_is_faster_by": speeds["inlet"] / speeds[name]} for name in SHARES},
            "streams": {"rows": rows // STREAMED_SHARE} | streamed}
