#!/usr/bin/env python3
"""Reads Delta tables with nothing of Inlet's, by the protocol's text alone, and says what in them is not as it should be.

    python tests/delta_lint.py FOLDER...     every table in or below the folders; exit code 1 when there is a finding
"""

import json
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

sys.path.insert(0, str(Path(__file__).resolve().parent))
import deletion_vector
import delta_log
import log_summaries
from delta_log import Commit, State
from file_facts import FileFacts, false_statistics
from partition_values import false_partition

MOST_FINDINGS = 50  # of one table: more say nothing new


class _Lint:
    """One table, once."""

    def __init__(self, table: Path):
        self.table = table
        self.log = table / "_delta_log"
        self.findings: list[str] = []
        self.facts: dict[str, FileFacts | None] = {}
        self.dead_rows: dict[str, frozenset[int]] = {}
        self.checked_statistics: set[tuple] = set()
        self.offsets: dict[tuple[str, int], dict] = {}

    def report(self, place: str):
        return lambda text: self.findings.append(f"{place}: {text}")

    def run(self) -> list[str]:
        commits = list(delta_log.commit_files(self.log))
        checkpoints = delta_log.checkpoint_files(self.log)
        state, first = self._begin(commits, checkpoints)
        for at, (version, file) in enumerate(commits):
            report = self.report(f"version {version}")
            if at > 0 and version != commits[at - 1][0] + 1:
                report(f"it follows version {commits[at - 1][0]}")
            if version < first:
                continue
            commit = delta_log.read_commit(file, report)
            before = dict(state.live)
            delta_log.apply(state, commit, report)
            self._check_files(commit, state, before, report)
            self._keep_offset(commit)
            self._check_summaries(version, state, checkpoints)
        self.findings += log_summaries.false_pointer(self.log, checkpoints)
        self._check_live(state)
        self._check_offset_copies()
        return self.findings[:MOST_FINDINGS]

    def _begin(self, commits, checkpoints) -> tuple[State, int]:
        """The state before the first commit that can be replayed, and that commit's version."""
        for name in sorted(file.name for file in self.log.iterdir()):
            if delta_log.UNKNOWN_CHECKPOINT.match(name) and not delta_log.CHECKPOINT.match(name):
                self.findings.append(f"{name} is a kind of checkpoint that this check does not know")
        if commits and commits[0][0] == 0:
            return State(), 0
        if not checkpoints:
            self.findings.append("the log begins neither with version 0 nor with a checkpoint")
            return State(), commits[0][0] if commits else 0
        base = min(checkpoints)
        state, _, found = log_summaries.read_checkpoint(checkpoints[base])
        self.findings += [f"checkpoint {base}: {text}" for text in found]
        return state, base + 1

    def _check_files(self, commit: Commit, state: State, before: dict[str, dict], report) -> None:
        for add in commit.of_kind("add"):
            rows = self._dead_rows(add, report)
            facts = self._facts(add["path"], report)
            if facts is None or not self._has_vector(add):
                continue
            past_end = [row for row in rows if row >= facts.num_rows]
            if past_end:
                report(f"{add['path']}: the deletion vector names row {past_end[0]}, and there are {facts.num_rows}")
            self._check_statistics(add, facts, rows, report)
            self._check_not_null(facts, state, add["path"], report)
            is_ours = commit.is_ours and add["path"] not in before
            self._check_partition(add, facts.table.column_names if is_ours else [], state, report)
            old = before.get(add["path"])
            if old and commit.info.get("operation") != "RESTORE":
                returned = self._dead_rows(old, lambda _: None) - rows
                if returned:
                    report(f"{add['path']}: row {min(returned)} was deleted and is back")

    def _file(self, path: str) -> Path:
        return Path(unquote(urlparse(path).path)) if "://" in path else self.table / unquote(path)

    def _facts(self, path: str, report) -> FileFacts | None:
        """None for a file that is gone: whether it may be is asked of the live ones only."""
        if path not in self.facts:
            self.facts[path] = None
            file = self._file(path)
            if file.is_file():
                try:
                    self.facts[path] = FileFacts(file)
                except (OSError, ValueError) as error:
                    report(f"{path} cannot be read: {error}")
        return self.facts[path]

    def _has_vector(self, add: dict) -> bool:
        """False where the file of its vector is gone, which is asked of the live ones only, too."""
        descriptor = add.get("deletionVector")
        if not descriptor:
            return True
        try:
            file = deletion_vector.file_of(self.table, descriptor)
        except (deletion_vector.Broken, ValueError):
            return True  # Reading it says what is wrong.
        return file is None or file.is_file()

    def _dead_rows(self, add: dict, report) -> frozenset[int]:
        descriptor = add.get("deletionVector")
        if not descriptor:
            return frozenset()
        if not self._has_vector(add):
            return frozenset()
        key = f"{deletion_vector.identity(descriptor)}:{descriptor['sizeInBytes']}:{descriptor['cardinality']}"
        if key not in self.dead_rows:
            self.dead_rows[key] = frozenset()
            try:
                self.dead_rows[key] = deletion_vector.read(self.table, descriptor)
            except (deletion_vector.Broken, ValueError) as error:
                report(f"the deletion vector of {add['path']}: {error}")
        return self.dead_rows[key]

    def _check_statistics(self, add: dict, facts: FileFacts, rows: frozenset[int], report) -> None:
        text = add.get("stats")
        if not text:
            return
        try:
            statistics = delta_log.parse(text)
        except ValueError as error:
            report(f"{add['path']}: statistics are no JSON: {error}")
            return
        of_live_rows = bool(rows) and statistics.get("tightBounds", True)
        key = (add["path"], text, rows if of_live_rows else None)
        if key in self.checked_statistics:
            return
        self.checked_statistics.add(key)
        leaves = facts.without(rows) if of_live_rows else facts.leaves
        num_live = facts.num_rows - (len(rows) if of_live_rows else 0)
        for wrong in false_statistics(statistics, leaves, facts.num_rows, num_live):
            report(f"{add['path']}: {wrong}")

    @staticmethod
    def _check_not_null(facts: FileFacts, state: State, path: str, report) -> None:
        for column in state.columns:
            leaf = facts.leaves.get((column["name"],))
            is_simple = isinstance(column["type"], str)
            is_in_file = column["name"] not in (state.metadata.get("partitionColumns") or [])
            if not column["nullable"] and is_simple and is_in_file and (leaf is None or leaf.num_nulls):
                report(f"{path}: {column['name']} may not be null, and it is")

    @staticmethod
    def _check_partition(add: dict, in_file: list[str], state: State, report) -> None:
        try:
            statistics = delta_log.parse(add.get("stats") or "{}")
        except ValueError:
            statistics = {}  # Reported with the statistics.
        for wrong in false_partition(add, state.metadata, state.columns, in_file, statistics):
            report(f"{add['path']}: {wrong}")

    def _check_summaries(self, version: int, state: State, checkpoints) -> None:
        if version in checkpoints:
            found = log_summaries.false_checkpoint(checkpoints[version], state)
            self.findings += [f"checkpoint {version}: {text}" for text in found]
        checksum = self.log / f"{version:020}.crc"
        if checksum.exists():
            self.findings += [f"{checksum.name}: {text}" for text in log_summaries.false_checksum(checksum.read_text(), state)]

    def _check_live(self, state: State) -> None:
        for path, add in state.live.items():
            file = self._file(path)
            if not file.is_file():
                self.findings.append(f"{path} is live and not there")
            elif file.stat().st_size != add["size"]:
                self.findings.append(f"{path} has {file.stat().st_size} bytes, by the log {add['size']}")
            if not self._has_vector(add):
                self.findings.append(f"{path} is live, and its deletion vector is not there")

    def _keep_offset(self, commit: Commit) -> None:
        try:
            entry = json.loads(commit.info.get("userMetadata") or "null")["inlet"]
            self.offsets[entry["app_id"], entry["version"]] = entry["offset"]
        except (TypeError, ValueError, KeyError):
            return  # Reported where it has to be there.

    def _check_offset_copies(self) -> None:
        """The copies beside the table say what the log says."""
        known = {(_file_name(app), version): offset for (app, version), offset in self.offsets.items()}
        for file in self.table.glob("_inlet/offsets/*/*.json"):
            key = (file.parent.name, int(file.stem))
            try:
                offset = json.loads(file.read_text())
            except ValueError as error:
                self.findings.append(f"{file.relative_to(self.table)} is no JSON: {error}")
                continue
            if key in known and offset != known[key]:
                self.findings.append(f"{file.relative_to(self.table)} is not the offset that the log has")


def _file_name(app_id: str) -> str:
    """docs/decisions/table-is-checkpoint.md: letters, digits, - and _ stay, other bytes are .hh."""
    return "".join(chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-_") else f".{byte:02x}"
                   for byte in app_id.encode())


def lint(table: Path) -> list[str]:
    """What is wrong with one table; empty when nothing is."""
    return _Lint(Path(table)).run()


def tables_below(folder: Path) -> list[Path]:
    return sorted(log.parent for log in Path(folder).rglob("_delta_log") if any(delta_log.commit_files(log)))


def lint_below(folder: Path) -> list[str]:
    """The findings of all tables in or below `folder`, each with its table's path."""
    return [f"{table.relative_to(folder)}: {text}" for table in tables_below(folder) for text in lint(table)]


def main(folders: list[str]) -> int:
    if not folders:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    num_tables, findings = 0, []
    for folder in map(Path, folders):
        num_tables += len(tables_below(folder))
        findings += [f"{folder}/{text}" for text in lint_below(folder)]
    print("\n".join([*findings, f"delta_lint: {num_tables} tables, {len(findings)} findings"]))
    return 1 if findings or num_tables == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
