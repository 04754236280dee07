"""What Spark takes to read tables. Usage: spark_read.py JARS_FOLDER TABLE_FOLDER...

Prints the seconds that each takes, all columns of all rows, the best of five after one to warm up; they take turns.
"""

import json
import sys
import time

from pyspark.sql import functions
from spark_session import make_session


def main() -> None:
    jars, *folders = sys.argv[1:]
    spark = make_session(jars)

    def seconds(folder: str) -> float:
        begin = time.perf_counter()
        rows = spark.read.format("delta").load(folder)
        rows.select(functions.sum(functions.xxhash64(*rows.columns) % 1000)).collect()
        return time.perf_counter() - begin

    rounds = [[seconds(folder) for folder in folders] for _ in range(6)][1:]
    spark.stop()
    print(json.dumps([min(times) for times in zip(*rounds, strict=True)]))


if __name__ == "__main__":
    main()
