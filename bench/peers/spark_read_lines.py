"""Batch reads of issues as JSON lines inside Spark. Usage: spark_read_lines.py LINES CORES CONNECTIONS CONTENDER...

Contenders: inlet, spark (its own JSON reader), parsed (a Python data source that parses the lines and yields tuples), ready (one that
yields tuples made before). Prints rows, a digest of each, and the seconds of reads into nothing.
"""

import json
import os
import sys
import time
from datetime import datetime
from itertools import chain, islice, repeat
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition

BENCH = str(Path(__file__).resolve().parent.parent)
sys.path.insert(0, BENCH)
from issues import COLUMNS, spark_columns  # noqa: E402

SETTINGS = {
    "spark.driver.memory": "4g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
TIMES = [name for name, type_ in COLUMNS.items() if type_ == "timestamp"]
NUM_READY = 10_000
ROUNDS = 2  # the second is with a warm JVM


class Lines(InputPartition):
    def __init__(self, begin: int, end: int):
        self.begin, self.end = begin, end


def lines_of(path: str, part: Lines):
    """The lines that begin in the range."""
    with open(path, "rb") as file:
        if part.begin:
            file.seek(part.begin - 1)
            file.readline()
        while file.tell() < part.end:
            yield file.readline()


def tuple_of(record: dict) -> tuple:
    for name in TIMES:
        if record.get(name):
            record[name] = datetime.fromisoformat(record[name])
    return tuple(record.get(name) for name in COLUMNS)


class ParsedReader(DataSourceReader):
    def __init__(self, options):
        self.path, self.cores, self.is_ready = options["path"], int(options["cores"]), "ready" in options

    def partitions(self):
        size = os.path.getsize(self.path)
        cuts = [size * part // self.cores for part in range(self.cores + 1)]
        return [Lines(begin, end) for begin, end in zip(cuts, cuts[1:])]

    def read(self, partition):
        tuples = map(tuple_of, map(json.loads, lines_of(self.path, partition)))
        if not self.is_ready:
            yield from tuples
            return
        made = list(islice(tuples, NUM_READY))
        count = sum(1 for _ in lines_of(self.path, partition))
        yield from islice(chain.from_iterable(repeat(made)), count)


class ParsedSource(DataSource):
    @classmethod
    def name(cls):
        return "parsed_lines"

    def schema(self):
        return spark_columns()

    def reader(self, schema):
        return ParsedReader(self.options)


def read(spark: SparkSession, contender: str, lines: str, cores: str, connections: str) -> DataFrame:
    if contender == "spark":
        return spark.read.schema(spark_columns()).json(lines)
    if contender == "inlet":
        return (spark.read.format("lakeflow_connect").option("databricks.connection", "bench").option("connections", connections)
                .option("tableName", "files").option("format", "jsonl").option("schema", spark_columns()).load())
    options = {"path": lines, "cores": cores} | ({"ready": "yes"} if contender == "ready" else {})
    return spark.read.format("parsed_lines").options(**options).load()


def start_session(cores: str) -> SparkSession:
    # Workers are this Python, and not the first of PATH; they take the columns from where this does.
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "PYTHONPATH": BENCH}
    builder = SparkSession.builder.master(f"local[{cores}]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def main() -> None:
    lines, cores, connections, *contenders = sys.argv[1:]
    spark = start_session(cores)
    spark.dataSource.register(ParsedSource)
    columns = ", ".join(COLUMNS)
    told = {}
    for contender in contenders:
        rows = read(spark, contender, lines, cores, connections)
        count, digest = rows.selectExpr("count(*)", f"bit_xor(xxhash64({columns}))").first()
        seconds = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            rows.write.format("noop").mode("overwrite").save()
            seconds.append(time.perf_counter() - begin)
        told[contender] = {"rows": count, "digest": digest, "seconds": seconds}
    spark.stop()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
