"""Follows a folder of lines with a stream whose first Python worker is killed in the middle of what it decodes. Usage: killed_worker.py
FOLDER [OPTION VALUE]; the option is one of the stream. Prints, for each micro-batch, its rows, the sum of their ids, how many tasks were
begun for how many segments, and whether these are still what had landed."""

import hashlib
import json
import os
import signal
import sys
from pathlib import Path

from inlet.spark import LakeflowSource
from inlet.spark.stream import TableStreamReader

NUM_FILES = 2
LINES_OF_FILE = 60_000


def num_lines() -> int:
    return NUM_FILES * LINES_OF_FILE


def write_lines(folder: Path) -> None:
    folder.mkdir()
    for number in range(NUM_FILES):
        first = number * LINES_OF_FILE
        lines = (json.dumps({"id": one, "text": "x" * 150}) for one in range(first, first + LINES_OF_FILE))
        (folder / f"{number}.jsonl").write_text("\n".join(lines))


def is_first(place: Path) -> bool:
    """True for one process alone: tasks run side by side."""
    try:
        place.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


class DyingReader(TableStreamReader):
    def read(self, partition):
        begun = Path(self._landing).parent / "begun"
        with open(begun, "a") as file:
            file.write("task\n")
        for number, batch in enumerate(super().read(partition)):
            if number == 1 and is_first(begun.with_name("died")):
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch


class DyingSource(LakeflowSource):
    @classmethod
    def name(cls):
        return "dying"

    def streamReader(self, schema):
        reader = super().streamReader(schema)
        return DyingReader(reader._options, schema)


def main(folder: Path, *option: str) -> None:
    import conftest
    options = dict([option] if option else [])
    write_lines(folder / "drop")
    connections = folder / "connections.yaml"
    connections.write_text(json.dumps({"connections": {"drop": {"connector": "files", "url": str(folder / "drop")}}}))
    (folder / "events").mkdir()
    landing = folder / "landing"
    # Two tries of a task.
    spark = conftest.start_session(folder / "events", master="local[1,2]")
    spark.dataSource.register(DyingSource)
    told = []

    def landed() -> list[str]:
        return [hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(landing.iterdir())]

    def take(rows, _):
        before = landed()
        counted = rows.selectExpr("count(*)", "sum(id)").first()
        begun = len((folder / "begun").read_text().splitlines())
        [end] = [json.loads(line)["segment"] for line in (folder / "checkpoint/offsets/0").read_text().splitlines()[-1:]]
        told.append({"rows": counted[0], "ids": counted[1], "begun": begun, "segments": end, "is_unchanged": landed() == before})

    rows = (spark.readStream.format("dying").option("databricks.connection", "drop").option("tableName", "files")
            .option("connections", str(connections)).option("schema", "id bigint NOT NULL, text string").option("landing", str(landing))
            .options(**options).load())
    query = rows.writeStream.foreachBatch(take).option("checkpointLocation", str(folder / "checkpoint")).trigger(availableNow=True).start()
    query.awaitTermination()
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
