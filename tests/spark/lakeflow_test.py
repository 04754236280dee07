"""The format `lakeflow_connect`: batch reads, streams and the tables about tables."""

import base64
import json

import pyarrow
import pytest
from delta_tables import differences
from github_simulator import GithubSimulator
from github_tables import truth_of
from inlet_program import REPOSITORY, TOKEN
from lakeflow_source import LakeflowSource


@pytest.fixture(scope="module")
def simulator():
    with GithubSimulator(issues=300, branches=20) as running:
        yield running


@pytest.fixture
def source(spark, tmp_path, simulator):
    return LakeflowSource(spark, tmp_path, simulator.base_url)


def collector():
    """What a stream brings to it, batch by batch."""
    batches = []
    return batches, lambda rows, _: batches.append(rows.toArrow())


def test_a_batch_read_gives_what_the_source_serves(source, simulator):
    assert not differences(source.read("issues").toArrow(), truth_of(simulator, "issues"), "id")


def test_columns_are_in_the_schemas_order_with_what_does_not_fit_at_the_end(source):
    import inlet
    names = source.read("branches").columns
    declared = inlet.connect("my_github", connections=source.connections).get_table_schema("branches", REPOSITORY).names
    assert names == [*declared, "_rescued_data"]


def test_keys_need_not_be_among_the_chosen_columns(source):
    assert source.read("issues", columns="number").agg({"number": "max"}).first()[0] == 300


def test_names_of_options_are_taken_in_any_case(source):
    options = {name.upper(): value for name, value in source.options("branches").items()}
    assert source.spark.read.format("lakeflow_connect").options(**options).load().count() == 20


@pytest.mark.parametrize(("table", "options", "message"), [
    ("issues", {"ownr": "me"}, 'no option "ownr"'),
    ("isues", {}, 'did you mean "issues"'),
    ("issues", {"databricks.connection": "there_is_none"}, 'no connection "there_is_none"'),
    ("issues", {"isDeleteFlow": "perhaps"}, "expected true or false"),
    ("_lakeflow_nothing", {}, "the format's own tables are"),
    ("issues", {"token": TOKEN}, 'no option "token"'),
])
def test_mistakes_are_told_as_the_program_tells_them(source, table, options, message):
    with pytest.raises(Exception) as raised:
        source.read(table, **options).schema  # noqa: B018
    assert message in str(raised.value)


def test_a_live_row_is_never_read_as_a_delete(source):
    with pytest.raises(Exception) as raised:
        source.read("issues", isDeleteFlow="true").collect()
    assert "has no deletes to read" in str(raised.value)


@pytest.mark.parametrize("spelling", ["_lakeflow_metadata", "_community_table_metadata"])
@pytest.mark.parametrize("names", ["issues, branches", '["issues", "branches"]'])
def test_metadata_are_a_table(source, spelling, names):
    rows = source.read_virtual(spelling, tableNameList=names).collect()
    assert [(row.tableName, row.primary_keys, row.cursor_field, row.ingestion_type) for row in rows] == [
        ("issues", ["id"], "updated_at", "cdc"), ("branches", ["name"], None, "snapshot")]


def test_the_list_of_tables_is_a_table_in_both_spellings(source):
    first = {row.table_name for row in source.read_virtual("_lakeflow_table_list").collect()}
    second = {row.tableName for row in source.read_virtual("_community_tables").collect()}
    assert first == second and len(first) == 12
    assert source.read_virtual("_community_namespaces").collect() == []


def test_a_stream_brings_all_that_is_available_in_batches_of_the_asked_size(source, simulator):
    batches, take = collector()
    source.stream("issues", take, maxRowsPerTrigger="120")
    assert [len(batch) <= 120 for batch in batches] == [True] * len(batches) and len(batches) >= 3
    assert not differences(pyarrow.concat_tables(batches), truth_of(simulator, "issues"), "id")


def test_what_was_committed_leaves_the_landing(source):
    _, take = collector()
    source.stream("issues", take, maxRowsPerTrigger="100")
    # Spark tells of a commit when it plans the next batch: the last one stays.
    assert len(source.landed_segments()) == 1


def test_a_stream_goes_on_where_it_ended(spark, tmp_path):
    with GithubSimulator(issues=50) as simulator:
        source = LakeflowSource(spark, tmp_path, simulator.base_url)
        batches, take = collector()
        source.stream("issues", take)
        simulator.mutate(create_issues=3)
        source.stream("issues", take)
        numbers = batches[-1]["number"].to_pylist()
        assert {51, 52, 53} <= set(numbers) and len(numbers) < 50


def test_a_batch_that_failed_comes_again_as_it_was(spark, tmp_path):
    with GithubSimulator(issues=50) as simulator:
        source = LakeflowSource(spark, tmp_path, simulator.base_url)
        failed = []

        def fail(rows, _):
            failed.append(rows.toArrow())
            raise RuntimeError("the sink is broken")

        with pytest.raises(Exception, match="the sink is broken"):
            source.stream("issues", fail)
        # The source would answer differently now.
        simulator.mutate(issues=20, create_issues=5)
        batches, take = collector()
        source.stream("issues", take)
        assert batches[0].equals(failed[0])
        assert set(pyarrow.concat_tables(batches)["number"].to_pylist()) == set(range(1, 56))


def orders(spark, tmp_path, **more):
    """A stream of a folder with one bad record."""
    (tmp_path / "drop" / "orders").mkdir(parents=True)
    (tmp_path / "drop" / "orders" / "1.jsonl").write_text('{"id": 1}\n{"id": \n{"id": 3}\n')
    source = LakeflowSource(spark, tmp_path, "")
    source.connections.write_text(json.dumps({"connections": {"drop": {"connector": "files", "url": str(tmp_path / "drop")}}}))
    options = {"databricks.connection": "drop", "tableName": "orders", "connections": str(source.connections), "schema": "id bigint NOT NULL"}
    source.options = lambda table, **landing: options | landing | more
    return source


def test_a_record_that_cannot_become_a_row_ends_a_read_with_its_reason(spark, tmp_path):
    with pytest.raises(Exception, match="1 records cannot become rows"):
        orders(spark, tmp_path).read("orders").collect()


def test_a_stream_may_leave_bad_records_in_the_landing(spark, tmp_path):
    source = orders(spark, tmp_path, badRecords="drop")
    batches, take = collector()
    source.stream("orders", take)
    assert batches[0]["id"].to_pylist() == [1, 3]
    [refused] = [json.loads(file.read_text()) for file in source.landing.glob("refused/*.json")]
    assert [base64.b64decode(one["record"]) for one in refused] == [b'{"id":']


def test_a_position_numbers_rows_in_the_sources_order(source):
    rows = source.read("branches", positionColumn="place").toArrow()
    assert rows["place"].to_pylist() == list(range(20))


def test_damaged_pages_end_the_stream(source):
    def fail(rows, _):
        raise RuntimeError("the sink is broken")
    with pytest.raises(Exception, match="the sink is broken"):
        source.stream("issues", fail)
    segment = next(source.landing.glob("*.pages"))
    segment.write_bytes(segment.read_bytes()[:-1] + b"!")
    with pytest.raises(Exception, match="damaged"):
        source.stream("issues", lambda rows, _: rows.toArrow())


def test_secrets_are_in_no_plan_event_log_checkpoint_or_landing(source, tmp_path, event_log):
    read = source.read("issues")
    plan = read._jdf.queryExecution().toString() + read._jdf.schema().json()
    assert read.count() == 300
    batches, take = collector()
    source.stream("issues", take)
    assert batches and TOKEN not in plan
    places = [file for folder in (source.landing, source.checkpoint, event_log) for file in folder.rglob("*") if file.is_file()]
    assert any(file.is_relative_to(event_log) for file in places)
    assert [file for file in places if TOKEN.encode() in file.read_bytes()] == []
