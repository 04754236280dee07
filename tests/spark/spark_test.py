"""Spark with Delta reads our tables, changes them, and we go on from there."""

import delta_tables
import github_tables
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
