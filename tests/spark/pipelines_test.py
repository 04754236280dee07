"""Declarative pipelines: a project of `inlet spark-pipeline` that Spark runs, and what is defined where the platform can do more."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars
import pytest
from inlet.errors import ConfigError
from inlet.pipelines import pipeline_call
from inlet.spark.merge import POSITION, ROLE
from inlet.spark.pipelines import Platform, Project, flow_name
from inlet_program import INLET, TOKEN
from shop_pipeline import ShopPipeline



class FilesProject:
    """Folders of files, a table for each, and the project that keeps them."""

    SPEC = {"connection_name": "drop", "objects": [
        {"table": {"source_table": "clicks", "table_configuration": {"schema": "n bigint, kind string", "partition_columns": ["kind"]}}},
        {"table": {"source_table": "orders", "destination_schema": "shop", "table_configuration": {
            "schema": "id bigint NOT NULL, at bigint", "primary_keys": ["id"], "sequence_by": ["at"]}}}]}

    def __init__(self, folder: Path):
        self.folder = folder
        self.lake = folder / "lake"
        self.spec_file = folder / "events.yaml"
        self.spec_file.write_text(json.dumps(self.SPEC))
        self.connections_file = folder / "connections.yaml"
        self.connections_file.write_text(json.dumps({"connections": {"drop": {"connector": "files", "url": str(folder / "drop")}}}))

    def put(self, name: str, *lines: str) -> None:
        file = self.folder / "drop" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(line + "\n" for line in lines))

    def inlet(self, *words: str) -> None:
        command = [INLET, words[0], self.spec_file, "--connections", self.connections_file, "--warehouse", self.lake, *words[1:]]
        subprocess.run(command, check=True, capture_output=True)

    def run(self, remote: str) -> None:
        """`spark-pipelines run`, as a user does, where a Connect server with Delta is there."""
        python = Path(sys.executable)
        command = [python.parent / "spark-pipelines", "run", "--remote", remote, "--spec", self.folder / "project/spark-pipeline.yml"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300,
                              env=os.environ | {"PYSPARK_PYTHON": str(python), "PATH": f"{python.parent}:{os.environ['PATH']}"})
        assert done.returncode == 0, done.stderr[-6000:]

    def values(self, table: str, column: str) -> list:
        return sorted(polars.read_delta(str(self.lake / table))[column].to_list())


@pytest.fixture
def remote(spark):
    """The session's own process as a Connect server: another one would take as long to start as all of this does."""
    service = spark._jvm.org.apache.spark.sql.connect.service.SparkConnectService
    conf = spark.sparkContext._jsc.sc().conf()
    conf.set("spark.connect.grpc.binding.port", "0").set("spark.connect.grpc.binding.address", "127.0.0.1")
    service.start(spark.sparkContext._jsc.sc())
    port = getattr(getattr(spark._jvm, "org.apache.spark.sql.connect.service.SparkConnectService$"), "MODULE$").localPort()
    yield f"sc://127.0.0.1:{port}"
    service.stop(spark._jvm.scala.Option.empty(), spark._jvm.scala.Option.empty())


def test_spark_runs_the_project_and_every_row_is_there_once(remote, tmp_path):
    project = FilesProject(tmp_path)
    project.put("clicks/1.jsonl", '{"n": 1, "kind": "a"}', '{"n": 2, "kind": "b"}')
    project.inlet("run", "--only", "clicks")
    project.inlet("spark-pipeline", "--output", str(tmp_path / "project"))
    project.put("clicks/2.jsonl", '{"n": 3, "kind": "a"}', '{"n": ')
    project.put("orders/1.jsonl", '{"id": 1, "at": 1}', '{"id": 1, "at": 1}', '{"id": 1, "at": 2}')
    project.run(remote)
    # The pipeline goes on where the program stood, and an event that is sent twice is one row.
    assert project.values("clicks", "n") == [1, 2, 3]
    assert project.values("shop/orders", "at") == [1, 2]
    project.put("clicks/3.jsonl", '{"n": 4, "kind": null}')
    project.put("orders/2.jsonl", '{"id": 1, "at": 2}', '{"id": 2, "at": 2}')
    project.run(remote)
    assert project.values("clicks", "n") == [1, 2, 3, 4]
    assert project.values("shop/orders", "at") == [1, 2, 2]
    assert polars.read_delta(str(tmp_path / "lake/clicks_quarantine")).height == 1


class Definitions:
    """Stands for Spark's module of pipelines: takes down what is defined. The functions and parameters are those of a platform."""

    def __init__(self):
        self.made = {}
        self.queries = {}

    def create_sink(self, name, format, options=None):
        self.made[name] = ("sink", {"format": format, "options": options})

    def create_streaming_table(self, name, *, partition_cols=None, cluster_by=None):
        self.made[name] = ("table", {"partition_cols": partition_cols, "cluster_by": cluster_by})

    def append_flow(self, *, target, name):
        def take(query):
            self.made[f"{name} -> {target}"] = ("append_flow", {})
            self.queries[name] = query
        return take

    def temporary_view(self, *, name):
        return lambda query: self.queries.update({name: query})


class WithChanges(Definitions):
    def create_auto_cdc_flow(self, target, source, keys, sequence_by, apply_as_deletes=None, except_column_list=None, stored_as_scd_type=None):
        self.made[f"{source} -> {target}"] = ("changes", {
            "keys": keys, "sequence_by": str(sequence_by), "apply_as_deletes": str(apply_as_deletes),
            "except_column_list": except_column_list, "stored_as_scd_type": stored_as_scd_type})


class WithAll(WithChanges):
    def create_auto_cdc_flow(self, *, ignore_null_updates=False, track_history_column_list=None, track_history_except_column_list=None, **of_scd1):
        super().create_auto_cdc_flow(**of_scd1)
        more = {"ignore_null_updates": ignore_null_updates, "track_history_column_list": track_history_column_list,
                "track_history_except_column_list": track_history_except_column_list}
        [*_, (_, described)] = self.made.values()
        described.update({name: value for name, value in more.items() if value})

    def create_auto_cdc_from_snapshot_flow(self, target, source, keys, stored_as_scd_type, track_history_column_list=None,
                                           track_history_except_column_list=None):
        self.made[f"{source} -> {target}"] = ("snapshot", {"keys": keys, "stored_as_scd_type": stored_as_scd_type})


KINDS = {"events": {}, "orders": {"sequence_by": ["updated_at", "id"], "apply_as_deletes": "paid = true"},
         "customers": {}, "products": {"scd_type": "SCD_TYPE_2"}, "visits": {"cluster_by": ["hour"]}}
HISTORY = {"source_table": "customers", "destination_table": "history", "table_configuration": {
    "scd_type": "SCD_TYPE_2", "track_history_except_columns": ["score"]}}
DATABRICKS = {"DATABRICKS_RUNTIME_VERSION": "any"}


class ShopProject:
    """All kinds of tables, on a platform that a test makes up."""

    def __init__(self, spark, folder: Path, monkeypatch):
        monkeypatch.setenv("SHOP_TOKEN", TOKEN)
        shop = ShopPipeline(folder)
        objects = [{"table": {"source_table": name, "table_configuration": rules}} for name, rules in KINDS.items()]
        spec = {"connection_name": "shop", "objects": [*objects, {"table": HISTORY}]}
        self.spark, self.lake = spark, shop.warehouse
        self.call = pipeline_call(spec, shop.connections_file, None, warehouse=shop.warehouse)
        self.options = {"connections": str(shop.connections_file)}

    def define(self, dp, environment: dict, *tables: str):
        storage = f"{self.lake}/_storage"
        Project(self.spark, dp, Platform.of(dp, environment), self.call, "run", storage, self.options).define(list(tables))
        return dp


@pytest.fixture
def shop(spark, tmp_path, monkeypatch):
    return ShopProject(spark, tmp_path, monkeypatch)


def test_in_open_source_tables_with_changes_are_refused_by_name_before_anything_is_made(shop):
    dp = WithChanges()
    with pytest.raises(ConfigError) as refused:
        shop.define(dp, {}, "events", "customers", "products", "history")
    text = str(refused.value)
    for table in ("customers (scd type 1)", "products (snapshot)", "history (history of keys)"):
        assert f"table {table}: its pipelines can only add rows" in text
    assert "table events" not in text and "`inlet spark-submit`" in text
    assert dp.made == {} and not shop.lake.exists()


def test_in_open_source_rows_are_added_to_the_tables_of_the_warehouse(shop):
    dp = shop.define(Definitions(), {}, "events", "visits")
    sinks = {name: ("sink", {"format": "delta", "options": {"path": str(shop.lake / name)}}) for name in ("events", "visits")}
    assert dp.made == sinks | {f"{name} -> {name}": ("append_flow", {}) for name in sinks}
    assert (shop.lake / "events/_delta_log").is_dir()
    assert dp.queries["events"]().isStreaming


def test_where_the_platform_keeps_changes_every_kind_of_table_has_its_flow(shop):
    dp = shop.define(WithAll(), DATABRICKS, *KINDS, "history")
    marks = [ROLE, POSITION]
    deletes = "Column<'_inlet_role = 3'>"
    changes = {"apply_as_deletes": deletes, "except_column_list": marks, "keys": ["id"], "stored_as_scd_type": 1}
    assert {name: made for name, made in dp.made.items() if made[0] not in ("table", "append_flow")} == {
        "orders_changes -> orders": ("changes", {**changes, "sequence_by": "Column<'struct(`updated_at`, `id`)'>"}),
        "customers_changes -> customers": ("changes", {**changes, "sequence_by": "Column<'`updated_at`'>"}),
        "history_changes -> history": ("changes", {**changes, "sequence_by": "Column<'`updated_at`'>", "stored_as_scd_type": 2,
                                                   "track_history_except_column_list": ["score"]}),
        "products_snapshot -> products": ("snapshot", {"keys": ["sku"], "stored_as_scd_type": 2})}
    assert dp.made["visits"] == ("table", {"partition_cols": None, "cluster_by": ["hour"]})
    assert not shop.lake.exists(), "such tables lie in the platform's catalog"


def test_upserts_and_deletes_are_one_stream(shop):
    changes = shop.define(WithAll(), DATABRICKS, "customers").queries["customers_changes"]()
    assert changes.isStreaming and {ROLE, POSITION, "updated_at", "name"} <= set(changes.columns)
    plan = changes._jdf.queryExecution().logical().toString()
    assert plan.count("lakeflow_connect") == 2 and "Union" in plan


def test_a_platform_that_has_no_history_keeps_the_rest(shop):
    with pytest.raises(ConfigError) as refused:
        shop.define(WithChanges(), DATABRICKS, "customers", "products", "history")
    text = str(refused.value)
    assert "table history (history of keys): its create_auto_cdc_flow has no track_history_column_list, track_history_except_column_list" in text
    assert "table products (snapshot)" in text and "customers" not in text
    assert "customers_changes -> customers" in shop.define(WithChanges(), DATABRICKS, "customers").made


def test_rows_that_the_program_tells_by_their_keys_are_not_handed_to_a_pipeline(spark, tmp_path):
    project = FilesProject(tmp_path)
    project.put("orders/1.jsonl", '{"id": 1, "at": 1}')
    project.inlet("run", "--only", "shop.orders")
    call = pipeline_call(project.spec_file, project.connections_file, None, warehouse=project.lake)
    dp = Definitions()
    with pytest.raises(ConfigError, match=r"table shop\.orders: the rows that inlet has brought"):
        Project(spark, dp, Platform.of(dp, {}), call, "run", str(tmp_path / "storage"), {}).define(["shop.orders"])


def test_the_name_of_a_flow_is_one_word_and_no_two_tables_share_it():
    names = ["orders", "shop.orders", "Orders", "shop_orders", "`shop.orders`"]
    flows = [flow_name(name) for name in names]
    assert flows[0] == "orders" and all(flow.isidentifier() for flow in flows)
    assert len({flow.lower() for flow in flows}) == len(names)
