"""Connections whose parameters a platform puts among the options of the format."""

import pytest
from github_simulator import GithubSimulator
from inlet.errors import InletError
from inlet.lakeflow import register
from inlet.spark.injected import split_injected
from inlet.spark.options import SourceOptions
from inlet_program import REPOSITORY, TOKEN
from lakeflow_source import LakeflowSource
from shop_pipeline import CONNECTORS, ShopPipeline

import shop


@pytest.fixture(scope="module")
def simulator():
    with GithubSimulator(issues=30) as running:
        yield running


@pytest.fixture
def read(spark, tmp_path):
    """What a notebook asks for, with what the platform adds to it."""
    def read_with(table: str, connection: str = "of_the_platform", **options: str):
        return (spark.read.format("lakeflow_connect").option("databricks.connection", connection).option("tableName", table)
                .option("connections", str(tmp_path / "connections.yaml")).options(**options).load())
    yield read_with
    register(spark)


def test_parameters_of_a_connector_are_taken_from_the_options(spark, read, simulator):
    register(spark, "github")
    injected = {"base_url": simulator.base_url, "token": TOKEN}
    assert read("issues", **injected, **REPOSITORY).count() == 30
    assert read("issues", **injected, **REPOSITORY, external_options_allowlist="owner, repo").count() == 30
    assert "issues" in {row.tableName for row in read("_lakeflow_metadata", **injected, **REPOSITORY, tableNameList="issues").collect()}


def test_a_class_gets_its_parameters_too(spark, tmp_path, read):
    register(spark, shop.Shop)
    injected = {"api_token": TOKEN, "day_file": str(ShopPipeline(tmp_path / "shop").day_file), "python_path": str(CONNECTORS)}
    assert read("products", **injected).count() == 30
    assert read("events", **injected, external_options_allowlist="page", page="7").count() == read("events", **injected).count()


def test_options_that_the_connection_does_not_allow_are_refused(spark, read, simulator):
    register(spark, "github")
    with pytest.raises(Exception, match='no option "repo"'):
        read("issues", base_url=simulator.base_url, token=TOKEN, **REPOSITORY, external_options_allowlist="owner").count()


def test_a_connection_of_the_file_takes_nothing_from_the_options(spark, tmp_path, read, simulator):
    LakeflowSource(spark, tmp_path, simulator.base_url)
    register(spark, "github")
    assert read("issues", "my_github", **REPOSITORY).count() == 30
    with pytest.raises(Exception, match='no option "token"'):
        read("issues", "my_github", token=TOKEN, **REPOSITORY).count()


def test_without_a_registered_connector_the_connection_has_to_be_in_the_file(spark, read):
    with pytest.raises(Exception, match='no connection "of_the_platform"'):
        read("issues", token=TOKEN).count()


def test_what_was_injected_is_not_shown():
    options = SourceOptions.of({"databricks.connection": "c", "tableName": "issues", "token": TOKEN, "owner": "o"}, "github", {})
    assert options.injected == {"token": TOKEN} and options.table_options == {"owner": "o"}
    assert TOKEN not in repr(options)


@pytest.mark.parametrize(("connector", "options", "of_connection", "of_table"), [
    ("github", {"token": "t", "owner": "o"}, {"token"}, {"owner"}),
    ("github", {"token": "t", "owner": "o", "externaloptionsallowlist": '["Owner"]'}, {"token"}, {"owner"}),
    ("python", {"a": "1", "b": "2"}, {"a", "b"}, {"a", "b"}),
    ("python", {"a": "1", "b": "2", "external_options_allowlist": "b"}, {"a"}, {"b"}),
])
def test_each_option_goes_where_it_belongs(connector, options, of_connection, of_table):
    parameters, table_options = split_injected(connector, options)
    assert (set(parameters), set(table_options)) == (of_connection, of_table)


def test_a_connector_that_is_not_there_is_told():
    with pytest.raises(InletError, match="github"):
        split_injected("githup", {"token": "t"})
