"""A batch opens the files of a table that may have rows of its keys, and no others."""

import json
import random
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import polars
import pytest
from files_pipeline import FilesPipeline
from inlet.spark import ingest
from inlet.spark.key_ranges import ranges_of
from pyspark.sql import functions as F

# Columns by which a table is laid out, file by file, all in the order of `number`.
LAID_OUT = {
    "bigint": "number * 1000000007 - 4611686018427387904", "int": "CAST(number - 400 AS INT)", "smallint": "CAST(number AS SMALLINT)",
    "decimal": "CAST(number * 0.01 AS DECIMAL(20,2))", "date": "date_add(DATE'1969-12-01', CAST(number AS INT))",
    "timestamp": "timestamp_micros(number * 999 - 400000)", "timestamp_ntz": "timestampadd(MICROSECOND, number * 999, TIMESTAMP_NTZ'1969-12-31 23:59:59')",
    "string": "concat('https://api.example.org/ü/', lpad(CAST(number AS STRING), 7, '0'))", "partition": "CAST(number DIV 100 AS STRING)",
    "member": "named_struct('id', number, 'other', 'x')"}
PATHS = {name: name for name in LAID_OUT} | {"member": "member.id"}
NUM_ROWS, NUM_FILES = 800, 8


@pytest.fixture(scope="module")
def table(spark, tmp_path_factory):
    path = str(tmp_path_factory.mktemp("laid_out") / "table")
    rows = spark.range(NUM_ROWS).toDF("number").selectExpr("number", "CAST(number AS DOUBLE) AS double",
                                                           *[f"{text} AS {name}" for name, text in LAID_OUT.items()])
    rows.repartitionByRange(NUM_FILES, "number").write.format("delta").partitionBy("partition").save(path)
    return spark.read.format("delta").load(path)


def num_files_read(rows) -> int:
    rows.collect()
    leaves = rows._jdf.queryExecution().executedPlan().collectLeaves()
    return sum(leaves.apply(i).metrics().get("numFiles").get().value() for i in range(leaves.size()))


@pytest.mark.parametrize("name", LAID_OUT)
def test_files_without_a_key_of_the_batch_are_left_out(table, name):
    changes = table.where("number IN (103, 105, 106, 199, 731)").drop("number").persist()
    path = PATHS[name]
    found = table.where(ranges_of(changes, [path], table.schema).condition())
    assert num_files_read(found) == 2
    wanted = changes.select(F.expr(path).alias("key")).distinct()
    assert found.join(wanted, F.expr(path).eqNullSafe(F.col("key")), "left_semi").count() == (200 if name == "partition" else 5)


def test_each_column_of_a_key_leaves_out_what_it_can(table):
    changes = table.where("number IN (103, 731)").persist()
    assert num_files_read(table.where(ranges_of(changes, ["double", "partition", "string"], table.schema).condition())) == 2
    assert ranges_of(changes, ["double"], table.schema).condition() == "TRUE"


def drawn(draw: random.Random) -> dict:
    """A row of any values, the extreme ones among them."""
    text = "".join(draw.choice("aAzü\u4e16\U0001f600'\\\"\n`{}0") for _ in range(draw.choice([0, 1, 3, 40])))
    number = draw.choice([0, -1, 2**63 - 1, -2**63, draw.randrange(-2**62, 2**62), draw.randrange(100)])
    moment = draw.choice([datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999),
                          datetime(1970, 1, 1) + timedelta(microseconds=draw.randrange(-10**15, 10**16))])
    row = {"text": text, "bigint": number, "tinyint": draw.randrange(-128, 128), "ntz": moment, "at": moment.replace(tzinfo=timezone.utc),
           "day": draw.choice([date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)]),
           "wide": Decimal(draw.randrange(-10**38 + 1, 10**38)).scaleb(-10), "member": {"id": draw.randrange(1000)}}
    return {name: None if draw.random() < 0.05 else value for name, value in row.items()}


SCHEMA = "text string, bigint bigint, tinyint tinyint, ntz timestamp_ntz, at timestamp, day date, wide decimal(38,10), member struct<id:bigint>"


@pytest.mark.parametrize("num_rows", [0, 1, 3, 2000])
def test_every_key_of_a_batch_lies_in_its_ranges(spark, num_rows):
    draw = random.Random(num_rows)
    changes = spark.createDataFrame([drawn(draw) for _ in range(num_rows)], SCHEMA).persist()
    for path in ("text", "bigint", "tinyint", "ntz", "at", "day", "wide", "member.id"):
        condition = ranges_of(changes, [path], changes.schema).condition()
        assert changes.where(f"({condition}) IS NOT TRUE").collect() == [], condition


OPTIONS = {"schema": "id bigint, seq bigint, name string", "sequence_by": "seq", "primary_keys": "id", "upkeep": "off"}


@contextmanager
def without_files(folder: Path, first: int, last: int):
    """Data files whose ids all lie between these are not there meanwhile."""
    adds = [action["add"] for log in folder.glob("_delta_log/*.json") for action in map(json.loads, log.read_text().splitlines()) if "add" in action]
    stats = {add["path"]: json.loads(add["stats"]) for add in adds}
    hidden = [folder / path for path, of in stats.items() if first <= of["minValues"]["id"] and of["maxValues"]["id"] <= last]
    assert hidden, folder
    for file in hidden:
        file.rename(file.with_suffix(".away"))
    yield
    for file in hidden:
        file.with_suffix(".away").rename(file)


def events(first: int, name: str, seq: int) -> list[dict]:
    """A hundred keys, each with an event that the next one makes invisible: it lies in the auxiliary table."""
    return [{"id": first + i, "seq": seq + later, "name": name} for i in range(100) for later in (0, 1)]


@pytest.mark.parametrize("rules", [{"scd_type": "SCD_TYPE_2"}, {"scd_type": "APPEND_ONLY"}], ids=lambda rules: rules["scd_type"])
def test_ingest_opens_no_file_of_other_keys(spark, tmp_path, rules):
    native, in_spark = (FilesPipeline(tmp_path / name, OPTIONS | rules) for name in ("native", "spark"))
    for number in range(4):
        for pipeline in (native, in_spark):
            pipeline.put(f"{number}.jsonl", events(100 * number, "a", 10))
            pipeline.run_well()
    for pipeline in (native, in_spark):
        pipeline.put("late.jsonl", [*events(0, "b", 11)[:20], *events(300, "a", 5)[:20]])
    native.run_well()
    tables = [name for name in ("rows", "rows_aux") if (Path(in_spark.warehouse) / name).exists()]
    with ExitStack() as away:
        for name in tables:
            away.enter_context(without_files(Path(in_spark.warehouse) / name, 100, 299))
        ingest(spark, in_spark.folder / "pipeline.yaml", warehouse=in_spark.warehouse, connections=in_spark.folder / "connections.yaml")
    for name in tables:
        found, wanted = (polars.scan_delta(str(Path(of.warehouse) / name)).collect().rows() for of in (in_spark, native))
        assert sorted(found, key=repr) == sorted(wanted, key=repr), name
