"""Batch reads in shares, of chosen columns and of the first rows only."""

import json

import inlet
import pyarrow
import pytest
from github_simulator import GithubSimulator
from lakeflow_source import LakeflowSource

NUM_ROWS = 3000


@pytest.fixture(scope="module")
def drop(tmp_path_factory):
    """A folder with a file that can be cut, one that cannot, and a small one."""
    folder = tmp_path_factory.mktemp("drop") / "orders"
    folder.mkdir()
    lines = [json.dumps({"id": number, "name": f"row {number}", "price": number / 4}) + "\n" for number in range(NUM_ROWS)]
    (folder / "1.jsonl").write_text("".join(lines[:2000]))
    (folder / "2.csv").write_text("id,name,price\n" + "".join(f"{number},row {number},{number / 4}\n" for number in range(2000, 2990)))
    (folder / "3.jsonl").write_text("".join(lines[2990:]))
    return folder.parent


@pytest.fixture
def orders(spark, tmp_path, drop):
    connections = tmp_path / "connections.yaml"
    connections.write_text(json.dumps({"connections": {"drop": {"connector": "files", "url": str(drop)}}}))

    def read(**options):
        given = {"databricks.connection": "drop", "tableName": "orders", "connections": str(connections),
                 "schema": "id bigint NOT NULL, name string, price double", "partitionBytes": "10000"} | options
        return spark.read.format("lakeflow_connect").options(**given).load()
    return read


def test_executors_read_the_files_of_a_folder_side_by_side(orders):
    rows = orders().selectExpr("*", "spark_partition_id() AS task").collect()
    assert len({row.task for row in rows}) >= 8
    assert sorted((row.id, row.name, row.price) for row in rows) == [(number, f"row {number}", number / 4) for number in range(NUM_ROWS)]


def test_positions_are_those_of_one_read_in_the_sources_order(orders):
    rows = orders(positionColumn="place").toArrow()
    assert rows["place"].to_pylist() == list(range(NUM_ROWS)) == rows["id"].to_pylist()


def test_nothing_is_read_where_nothing_is_left(orders, tmp_path, drop):
    rows = inlet.connect("files", {"url": str(drop)}).read_table("orders", {}, {"schema": "id bigint"})
    assert pyarrow.table(rows).num_rows == NUM_ROWS
    assert orders(startingOffset=json.dumps(rows.next_offset)).count() == 0


def test_columns_are_chosen_at_the_source(orders):
    rows = orders(columns="price, id")
    assert rows.columns == ["price", "id"]
    assert rows.where("id = 8").first().asDict() == {"price": 2.0, "id": 8}
    with pytest.raises(Exception, match="no column 'prize'"):
        orders(columns='["prize"]')


@pytest.mark.parametrize("limit", [1, 2500, NUM_ROWS, NUM_ROWS + 1])
def test_a_limit_gives_the_first_rows(orders, limit):
    assert [row.id for row in orders(limit=str(limit)).collect()] == list(range(min(limit, NUM_ROWS)))


def test_a_limit_spares_the_source_what_nobody_asked_for(spark, tmp_path):
    with GithubSimulator(issues=5000) as simulator:
        source = LakeflowSource(spark, tmp_path, simulator.base_url)
        rows = source.read("issues", limit="150", page_size="100")
        simulator.forget_requests()
        assert rows.count() == 150
        # Two pages, and those that were on their way when they were taken; not fifty.
        assert simulator.requests()["requests"] <= 8


def test_a_bad_record_of_a_share_ends_the_read(spark, tmp_path):
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "1.jsonl").write_text('{"id": 1}\n' * 200 + '{"id": \n' + '{"id": 3}\n' * 200)
    connections = tmp_path / "connections.yaml"
    connections.write_text(json.dumps({"connections": {"drop": {"connector": "files", "url": str(tmp_path / "drop")}}}))
    options = {"databricks.connection": "drop", "tableName": "files", "connections": str(connections), "schema": "id bigint NOT NULL",
               "partitionBytes": "500"}
    rows = spark.read.format("lakeflow_connect").options(**options)
    with pytest.raises(Exception, match="1 records cannot become rows"):
        rows.load().collect()
    assert rows.option("badRecords", "drop").load().count() == 400
