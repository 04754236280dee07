"""Pipelines whose warehouse is in an object store, and their tables as others read them."""

import itertools
from pathlib import Path

import delta_tables
import github_tables
from deltalake import DeltaTable, QueryBuilder
from files_pipeline import FilesPipeline
from github_simulator import GithubSimulator
from inlet_program import INLET, Finished, Pipeline
from store_servers import Store

_copies = itertools.count()


def fetch(store: Store, warehouse: str, tmp_path: Path) -> Path:
    """A copy of the warehouse as it is now, in the test's folder: there its tables are checked after the test as well."""
    return store.fetch(warehouse, tmp_path / f"copy{next(_copies)}")


class GithubWarehouse:
    """Some of GitHub's tables, brought from a simulator into a store."""

    def __init__(self, folder: Path, store: Store, simulator: GithubSimulator, warehouse: str, tables: dict[str, dict]):
        self.folder, self.store, self.simulator, self.warehouse = folder, store, simulator, warehouse
        self.pipeline = Pipeline(folder / "spec", simulator.base_url, tables, warehouse=warehouse)

    def start(self, *words: str, program: str = INLET, environment: dict | None = None):
        return self.pipeline.start(*self.store.words, *words, program=program, environment=self.store.environment | (environment or {}))

    def run(self, *words: str) -> Finished:
        return self.pipeline.run(*self.store.words, *words, environment=self.store.environment)

    def run_well(self, *words: str) -> Finished:
        finished = self.run(*words)
        assert finished.code == 0, finished
        return finished

    def expect_all(self) -> Path:
        copy = fetch(self.store, self.warehouse, self.folder)
        for name in self.pipeline.tables:
            table = github_tables.TABLES[name]
            delta_tables.expect_truth(copy / name, github_tables.truth_of(self.simulator, name), table.key, table.extras)
        return copy


def files_pipeline(folder: Path, store: Store, warehouse: str, **settings) -> FilesPipeline:
    return FilesPipeline(folder, warehouse=warehouse, words=store.words, environment=store.environment, **settings)


def ids_of(store: Store, warehouse: str, tmp_path: Path) -> list[int]:
    return sorted(delta_tables.read_with_deltalake(fetch(store, warehouse, tmp_path) / "rows").column("id").to_pylist())


def rows_straight_from(store: Store, url: str) -> int:
    """By deltalake's own way to the store."""
    table = DeltaTable(url, storage_options=store.reader_options)
    return len(QueryBuilder().register("t", table).execute("select * from t").read_all())
