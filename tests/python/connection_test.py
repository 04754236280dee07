"""The five methods from Python, and what takes their rows."""

import http.server
import json
import pickle
import threading

import duckdb
import github_tables
import inlet
import polars
import pyarrow
import pytest
from delta_tables import differences
from inlet_program import REPOSITORY, TOKEN

NUM_ISSUES = 300


def test_tables_are_listed(github):
    assert set(github.list_tables()) == set(github_tables.TABLES)


def test_a_schema_is_arrows_and_sparks(github):
    schema = github.get_table_schema("branches", REPOSITORY)
    assert pyarrow.schema(schema).names == schema.names
    assert [field["name"] for field in json.loads(schema.to_json())["fields"]] == schema.names


def test_metadata_are_those_of_the_contract(github):
    assert github.read_table_metadata("issues", REPOSITORY) == {
        "primary_keys": ["id"], "cursor_field": "updated_at", "ingestion_type": "cdc"}


@pytest.mark.parametrize("take", [pyarrow.table, lambda rows: polars.DataFrame(rows).to_arrow(),
                                  lambda rows: duckdb.sql("select * from rows").to_arrow_table()],
                         ids=["pyarrow", "polars", "duckdb"])
def test_rows_are_what_the_source_serves(github, simulator, take):
    rows = github.read_table("issues", {}, REPOSITORY)
    table = take(rows)
    assert not differences(table, github_tables.truth_of(simulator, "issues"), "id")
    assert len(table) == NUM_ISSUES


def test_a_read_goes_on_where_the_last_one_ended():
    from github_simulator import GithubSimulator
    with GithubSimulator(issues=40) as simulator:
        github = inlet.connect("github", {"base_url": simulator.base_url})
        first = github.read_table("issues", None, REPOSITORY)
        assert len(pyarrow.table(first)) == 40
        simulator.mutate(create_issues=3)
        second = github.read_table("issues", first.next_offset, REPOSITORY)
        numbers = pyarrow.table(second)["number"].to_pylist()
        assert {41, 42, 43} <= set(numbers)
        assert second.next_offset != first.next_offset


def test_the_next_offset_is_unknown_before_the_end(github):
    rows = github.read_table("issues", {}, REPOSITORY)
    with pytest.raises(inlet.ConfigError, match="all rows"):
        rows.next_offset  # noqa: B018


def test_rows_are_taken_once(github):
    rows = github.read_table("branches", {}, REPOSITORY)
    pyarrow.table(rows)
    with pytest.raises(inlet.ConfigError, match="taken already"):
        pyarrow.table(rows)


def test_a_read_may_be_left_in_the_middle(github):
    reader = pyarrow.RecordBatchReader.from_stream(github.read_table("issues", {}, REPOSITORY))
    assert reader.read_next_batch().num_rows > 0
    del reader


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda github: github.read_table("isues", {}, REPOSITORY), inlet.NotFoundError, 'did you mean "issues"'),
    (lambda github: github.get_table_schema("issues", {"ownr": "me"}), inlet.ConfigError, 'did you mean "owner"'),
    (lambda github: github.read_table("issues", {"x": 1.5}, REPOSITORY), inlet.ConfigError, "offset"),
    (lambda github: github.read_table_deletes("issues", {}, REPOSITORY), inlet.ConfigError, "no deletes to read"),
])
def test_mistakes_are_told_as_the_program_tells_them(github, call, error, message):
    with pytest.raises(error, match=message) as raised:
        call(github)
    assert raised.value.kind == error.kind


def test_option_names_are_taken_in_any_case(github):
    options = {name.upper(): value for name, value in REPOSITORY.items()}
    assert len(pyarrow.table(github.read_table("branches", {}, options))) > 0


def test_a_connection_does_not_show_its_secrets():
    github = inlet.connect("github", {"token": TOKEN})
    assert TOKEN not in repr(github) and TOKEN not in repr(vars(github))
    with pytest.raises(TypeError):
        pickle.dumps(github)


def test_refused_records_are_counted_and_shown(tmp_path):
    (tmp_path / "drop" / "orders").mkdir(parents=True)
    (tmp_path / "drop" / "orders" / "1.jsonl").write_text('{"id": 1}\n{"id": \n{"id": 3}\n')
    files = inlet.connect("files", {"url": tmp_path / "drop"})
    rows = files.read_table("orders", {}, {"schema": "id bigint NOT NULL"})
    assert pyarrow.table(rows)["id"].to_pylist() == [1, 3]
    assert (rows.num_records, rows.num_refused) == (3, 1)
    assert rows.refused[0]["record"].startswith(b'{"id":')


class LocalApi(http.server.BaseHTTPRequestHandler):
    """Answers every request with an empty list."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_):
        pass


def test_other_threads_run_while_a_call_waits():
    # The server is a thread of this very process: it can only answer when the call has let go of the interpreter.
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), LocalApi) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            github = inlet.connect("github", {"base_url": f"http://127.0.0.1:{server.server_port}"})
            assert len(pyarrow.table(github.read_table("branches", {}, REPOSITORY))) == 0
            github.check()
        finally:
            server.shutdown()
            thread.join()


def test_shares_are_the_rows_of_one_read(tmp_path):
    (tmp_path / "1.jsonl").write_text("".join(f'{{"id": {number}}}\n' for number in range(1000)))
    drop = inlet.connect("files", {"url": str(tmp_path)})
    shares = drop.get_partitions("files", {}, {"schema": "id bigint"}, partition_bytes=2000)
    assert len(shares) > 3
    numbers = [row["id"] for share in shares for row in pyarrow.table(drop.read_partition("files", share, {"schema": "id bigint"})).to_pylist()]
    assert numbers == list(range(1000))


def test_an_api_is_read_as_a_whole(github):
    assert github.get_partitions("issues", {}, REPOSITORY) is None
