"""Eight pipelines that write disjoint keys to one table."""

import random
import subprocess
from pathlib import Path

from files_pipeline import FilesPipeline

NUM_WRITERS = 8
OPTIONS = {"schema": "id bigint, seq bigint, op string, name string, writer bigint", "primary_keys": "id", "sequence_by": "seq",
           "scd_type": "SCD_TYPE_1", "apply_as_deletes": "op = 'D'", "page_size": "1024"}


class ManyWriters:
    def __init__(self, folder: Path, **options: str):
        self._chance = random.Random(7)
        self._writers = [FilesPipeline(folder / f"writer{number}", OPTIONS | options, str(folder / "warehouse")) for number in range(NUM_WRITERS)]
        self._latest: dict[int, dict] = {}
        self._round = 0
        self.table_path = self._writers[0].table_path

    def run_round(self) -> None:
        """New events for each, and all of them run at once and end well."""
        for number, writer in enumerate(self._writers):
            events = self._drawn(number)
            writer.put(f"{self._round}.jsonl", events)
            self._latest |= {event["id"]: event for event in events}
        self._round += 1
        processes = [subprocess.Popen(writer.command("--commit-rows", "25"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                     for writer in self._writers]
        for process in processes:
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, out + err

    def _drawn(self, writer: int) -> list[dict]:
        return [{"id": writer + NUM_WRITERS * self._chance.randrange(30), "seq": self._round * 1000 + number,
                 "op": "D" if self._chance.random() < 0.2 else "U", "name": f"{writer}/{self._round}/{number}", "writer": writer} for number in range(100)]

    def expect_all(self, rows: list[dict]) -> None:
        found = sorted((row["id"], row["seq"], row["name"]) for row in rows)
        assert found == sorted((event["id"], event["seq"], event["name"]) for event in self._latest.values() if event["op"] != "D")
