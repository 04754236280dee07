"""A connector written in Python, run by the program: the same tables as from any other, whatever its process does."""

import os
import select
import signal
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from inlet_program import TOKEN
from shop_pipeline import CONNECTORS, KEYS, ShopPipeline, expect_same_tables
from test_secrets import expect_no_secret, expect_no_secret_below, words_of_processes


@pytest.fixture
def pipeline(tmp_path):
    return ShopPipeline(tmp_path)


def broken(folder, class_name, **parameters):
    return ShopPipeline(folder, "things", class_name=f"broken:{class_name}", **parameters)


def message_of(finished) -> str:
    assert finished.code != 0, finished
    return finished.report["tables"][0]["error"]["message"] if finished.out else finished.err


def test_five_tables_of_four_kinds_are_kept_up_to_date(pipeline):
    first = pipeline.run_well()
    assert {table["source_table"]: table["records"]["committed"] for table in first.report["tables"]} == {
        "events": 200, "orders": 120, "customers": 50, "products": 30, "visits": 400}
    pipeline.be_day(2)
    pipeline.run_well()
    assert {name: len(pipeline.rows(name)) for name in KEYS} == {
        "events": 400, "orders": 120, "customers": 47, "products": 25, "visits": 800}
    assert pipeline.rows("orders").filter(paid=True).height == 80
    third = pipeline.run_well()
    assert all(table["records"]["committed"] == 0 for table in third.report["tables"] if table["source_table"] != "products")


def test_values_arrive_as_what_they_are(pipeline):
    pipeline.run_well()
    event = pipeline.rows("events").row(4, named=True)
    assert event["at"] == datetime(2026, 1, 1, 0, 5, 0, 5, tzinfo=timezone.utc)
    assert (event["kind"], event["body"]) == ("é😀", bytes([5, 255, 0]))
    assert event["payload"] == '{"sum":1.10,"ok":true,"none":null}'
    assert pipeline.rows("orders").row(2, named=True)["total"] == Decimal("0.75")
    customer = pipeline.rows("customers").row(1, named=True)
    assert (customer["id"], customer["score"]) == (9007199254740994, 1 / 3)
    assert pipeline.rows("products").row(1, named=True)["price"] == Decimal("1.125")
    assert pipeline.rows("events")["_rescued_data"].null_count() == 200


def test_small_calls_and_serial_reads_give_the_same_tables(tmp_path):
    whole = ShopPipeline(tmp_path / "whole")
    others = [ShopPipeline(tmp_path / "paged", page="7"), ShopPipeline(tmp_path / "serial", class_name="shop:SerialShop")]
    for day in (1, 2):
        for one in (whole, *others):
            one.be_day(day)
            one.run_well()
        for other in others:
            expect_same_tables(whole, other)


def test_what_it_prints_is_in_the_log_and_its_secret_nowhere(pipeline):
    process = pipeline.start("--log-level", "trace")
    expect_no_secret("the process list", words_of_processes(process.pid))
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err
    assert "shop opened with ***" in err and "from=stdout" in err
    for name, content in (("standard output", out), ("standard error", err)):
        expect_no_secret(name, content.encode())
    assert expect_no_secret_below(pipeline.folder) > 20


def test_the_secret_is_neither_in_the_command_line_nor_in_the_environment_of_its_process(tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    pipeline = broken(tmp_path, "Sleeps", pid_file=str(tmp_path / "pid"), api_token=f"${{cmd:cat {tmp_path}/token}}")
    process, child = start_and_wait(pipeline)
    try:
        expect_no_secret("the command line", words_of_processes(child))
        environment = Path(f"/proc/{child}/environ").read_bytes()
        assert b"PATH=" in environment
        expect_no_secret("the environment", environment.replace(f"SHOP_TOKEN={TOKEN}".encode(), b""))
    finally:
        process.kill()
        process.communicate()


def start_and_wait(pipeline):
    """The program, and the id of its connector's process once that is in a call."""
    process = pipeline.start()
    pid_file = pipeline.folder / "pid"
    while not pid_file.exists():
        assert process.poll() is None, process.communicate()
    return process, int(pid_file.read_text())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_its_process_ends_with_the_program(tmp_path, how):
    pipeline = broken(tmp_path, "Sleeps", pid_file=str(tmp_path / "pid"))
    process, child = start_and_wait(pipeline)
    child_end = os.pidfd_open(child)
    process.send_signal(how)
    process.communicate(timeout=60)
    readable, _, _ = select.select([child_end], [], [], 60)
    os.close(child_end)
    assert readable, "the connector's process lives on"


def test_a_crash_in_a_page_loses_and_doubles_nothing(tmp_path):
    pipeline = broken(tmp_path, "Dies", alive=str(tmp_path / "alive"))
    message = message_of(pipeline.run("--commit-rows", "100"))
    assert "was killed by signal 11 (SIGSEGV)" in message and "going down with ***" in message
    (tmp_path / "alive").touch()
    pipeline.run_well("--commit-rows", "100")
    assert pipeline.rows("things")["id"].to_list() == list(range(1, 5001))


def test_an_error_says_what_python_says(tmp_path):
    finished = broken(tmp_path, "Raises").run("--log-level", "info")
    message = message_of(finished)
    assert "broken:Raises: read_table of things: ValueError: bad cursor, token *** (broken.py:" in message
    assert "Traceback" in finished.err
    expect_no_secret("standard error", finished.err.encode())


def test_what_is_no_number_is_rescued(tmp_path):
    pipeline = broken(tmp_path, "Sound")
    pipeline.run_well()
    assert pipeline.rows("things")["value"].to_list() == [None, 0.5]
    assert pipeline.rows("things")["_rescued_data"].to_list() == ['{"value":"NaN"}', None]


@pytest.mark.parametrize(("class_name", "message"), [
    ("broken:Unmoved", "table things: it returned 1 records and an unchanged offset"),
    ("broken:Reset", "table things: it returned 1 records and the empty offset"),
    ("broken:Unsayable", "read_table of things: record 2, field value.when[1]: JSON has no set"),
    ("broken:NoRecord", "record 2 is (2, 0.5), and a record is a dict"),
    ("broken:NoPair", "returned [{'id': 1}], where a pair of records and next offset is due"),
    ("broken:Misspelled", 'class Misspelled has no method "read_table" (a connector has list_tables, get_table_schema, read_table_metadata, '
                          'read_table); did you mean "read_tabel"?'),
    ("broken:TooFew", "TooFew.read_table(self, table_name) cannot be called as read_table(self, table_name, start_offset, table_options)"),
    ("broken:OddType", "'cdc_with_delete'; did you mean \"cdc_with_deletes\"?"),
    ("broken:Sond", 'no class "Sond"'),
    ("brokn:Sound", 'no module "brokn"'),
    ("broken", '"broken" names no class; write module:Class'),
])
def test_mistakes_are_named_with_their_remedy(tmp_path, class_name, message):
    pipeline = ShopPipeline(tmp_path, "things", class_name=class_name)
    told = message_of(pipeline.run())
    assert message in told and told.count(f"python:{class_name}:") <= 1


def test_the_empty_offset_without_rows_means_that_nothing_has_moved(tmp_path):
    pipeline = broken(tmp_path, "SaysNothing")
    for _ in range(2):
        assert pipeline.run_well().table("things")["offset_after"] == {"id": 1}
    assert pipeline.rows("things")["id"].to_list() == [1]


def test_an_unknown_table_and_an_unknown_interpreter_are_named(tmp_path):
    assert 'no table "order"; did you mean "orders"?' in message_of(ShopPipeline(tmp_path, "order").run())
    missing = ShopPipeline(tmp_path, "orders", python_program="python-there-is-none")
    assert 'cannot start the Python interpreter "python-there-is-none"' in message_of(missing.run())


def test_modules_are_found_beside_the_pipeline(tmp_path):
    pipeline = ShopPipeline(tmp_path, "things", class_name="own:Own", python_path="[]")
    connections = pipeline.connections_file.read_text().replace('"python_path": "[]", ', "")
    pipeline.connections_file.write_text(connections)
    (tmp_path / "own.py").write_text(
        "from inlet.lakeflow import LakeflowConnect\n"
        "class Own(LakeflowConnect):\n"
        "    def list_tables(self): return ['things']\n"
        "    def get_table_schema(self, table, options): return {'id': 'bigint'}\n"
        "    def read_table_metadata(self, table, options): return {'ingestion_type': 'append', 'cursor_field': 'id'}\n"
        "    def read_table(self, table, start, options): return ([] if start else [{'id': int(self.options['FIRST'])}]), {'id': 1}\n")
    pipeline.connections_file.write_text(connections.replace('"day_file"', '"first": "5", "day_file"'))
    pipeline.run_well()
    assert pipeline.rows("things")["id"].to_list() == [5]


def test_a_table_goes_on_when_the_module_is_renamed(tmp_path):
    pipeline = ShopPipeline(tmp_path, "events")
    pipeline.run_well()
    (tmp_path / "store.py").write_text("from shop import Shop\n")
    renamed = ShopPipeline(tmp_path, "events", class_name="store:Shop", python_path=f"{tmp_path},{CONNECTORS}")
    assert renamed.run_well().table("events")["records"]["fetched"] == 0
