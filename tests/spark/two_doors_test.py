"""Histories, snapshots and deletes: the tables of `ingest(spark, spec)` are the native program's, row for row, and so is what lies beside
them for late events."""

import json
from pathlib import Path

import polars
import pytest
from files_pipeline import FilesPipeline
from github_simulator import GithubSimulator
from github_tables import TABLES
from inlet_program import Pipeline
from inlet.spark import ingest
from test_change_stream import OPTIONS, Events

# Duplicates that a connector marks in its pages are known to the native program alone.
COUNTS = ("committed", "unchanged", "quarantined", "deleted")


def rows_of(path: Path) -> list[str]:
    """A table's rows as sorted texts; none where there is no table."""
    if not path.exists():
        return []
    table = polars.scan_delta(str(path)).collect()
    return sorted(repr(sorted(row.items())) for row in table.iter_rows(named=True))


def bring(spark, pipeline: FilesPipeline, **options):
    folder = pipeline.folder
    return ingest(spark, folder / "pipeline.yaml", warehouse=pipeline.warehouse, connections=folder / "connections.yaml", **options)


class GithubDoors:
    """Tables of every kind from one simulator, kept by one of the doors."""

    OBJECTS = {"issues": ("issues", {"apply_as_deletes": "state = 'closed'"}),
               "issues_history": ("issues", {"scd_type": "SCD_TYPE_2", "track_history_except_columns": ["updated_at"]}),
               "issues_log": ("issues", {"scd_type": "APPEND_ONLY"}),
               "branches": ("branches", {}), "branches_history": ("branches", {"scd_type": "SCD_TYPE_2"})}

    def __init__(self, folder: Path, base_url: str):
        self.pipeline = Pipeline(folder, base_url, {})
        objects = [{"table": {"source_table": source, "destination_table": name, "table_configuration": TABLES[source].options | rules}}
                   for name, (source, rules) in self.OBJECTS.items()]
        self.pipeline.spec_file.write_text(json.dumps({"connection_name": "github", "objects": objects}))
        connection = {"connector": "github", "base_url": base_url}
        self.pipeline.connections_file.write_text(json.dumps({"connections": {"github": connection}}))

    def ingest(self, spark):
        return ingest(spark, self.pipeline.spec_file, warehouse=self.pipeline.warehouse, connections=self.pipeline.connections_file)

    def rows(self) -> dict[str, list[str]]:
        return {name: rows_of(self.pipeline.table_path(name)) for name in (*self.OBJECTS, "issues_aux", "issues_history_aux")}


def test_every_kind_of_table_is_the_same_through_both_doors(spark, tmp_path):
    with GithubSimulator(issues=80, branches=12) as simulator:
        native, in_spark = GithubDoors(tmp_path / "native", simulator.base_url), GithubDoors(tmp_path / "spark", simulator.base_url)
        for changes in ({}, {"issues": 15, "create_issues": 4, "delete_branches": 2}, {"issues": 9, "create_branches": 1}, {"issues": 5}):
            if changes:
                simulator.mutate(**changes)
            told = native.pipeline.run_well().report["tables"]
            report = in_spark.ingest(spark)
            wanted, found = native.rows(), in_spark.rows()
            for name in wanted:
                assert found[name] == wanted[name], name
            for table in told:
                records = report.table(table["table"])["records"]
                assert {name: records[name] for name in COUNTS} == {name: table["records"][name] for name in COUNTS}, table["table"]


@pytest.mark.parametrize("rules", [{"scd_type": "SCD_TYPE_1"}, {"scd_type": "SCD_TYPE_2"},
                                   {"scd_type": "SCD_TYPE_2", "ignore_null_updates": True}], ids=lambda rules: "-".join(map(str, rules.values())))
def test_late_events_and_deletes_mean_the_same_whoever_brings_them(spark, tmp_path, rules):
    events = Events(seed=11)
    native, moving = (FilesPipeline(tmp_path / name, OPTIONS | rules) for name in ("native", "moving"))
    for number in range(3):
        drawn = events.draw(60)
        if rules.get("ignore_null_updates"):
            drawn = [event | {"name": None} if event["name"] == "c" else event for event in drawn]
        for pipeline in (native, moving):
            pipeline.put(f"{number}.jsonl", drawn)
        native.run_well()
        # To Spark and back.
        if number == 1:
            moving.run_well()
        else:
            bring(spark, moving)
        found, wanted = ([rows_of(Path(of.warehouse) / table) for table in ("rows", "rows_aux")] for of in (moving, native))
        assert found[0] == wanted[0], number
        # The program looks at no more than the end of a history where that is enough, and what is kept beyond need stays longer.
        assert set(found[1]) <= set(wanted[1]), number
        assert found[1] == wanted[1] or "SCD_TYPE_2" in rules.values(), number
