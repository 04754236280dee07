"""A source's answer passes through a stream's processes piece by piece, however large it is. `INLET_ROWS=10000000` is the long form."""

import json
import os
import random
import string
from pathlib import Path

import pytest
from lakeflow_source import LakeflowSource

NUM_ROWS = int(os.environ.get("INLET_ROWS", "1200000"))
# A Python process needs some 100 MB by itself, and holds a few segments of 8 MiB as pages, rows and Arrow batches.
MOST_MEGABYTES = 300
TEXT_LENGTH = 280


def write_rows(file: Path) -> int:
    """Megabytes of lines that no compression makes small."""
    draw = random.Random(3)
    texts = ["".join(draw.choices(string.ascii_letters, k=TEXT_LENGTH)) for _ in range(1000)]
    with open(file, "w") as out:
        for first in range(0, NUM_ROWS, 1000):
            out.writelines(f'{{"id": {first + i}, "text": "{text}"}}\n' for i, text in enumerate(texts[:NUM_ROWS - first]))
    return file.stat().st_size >> 20


def python_processes(spark) -> dict[int, Path]:
    """All below Spark's driver: the one that asks the source, and the workers that decode."""
    parents = {int(status.parent.name): status for status in Path("/proc").glob("[0-9]*/status")}
    of = {}
    for process, status in parents.items():
        try:
            of[process] = int(status.read_text().split("PPid:")[1].split()[0])
        except FileNotFoundError:
            continue
    driver = spark.sparkContext._gateway.proc.pid
    found, wanted = {}, [driver]
    while wanted:
        parent = wanted.pop()
        for process in (one for one, its in of.items() if its == parent):
            wanted.append(process)
            found[process] = parents[process]
    return found


def peak_megabytes(status: Path) -> int:
    try:
        return int(status.read_text().split("VmHWM:")[1].split()[0]) >> 10
    except (FileNotFoundError, IndexError):
        return 0


@pytest.fixture
def forgotten_peaks(spark):
    """Workers live on from test to test."""
    for status in python_processes(spark).values():
        (status.parent / "clear_refs").write_text("5")


def test_no_process_holds_what_a_source_answers(spark, tmp_path, forgotten_peaks):
    (tmp_path / "drop").mkdir()
    megabytes = write_rows(tmp_path / "drop" / "rows.jsonl")
    assert megabytes > MOST_MEGABYTES
    source = LakeflowSource(spark, tmp_path, "")
    source.connections.write_text(json.dumps({"connections": {"drop": {"connector": "files", "url": str(tmp_path / "drop")}}}))
    options = {"databricks.connection": "drop", "tableName": "files", "connections": str(source.connections), "path": "*.jsonl",
               "schema": "id bigint NOT NULL, text string"}
    source.options = lambda table, **landing: options | landing
    sums, peaks = [], {}

    def take(rows, _):
        sums.append(rows.selectExpr("count(*)", "sum(id)", "sum(length(text))").first())
        peaks.update({process: peak_megabytes(status) for process, status in python_processes(spark).items()})

    source.stream("files", take)
    assert [sum(column) for column in zip(*sums, strict=True)] == [NUM_ROWS, NUM_ROWS * (NUM_ROWS - 1) // 2, NUM_ROWS * TEXT_LENGTH]
    print(f"{megabytes} MB of {NUM_ROWS} rows in {len(sums)} batches; peaks of {len(peaks)} processes: {sorted(peaks.values())} MB")
    assert len(peaks) >= 3 and max(peaks.values()) < MOST_MEGABYTES, sorted(peaks.values())
