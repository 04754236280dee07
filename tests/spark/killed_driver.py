"""Follows a folder of files with a stream whose driver, and all of its processes, are killed in the second micro-batch. Usage:
killed_driver.py FOLDER OPTIONS; OPTIONS are the stream's as JSON. The ids of each micro-batch, in order, go to FOLDER/batches."""

import json
import os
import signal
import sys
from pathlib import Path


def main(folder: Path, options: dict[str, str]) -> None:
    import conftest
    from files_source import FilesSource
    (folder / "events").mkdir()
    spark = conftest.start_session(folder / "events")

    def take(rows, batch):
        ids = rows.toArrow().sort_by("place")["id"].to_pylist()
        with open(folder / "batches", "a") as file:
            file.write(json.dumps(ids) + "\n")
        if batch == 1:
            os.killpg(0, signal.SIGKILL)

    FilesSource(folder).stream(spark, take, **options)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
