"""Connectors that are Python classes, from Python."""

import subprocess
import sys

import inlet
import pyarrow
import pytest
from inlet_program import TOKEN
from shop_pipeline import CONNECTORS, KEYS, ShopPipeline, expect_same_tables

import broken
import shop


@pytest.fixture
def parameters(tmp_path):
    (tmp_path / "day").write_text("1")
    return {"api_token": TOKEN, "day_file": tmp_path / "day"}


@pytest.mark.parametrize("connector", [shop.Shop, "python:shop:Shop"])
def test_a_class_is_a_source_with_the_contracts_methods(parameters, connector):
    source = inlet.connect(connector, parameters)
    assert source.list_tables() == list(KEYS)
    assert source.read_table_metadata("customers")["ingestion_type"] == "cdc_with_deletes"
    assert source.get_table_schema("visits").names == ["id", "hour", "path"]
    rows = source.read_table("orders", {"cursor": "2026-01-05 00:00:00+00:00"})
    assert pyarrow.table(rows)["id"].to_pylist() == list(range(97, 121))
    assert rows.next_offset == {"cursor": "2026-01-06 00:00:00+00:00"}


def test_deletes_are_those_that_the_class_tells_of(parameters):
    parameters["day_file"].write_text("2")
    source = inlet.connect(shop.Shop, parameters)
    assert pyarrow.table(source.read_table_deletes("customers"))["id"].to_pylist() == [9007199254740996, 9007199254741000, 9007199254741042]
    # Read in partitions, and without deletes: live rows never come as such.
    with pytest.raises(inlet.ConfigError, match="has no deletes to read"):
        source.read_table_deletes("visits")


def test_a_run_leaves_the_tables_of_the_program(tmp_path):
    native, here = ShopPipeline(tmp_path / "native"), ShopPipeline(tmp_path / "here")
    connections = {"shop": {"connector": shop.Shop, "api_token": TOKEN, **here.parameters}}
    for day in (1, 2):
        native.be_day(day)
        here.be_day(day)
        native.run_well()
        inlet.run(here.spec, warehouse=here.warehouse, connections=connections)
        expect_same_tables(native, here)


def test_errors_of_the_class_are_exceptions_by_kind(parameters):
    with pytest.raises(inlet.NotFoundError, match='no table "order"; did you mean "orders"'):
        inlet.connect(shop.Shop, parameters).get_table_schema("order")
    with pytest.raises(inlet.ConfigError, match="has no method \"read_table\""):
        inlet.connect(broken.Misspelled, {}).list_tables()


def test_a_class_that_no_module_holds_needs_what_takes_it_by_value():
    class Local(broken.Sound):
        pass

    with pytest.raises(inlet.ConfigError, match="needs the package cloudpickle"):
        inlet.connect(Local, {})


def test_the_interface_needs_no_spark():
    code = "import inlet.lakeflow, sys; sys.exit('pyspark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(CONNECTORS)}).returncode == 0
