"""The check of tables finds what it is there to find: each test breaks a copy of a good table in one way."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable

import delta_log
import github_tables
import pyarrow.parquet as parquet
import pytest
from deletion_vector import file_of
from delta_lint import lint
from deltalake import DeltaTable
from github_simulator import GithubSimulator
from inlet_program import ROOT, Pipeline

pytestmark = pytest.mark.broken_tables


@pytest.fixture(scope="module")
def good_table(tmp_path_factory) -> Path:
    """A table with more than one checkpoint's commits, deletion vectors and files that have none."""
    folder = tmp_path_factory.mktemp("good")
    options = github_tables.TABLES["issues"].options | {"page_size": "10"}
    with GithubSimulator(issues=240) as simulator:
        pipeline = Pipeline(folder, simulator.base_url, {"issues": options})
        pipeline.run_well("--commit-rows", "10")
        simulator.mutate(issues=40, create_issues=3)
        pipeline.run_well()
        assert lint(pipeline.table_path("issues")) == []
        return pipeline.table_path("issues")


@pytest.fixture
def table(good_table, tmp_path) -> Path:
    return shutil.copytree(good_table, tmp_path / "table")


def log_files(table: Path) -> list[Path]:
    return [file for _, file in delta_log.commit_files(table / "_delta_log")]


def actions_of(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def write(file: Path, actions: list[dict]) -> None:
    file.write_text("\n".join(json.dumps(action) for action in actions) + "\n")


def add_commit(table: Path, *actions: dict, **info) -> None:
    last = log_files(table)[-1]
    write(last.with_name(f"{int(last.stem) + 1:020}.json"), [{"commitInfo": {"operation": "WRITE"} | info}, *actions])


def find(table: Path, wanted: Callable[[dict], bool]) -> tuple[Path, list[dict], dict]:
    """The newest file of the log with such an action, all its actions, and that one."""
    for file in reversed(log_files(table)):
        actions = actions_of(file)
        for action in actions:
            if wanted(action):
                return file, actions, action
    raise AssertionError("the good table has no such action")


def has_vector(action: dict) -> bool:
    return bool(action.get("add", {}).get("deletionVector"))


def is_plain_add(action: dict) -> bool:
    return "add" in action and not has_vector(action)


def second_commit_info(table):
    file = log_files(table)[3]
    write(file, [*actions_of(file), {"commitInfo": {"operation": "WRITE"}}])


def no_commit_info(table):
    file = log_files(table)[3]
    write(file, [action for action in actions_of(file) if "commitInfo" not in action])


def unknown_action(table):
    file = log_files(table)[3]
    write(file, [*actions_of(file), {"addd": {}}])


def added_twice(table):
    file, actions, add = find(table, is_plain_add)
    write(file, [*actions, add])


def added_while_live(table):
    add_commit(table, find(table, is_plain_add)[2])


def removed_unknown(table):
    add_commit(table, {"remove": {"path": "nobody.parquet", "dataChange": True, "deletionTimestamp": 1}})


def removed_with_another_vector(table):
    path = find(table, has_vector)[2]["add"]["path"]
    add_commit(table, {"remove": {"path": path, "dataChange": True, "deletionTimestamp": 1}})


def vector_without_remove(table):
    file, actions, add = find(table, has_vector)
    write(file, [action for action in actions if action.get("remove", {}).get("path") != add["add"]["path"]])


def row_that_is_back(table):
    add = find(table, has_vector)[2]["add"]
    remove = {name: add[name] for name in ("path", "deletionVector", "size")} | {"dataChange": True, "deletionTimestamp": 1}
    add_commit(table, {"remove": remove}, {"add": {name: value for name, value in add.items() if name != "deletionVector"}})


def lost_rows_of_a_move(table):
    add = find(table, is_plain_add)[2]["add"]
    remove = {"path": add["path"], "size": add["size"], "stats": add["stats"], "dataChange": False, "deletionTimestamp": 1}
    add_commit(table, {"remove": remove}, operation="OPTIMIZE")


def change_statistics(table: Path, change: Callable[[dict], None], wanted=is_plain_add) -> None:
    file, actions, add = find(table, wanted)
    statistics = json.loads(add["add"]["stats"])
    change(statistics)
    add["add"]["stats"] = json.dumps(statistics)
    write(file, actions)


def wrong_number_of_rows(table):
    change_statistics(table, lambda statistics: statistics.update(numRecords=statistics["numRecords"] + 1))


def lower_bound_too_high(table):
    change_statistics(table, lambda statistics: statistics["minValues"].update(id=statistics["minValues"]["id"] + 1))


def upper_bound_too_low_with_vector(table):
    change_statistics(table, lambda statistics: statistics["maxValues"].update(id=statistics["maxValues"]["id"] - 1), has_vector)


def loose_bound_called_tight(table):
    change_statistics(table, lambda statistics: statistics["maxValues"].update(id=statistics["maxValues"]["id"] + 1))


def time_bound_too_early(table):
    change_statistics(table, lambda statistics: statistics["maxValues"].update(updated_at="2019-01-01T00:00:00.000Z"))


def text_bound_too_low(table):
    change_statistics(table, lambda statistics: statistics["maxValues"].update(title="a"))


def member_bound_too_low(table):
    change_statistics(table, lambda statistics: statistics["maxValues"]["user"].update(id=1))


def wrong_number_of_nulls(table):
    change_statistics(table, lambda statistics: statistics["nullCount"].update(body=statistics["nullCount"]["body"] + 1))


def wrong_cardinality(table):
    file, actions, add = find(table, has_vector)
    add["add"]["deletionVector"]["cardinality"] += 1
    write(file, actions)


def vector_file_of(table: Path, add: dict) -> tuple[Path, bytearray, int]:
    descriptor = add["add"]["deletionVector"]
    file = file_of(table, descriptor)
    return file, bytearray(file.read_bytes()), descriptor["offset"] + 4


def flipped_bit_of_a_vector(table):
    file, content, data = vector_file_of(table, find(table, has_vector)[2])
    content[data + 30] ^= 1
    file.write_bytes(content)


def vector_gone(table):
    vector_file_of(table, find(table, has_vector)[2])[0].unlink()


def data_file_gone(table):
    (table / find(table, is_plain_add)[2]["add"]["path"]).unlink()


def data_file_cut(table):
    file = table / find(table, is_plain_add)[2]["add"]["path"]
    file.write_bytes(file.read_bytes()[:-100])


def version_gone(table):
    log_files(table)[5].unlink()


def transaction_goes_down(table):
    file, actions, transaction = find(table, lambda action: "txn" in action)
    transaction["txn"]["version"] = 1
    write(file, actions)


def offset_that_is_no_json(table):
    file, actions, info = find(table, lambda action: "userMetadata" in action.get("commitInfo", {}))
    info["commitInfo"]["userMetadata"] = info["commitInfo"]["userMetadata"][:-1]
    write(file, actions)


def offset_of_another_transaction(table):
    file, actions, info = find(table, lambda action: "userMetadata" in action.get("commitInfo", {}))
    metadata = json.loads(info["commitInfo"]["userMetadata"])
    metadata["inlet"]["version"] += 1
    info["commitInfo"]["userMetadata"] = json.dumps(metadata)
    write(file, actions)


def another_offset_in_the_copy(table):
    next(table.glob("_inlet/offsets/*/*.json")).write_text('{"cursor": "2001-01-01T00:00:00Z"}')


def checkpoint_of(table: Path) -> Path:
    return next((table / "_delta_log").glob("*.checkpoint.parquet"))


def checkpoint_without_a_file(table):
    rows = parquet.read_table(checkpoint_of(table))
    paths = [path.as_py() and path.as_py()["path"] for path in rows.column("add")]
    dropped = next(at for at, path in enumerate(paths) if path)
    parquet.write_table(rows.filter([at != dropped for at in range(len(rows))]), checkpoint_of(table))


def checkpoint_without_a_transaction(table):
    rows = parquet.read_table(checkpoint_of(table))
    parquet.write_table(rows.filter([not value.is_valid for value in rows.column("txn")]), checkpoint_of(table))


def pointer_to_no_checkpoint(table):
    (table / "_delta_log/_last_checkpoint").write_text('{"version": 3, "size": 4}')


def write_checksum(table: Path, **changes) -> None:
    reader = DeltaTable(str(table))
    sizes = reader.get_add_actions(flatten=True)
    sizes = sizes.column(sizes.schema.names.index("size_bytes")).to_pylist()
    metadata = next(action["metaData"] for action in actions_of(log_files(table)[0]) if "metaData" in action)
    protocol = next(action["protocol"] for action in actions_of(log_files(table)[0]) if "protocol" in action)
    checksum = {"numFiles": len(sizes), "tableSizeBytes": sum(sizes), "numMetadata": 1, "numProtocol": 1, "metadata": metadata,
                "protocol": protocol} | changes
    (table / f"_delta_log/{reader.version():020}.crc").write_text(json.dumps(checksum))


def checksum_of_too_few_files(table):
    write_checksum(table, numFiles=1)


def checksum_of_another_size(table):
    write_checksum(table, tableSizeBytes=1)


def checksum_with_another_transaction(table):
    write_checksum(table, setTransactions=[{"appId": "inlet:github", "version": 1}])


BREAKAGES = {
    second_commit_info: "2 commitInfo",
    no_commit_info: "0 commitInfo",
    unknown_action: "addd",
    added_twice: "added twice",
    added_while_live: "live already",
    removed_unknown: "not live",
    removed_with_another_vector: "not live",
    vector_without_remove: "live already",
    row_that_is_back: "is back",
    lost_rows_of_a_move: "no data changes",
    wrong_number_of_rows: "numRecords is",
    lower_bound_too_high: "minValues of id",
    upper_bound_too_low_with_vector: "maxValues of id",
    loose_bound_called_tight: "maxValues of id",
    time_bound_too_early: "maxValues of updated_at",
    text_bound_too_low: "maxValues of title",
    member_bound_too_low: "maxValues of user.id",
    wrong_number_of_nulls: "nullCount of body",
    wrong_cardinality: "the log says",
    flipped_bit_of_a_vector: "checksum of the vector",
    vector_gone: "is not there",
    data_file_gone: "not there",
    data_file_cut: "cannot be read",
    version_gone: "it follows version",
    transaction_goes_down: "goes from",
    offset_that_is_no_json: "names no offset",
    offset_of_another_transaction: "userMetadata is about",
    another_offset_in_the_copy: "is not the offset that the log has",
    checkpoint_without_a_file: "it lacks",
    checkpoint_without_a_transaction: "its transactions are",
    pointer_to_no_checkpoint: "_last_checkpoint names version 3",
    checksum_of_too_few_files: "numFiles is 1",
    checksum_of_another_size: "tableSizeBytes is 1",
    checksum_with_another_transaction: "its transactions are",
}


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.__name__)
def test_it_finds(table, breakage):
    breakage(table)
    findings = lint(table)
    assert any(BREAKAGES[breakage] in finding for finding in findings), findings


def test_it_agrees_with_a_true_checksum(table):
    write_checksum(table)
    assert lint(table) == []


def test_the_command_says_what_it_found_in_its_exit_code(table, tmp_path):
    command = [sys.executable, ROOT / "tests/delta_lint.py", tmp_path]
    assert subprocess.run(command).returncode == 0
    data_file_gone(table)
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 1 and "table: " in told.stdout, told
