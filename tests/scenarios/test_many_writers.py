"""Eight processes write disjoint keys to one table at once: nothing is lost or doubled."""

import random
import subprocess

import delta_tables
from files_pipeline import FilesPipeline

NUM_WRITERS = 8
NUM_ROUNDS = 4
OPTIONS = {"schema": "id bigint, seq bigint, op string, name string", "primary_keys": "id", "sequence_by": "seq",
           "scd_type": "SCD_TYPE_1", "apply_as_deletes": "op = 'D'", "page_size": "1024"}


def drawn(chance: random.Random, writer: int, round_: int) -> list[dict]:
    return [{"id": writer + NUM_WRITERS * chance.randrange(30), "seq": round_ * 1000 + number,
             "op": "D" if chance.random() < 0.2 else "U", "name": f"{writer}/{round_}/{number}"} for number in range(100)]


def test_eight_writers_of_disjoint_keys(tmp_path):
    chance = random.Random(7)
    warehouse = str(tmp_path / "warehouse")
    writers = [FilesPipeline(tmp_path / f"writer{number}", OPTIONS, warehouse) for number in range(NUM_WRITERS)]
    latest: dict[int, dict] = {}
    for round_ in range(NUM_ROUNDS):
        for number, writer in enumerate(writers):
            events = drawn(chance, number, round_)
            writer.put(f"{round_}.jsonl", events)
            latest |= {event["id"]: event for event in events}
        processes = [subprocess.Popen(writer.command("--commit-rows", "25"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                     for writer in writers]
        for process in processes:
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, out + err
    rows = delta_tables.read_with_polars(writers[0].table_path).to_pylist()
    found = sorted((row["id"], row["seq"], row["name"]) for row in rows)
    assert found == sorted((event["id"], event["seq"], event["name"]) for event in latest.values() if event["op"] != "D")
