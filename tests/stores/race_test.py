"""Several processes write one table in a store at the same time: each version has one winner, and nothing is lost."""

import collections

import delta_log
from files_pipeline import finish
from warehouses import fetch, files_pipeline, ids_of

NUM_WRITERS, NUM_FILES, NUM_ROWS = 8, 5, 4


def test_eight_processes_append_to_one_table(store, warehouse, tmp_path):
    writers = []
    for writer in range(NUM_WRITERS):
        pipeline = files_pipeline(tmp_path / f"writer{writer}", store, warehouse, source_table=f"rows{writer}")
        for file in range(NUM_FILES):
            pipeline.put(f"{file}.jsonl", [{"id": 1000 * writer + 100 * file + row} for row in range(NUM_ROWS)])
        writers.append(pipeline)
    # All at once, also to make the table. Each file is a commit of its own.
    finished = [finish(process) for process in [writer.start("--commit-rows", "1") for writer in writers]]
    assert all(one.code == 0 for one in finished), "\n".join(str(one) for one in finished if one.code != 0)

    wanted = [1000 * writer + 100 * file + row for writer in range(NUM_WRITERS) for file in range(NUM_FILES) for row in range(NUM_ROWS)]
    assert ids_of(store, warehouse, tmp_path) == wanted
    log = fetch(store, warehouse, tmp_path) / "rows/_delta_log"
    commits = [delta_log.read_commit(file, lambda text: None) for _, file in delta_log.commit_files(log)]
    offsets = collections.Counter(transaction["appId"] for commit in commits for transaction in commit.of_kind("txn"))
    assert len(offsets) == NUM_WRITERS and set(offsets.values()) == {NUM_FILES}, offsets
    assert [commit.version for commit in commits] == list(range(len(commits)))
