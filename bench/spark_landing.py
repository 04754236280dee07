"""Streams inside Spark. Usage: spark_landing.py KIND CORES CONNECTIONS WORK; prints rows and seconds of the faster of the later streams.

A stream brings all lines into nothing: `landed`, by pages that the driver lands and executors decode, as it does for an API; `planned`, by
shares that executors read themselves. The first stream is for the JVM to warm up.
"""

import json
import sys
import time
from pathlib import Path

from issues import spark_columns
from peers.spark_read_lines import start_session


# A limit of rows is kept by landing pages.
OPTIONS = {"landed": {"maxRowsPerTrigger": "400000"}, "planned": {}}
ROUNDS = 3


def run(spark, kind: str, connections: str, folder: Path) -> tuple[float, int]:
    rows = (spark.readStream.format("lakeflow_connect").option("databricks.connection", "bench").option("connections", connections)
            .option("tableName", "files").option("format", "jsonl").option("schema", spark_columns())
            .option("landing", str(folder / "landing")).options(**OPTIONS[kind]).load())
    begin = time.perf_counter()
    query = rows.writeStream.format("noop").option("checkpointLocation", str(folder / "checkpoint")).trigger(availableNow=True).start()
    query.awaitTermination()
    seconds = time.perf_counter() - begin
    return seconds, sum(one["numInputRows"] for one in map(json.loads, (progress.json for progress in query.recentProgress)))


def main() -> None:
    kind, cores, connections, work = sys.argv[1:]
    spark = start_session(cores)
    streams = [run(spark, kind, connections, Path(work) / str(number)) for number in range(ROUNDS)]
    spark.stop()
    seconds, rows = min(streams[1:])
    print(json.dumps({"rows": rows, "seconds": seconds, "all_seconds": [one for one, _ in streams]}))


if __name__ == "__main__":
    main()
