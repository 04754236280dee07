"""Files of change events into a table, the process killed at every named step of its commits: nothing is lost, doubled or
resurrected. `INLET_KILLS=500` is the long form."""

import random
import signal
import subprocess

import delta_tables
import pytest
from files_pipeline import FilesPipeline
from inlet_program import STOPPING_INLET

STEPS = ("before_data_file", "auxiliary_commit", "before_commit", "after_commit", "before_offset_copy")
OPTIONS = {"schema": "id bigint, seq bigint, op string, name string", "primary_keys": "id", "sequence_by": "seq",
           "apply_as_deletes": "op = 'D'", "page_size": "1024"}
# Small commits: several in each run.
WORDS = ("--commit-rows", "20", "--threads", "2")


class Events:
    """A random stream of changes, late and repeated ones among them, and what the table has to show of it."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)
        self._now = 10
        self._all: list[dict] = []

    def draw(self, count: int) -> list[dict]:
        drawn = []
        for _ in range(count):
            self._now += self._random.random() < 0.3
            if self._all and self._random.random() < 0.1:
                drawn.append(self._random.choice(self._all))
                continue
            late = self._random.randrange(30 if self._random.random() < 0.2 else 3)
            drawn.append({"id": self._random.randrange(40), "seq": max(1, self._now - late),
                          "op": "D" if self._random.random() < 0.3 else "U", "name": self._random.choice("abc")})
            self._all.append(drawn[-1])
        return drawn


def latest(events: list[dict]) -> list[dict]:
    """SCD 1: the greatest sequence of a key decides, upserts before deletes, the later upsert of equals."""
    best: dict[int, tuple] = {}
    for number, event in enumerate(events):
        rank = (event["seq"], event["op"] != "D", number)
        if event["id"] not in best or rank > best[event["id"]][0]:
            best[event["id"]] = (rank, event)
    return [event for _, event in best.values() if event["op"] != "D"]


def history(events: list[dict]) -> list[dict]:
    """SCD 2: a delete wins a tie; consecutive equal values are one version, which shows its last event."""
    moments: dict[int, dict[int, dict]] = {}
    for event in events:
        at = moments.setdefault(event["id"], {})
        if at.get(event["seq"], {}).get("op") != "D":
            at[event["seq"]] = event
    rows = []
    for of_key in moments.values():
        current = None
        for seq in sorted(of_key):
            event = of_key[seq]
            goes_on = current and event["op"] != "D" and (event["name"], event["op"]) == (current["name"], current["op"])
            if current and not goes_on:
                rows.append(current | {"__END_AT": seq})
            start = current["__START_AT"] if goes_on else seq
            current = None if event["op"] == "D" else event | {"__START_AT": start, "__END_AT": None}
        if current:
            rows.append(current)
    return rows


SHOWN = {"SCD_TYPE_1": latest, "SCD_TYPE_2": history}


def expect_rows(pipeline: FilesPipeline, expected: list[dict]) -> None:
    def order(row: dict) -> str:
        return str(sorted(row.items()))
    rows = delta_tables.read_with_polars(pipeline.table_path).to_pylist()
    found = [{name: value for name, value in row.items() if name != "_rescued_data"} for row in rows]
    assert sorted(found, key=order) == sorted(expected, key=order)


@pytest.mark.parametrize("more", ({}, {"max_compat": True}, {"partition_columns": "name"}),
                         ids=("deletion-vectors", "copy-on-write", "partitions"))
@pytest.mark.parametrize("scd_type", SHOWN)
def test_killed_at_every_step_of_a_merge(tmp_path, scd_type, more, kills, kill_seed):
    pipeline = FilesPipeline(tmp_path, OPTIONS | {"scd_type": scd_type} | more)
    moments = random.Random(kill_seed)
    stream = Events(kill_seed)
    events: list[dict] = []
    num_killed = number = 0
    while num_killed < kills:
        number += 1
        drawn = stream.draw(60)
        events += drawn
        pipeline.put(f"{number:06}.jsonl", drawn)
        while True:
            where = f"{moments.choice(STEPS)}:{moments.randint(1, 6)}"
            done = subprocess.run(pipeline.command(*WORDS, program=STOPPING_INLET), env={"INLET_KILL_AT": where},
                                  capture_output=True, text=True, timeout=300)
            assert done.returncode in (0, -signal.SIGKILL), done.stdout + done.stderr
            if done.returncode == 0:
                break
            num_killed += 1
        expect_rows(pipeline, SHOWN[scd_type](events))


@pytest.mark.parametrize("scd_type", SHOWN)
def test_the_order_of_coming_does_not_matter(tmp_path, scd_type):
    drawn = [event | {"name": f"{event['seq']}"} for event in Events(3).draw(300)]  # no two upserts tie with other values
    for number in range(3):
        shuffled = random.Random(number).sample(drawn, len(drawn))
        pipeline = FilesPipeline(tmp_path / str(number), OPTIONS | {"scd_type": scd_type})
        for part in range(0, 300, 100):
            pipeline.put(f"{part}.jsonl", shuffled[part:part + 100])
            pipeline.run_well(*WORDS)
        expect_rows(pipeline, SHOWN[scd_type](drawn))
