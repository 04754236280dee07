"""Spark with Delta reads our tables, changes them, and we go on from there."""

from datetime import date, datetime

import delta_tables
import github_tables
from files_pipeline import FilesPipeline
from github_simulator import GithubSimulator
from inlet_program import Pipeline

CHANGES = {"issues": 17, "create_issues": 5, "branches": 4, "create_branches": 2, "delete_branches": 3}


def expect_all(spark, pipeline: Pipeline, simulator: GithubSimulator) -> None:
    readers = {"spark": lambda path: spark.read.format("delta").load(str(path)).toArrow()}
    for name in pipeline.tables:
        table = github_tables.TABLES[name]
        truth = github_tables.truth_of(simulator, name)
        delta_tables.expect_truth(pipeline.table_path(name), truth, table.key, table.extras, readers)


def test_spark_reads_every_table_as_it_was_served(spark, tmp_path):
    with GithubSimulator(issues=700) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of())
        pipeline.run_well()
        expect_all(spark, pipeline, simulator)


def test_spark_reads_rows_that_were_replaced_in_place(spark, tmp_path):
    with GithubSimulator(issues=700) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues", "branches"))
        pipeline.run_well()
        simulator.mutate(**CHANGES)
        pipeline.run_well()
        expect_all(spark, pipeline, simulator)


def test_a_table_that_spark_compacted_goes_on(spark, tmp_path):
    with GithubSimulator(issues=700) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))
        pipeline.run_well("--commit-rows", "200")
        simulator.mutate(issues=17)
        pipeline.run_well()
        spark.sql(f"OPTIMIZE delta.`{pipeline.table_path('issues')}`")
        simulator.mutate(issues=9, create_issues=3)
        finished = pipeline.run_well()
        assert finished.table("issues")["records"]["committed"] >= 12
        expect_all(spark, pipeline, simulator)


def test_a_row_that_spark_deleted_stays_away_until_it_changes(spark, tmp_path):
    with GithubSimulator(issues=300) as simulator:
        pipeline = Pipeline(tmp_path, simulator.base_url, github_tables.options_of("issues"))
        pipeline.run_well()
        spark.sql(f"DELETE FROM delta.`{pipeline.table_path('issues')}` WHERE number = 1")
        pipeline.run_well()
        numbers = delta_tables.read_with_deltalake(pipeline.table_path("issues")).column("number").to_pylist()
        assert sorted(numbers) == list(range(2, 301))


def spark_rows(spark, path) -> list[dict]:
    rows = spark.read.format("delta").load(str(path)).drop("_rescued_data").toArrow().to_pylist()
    return sorted(rows, key=lambda row: row["id"])


PARTITIONED = {"schema": "id BIGINT, seq BIGINT, kind STRING, day DATE, at TIMESTAMP", "primary_keys": "id", "sequence_by": "seq",
               "scd_type": "SCD_TYPE_1"}
PARTITION_COLUMNS = ["kind", "day", "at"]


def partitioned_row(number: int, seq: int) -> dict:
    return {"id": number, "seq": seq, "kind": ("a/b c", "100%", "ü", "", None, "x=y")[(number + seq) % 6],
            "day": ("2024-02-29", None)[number % 2], "at": ("2024-05-01T10:00:00.123456Z", None, "1969-12-31T23:59:59Z")[number % 3]}


def as_read(row: dict) -> dict:
    day, at = row["day"], row["at"]
    return row | {"kind": row["kind"] or None, "day": day and date.fromisoformat(day), "at": at and datetime.fromisoformat(at[:-1] + "+00:00")}


def test_spark_and_we_change_a_partitioned_table_in_turn(spark, tmp_path):
    pipeline = FilesPipeline(tmp_path, PARTITIONED | {"partition_columns": PARTITION_COLUMNS})
    path = pipeline.table_path
    rows = {number: partitioned_row(number, 1) for number in range(60)}
    pipeline.put("1.jsonl", list(rows.values()))
    pipeline.run_well()
    rows |= {number: partitioned_row(number, 2) for number in range(0, 60, 4)}
    pipeline.put("2.jsonl", list(rows.values()))
    pipeline.run_well()
    assert spark_rows(spark, path) == [as_read(row) for row in rows.values()]
    assert spark.sql(f"SELECT count(*) FROM delta.`{path}` WHERE kind = '100%'").first()[0] == sum(
        row["kind"] == "100%" for row in rows.values())

    spark.sql(f"""MERGE INTO delta.`{path}` t USING (SELECT id + 0 AS id FROM range(10)) s ON t.id = s.id
                  WHEN MATCHED THEN UPDATE SET kind = 'Spark: moved', seq = 3""")
    rows |= {number: rows[number] | {"kind": "Spark: moved", "seq": 3} for number in range(10)}
    spark.sql(f"OPTIMIZE delta.`{path}` WHERE kind = 'Spark: moved'")
    rows |= {number: partitioned_row(number, 4) for number in range(5, 70, 5)}
    pipeline.put("3.jsonl", [rows[number] for number in range(5, 70, 5)])
    pipeline.run_well()
    assert spark_rows(spark, path) == [as_read(row) for _, row in sorted(rows.items())]


def test_a_partitioned_table_that_spark_has_made_goes_on(spark, tmp_path):
    pipeline = FilesPipeline(tmp_path, PARTITIONED)
    path = pipeline.table_path
    rows = {number: partitioned_row(number, 1) for number in range(30)}
    frame = spark.createDataFrame([as_read(row) for row in rows.values()], "id BIGINT, seq BIGINT, kind STRING, day DATE, at TIMESTAMP")
    frame.write.format("delta").partitionBy(*PARTITION_COLUMNS).option("delta.enableDeletionVectors", "true").save(str(path))
    rows |= {number: partitioned_row(number, 2) for number in range(20, 40)}
    pipeline.put("1.jsonl", [rows[number] for number in range(20, 40)])
    finished = pipeline.run_well()
    assert finished.table("rows")["records"]["committed"] == 20
    assert spark_rows(spark, path) == [as_read(row) for row in rows.values()]
