"""Landing and decoding inside Spark. Usage: spark_landing.py CORES CONNECTIONS WORK; prints rows and seconds of the second of two streams.

A stream brings all lines into a landing folder and decodes them into nothing. The first one is for the JVM to warm up.
"""

import json
import sys
import time
from pathlib import Path

from issues import spark_columns
from peers.spark_read_lines import start_session


def run(spark, connections: str, folder: Path) -> tuple[float, int]:
    rows = (spark.readStream.format("lakeflow_connect").option("databricks.connection", "bench").option("connections", connections)
            .option("tableName", "files").option("format", "jsonl").option("schema", spark_columns())
            .option("landing", str(folder / "landing")).load())
    begin = time.perf_counter()
    query = rows.writeStream.format("noop").option("checkpointLocation", str(folder / "checkpoint")).trigger(availableNow=True).start()
    query.awaitTermination()
    seconds = time.perf_counter() - begin
    return seconds, sum(one["numInputRows"] for one in map(json.loads, (progress.json for progress in query.recentProgress)))


def main() -> None:
    cores, connections, work = sys.argv[1:]
    spark = start_session(cores)
    for name in ("first", "second"):
        seconds, rows = run(spark, connections, Path(work) / name)
    spark.stop()
    print(json.dumps({"rows": rows, "seconds": seconds}))


if __name__ == "__main__":
    main()
