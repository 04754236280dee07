"""A Delta table's log, replayed version by version; what the protocol forbids is a finding."""

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Callable, Iterator

import deletion_vector

COMMIT = re.compile(r"^(\d{20})\.json$")
CHECKPOINT = re.compile(r"^(\d{20})\.checkpoint(?:\.\d{10}\.\d{10})?\.parquet$")
UNKNOWN_CHECKPOINT = re.compile(r"^\d{20}\.checkpoint\..+\.(?:json|parquet)$")
ACTIONS = {"add", "remove", "metaData", "protocol", "txn", "commitInfo", "cdc", "domainMetadata"}
Report = Callable[[str], None]


@dataclass
class Commit:
    version: int
    actions: list[tuple[str, dict]]

    def of_kind(self, kind: str) -> list[dict]:
        return [action for name, action in self.actions if name == kind]

    @property
    def info(self) -> dict:
        return next(iter(self.of_kind("commitInfo")), {})

    @property
    def is_ours(self) -> bool:
        return str(self.info.get("engineInfo", "")).startswith("Inlet/")


@dataclass
class State:
    """What a reader of one version sees."""
    protocol: dict = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    transactions: dict[str, int] = field(default_factory=dict)
    live: dict[str, dict] = field(default_factory=dict)  # add actions by path
    dead: dict[tuple[str, str | None], dict] = field(default_factory=dict)  # remove actions by path and vector

    @property
    def columns(self) -> list[dict]:
        return json.loads(self.metadata["schemaString"])["fields"] if self.metadata else []


def parse(text: str) -> dict:
    """Numbers keep their digits."""
    return json.loads(text, parse_float=Decimal)


def file_key(action: dict) -> tuple[str, str | None]:
    return action["path"], deletion_vector.identity(action.get("deletionVector"))


def num_live_rows(action: dict) -> int | None:
    rows = parse(action.get("stats") or "{}").get("numRecords")
    return None if rows is None else rows - (action.get("deletionVector") or {}).get("cardinality", 0)


def read_commit(file: Path, report: Report) -> Commit:
    commit = Commit(int(file.name[:20]), [])
    for number, line in enumerate(file.read_text().splitlines(), 1):
        try:
            action = json.loads(line)
            (name, content), = action.items()
        except ValueError as error:
            report(f"line {number} is not one action: {error}")
            continue
        if name in ACTIONS:
            commit.actions.append((name, content))
        else:
            report(f"line {number} has an action that nobody knows: {name}")
    return commit


def _expect_singles(commit: Commit, report: Report) -> None:
    num_infos = len(commit.of_kind("commitInfo"))
    if num_infos != 1:
        report(f"it has {num_infos} commitInfo, not one")
    for kind in ("metaData", "protocol"):
        if len(commit.of_kind(kind)) > 1:
            report(f"it has {len(commit.of_kind(kind))} {kind}")
        if commit.version == 0 and not commit.of_kind(kind):
            report(f"the first version has no {kind}")


def _expect_same_rows(commit: Commit, report: Report) -> None:
    """A commit that only moves rows leaves their number as it was."""
    moved = [(sign, action) for kind, sign in (("add", 1), ("remove", -1)) for action in commit.of_kind(kind)]
    if not moved or any(action.get("dataChange", True) for _, action in moved):
        return
    rows = [(sign, num_live_rows(action)) for sign, action in moved]
    if all(number is not None for _, number in rows) and sum(sign * number for sign, number in rows) != 0:
        report(f"it says that no data changes, and {sum(sign * number for sign, number in rows):+} rows come of it")


def _values(action: dict) -> dict:
    """Some writers leave nulls out."""
    return {name: value for name, value in (action.get("partitionValues") or {}).items() if value not in (None, "")}


def _apply_removes(state: State, commit: Commit, report: Report) -> dict[str, dict]:
    """Takes what the commit removes out of `state`; returns it by path."""
    taken: dict[str, dict] = {}
    for remove in commit.of_kind("remove"):
        path, vector = file_key(remove)
        if path in taken:
            report(f"{path} is removed twice")
            continue
        before = state.live.get(path)
        if before is None or file_key(before) != (path, vector):
            report(f"it removes {path} with vector {vector}, which is not live")
            continue
        if remove.get("partitionValues") is not None and _values(remove) != _values(before):
            report(f"it removes {path} of {before.get('partitionValues')} as one of {remove['partitionValues']}")
        taken[path] = state.live.pop(path)
        state.dead[path, vector] = remove
    return taken


def _apply_adds(state: State, commit: Commit, taken: dict[str, dict], report: Report) -> None:
    added: set[str] = set()
    for add in commit.of_kind("add"):
        path, vector = file_key(add)
        if path in added:
            report(f"{path} is added twice")
            continue
        added.add(path)
        if path in state.live:
            report(f"{path} is added and is live already; a new vector needs a remove of the old one")
        if path in taken and file_key(taken[path]) == (path, vector):
            report(f"{path} is removed and added with the same vector {vector}")
        if add.get("deletionVector") and num_live_rows(add) is None:
            report(f"{path} has a deletion vector and no numRecords")
        state.live[path] = add
        state.dead.pop((path, vector), None)


def _apply_transactions(state: State, commit: Commit, report: Report) -> None:
    seen: set[str] = set()
    for transaction in commit.of_kind("txn"):
        app, version = transaction["appId"], transaction["version"]
        if app in seen:
            report(f"transaction \"{app}\" is there twice")
        seen.add(app)
        before = state.transactions.get(app)
        goes_up = before is None or version > before or (version == before and not commit.is_ours)
        if not goes_up:
            report(f"transaction \"{app}\" goes from {before} to {version}")
        state.transactions[app] = version


def _expect_offset(commit: Commit, report: Report) -> None:
    """Our commits say in their user metadata which offset their transaction brings the table to; rewrites, which have none, may say
    by what they sort."""
    text = commit.info.get("userMetadata")
    transactions = {transaction["appId"]: transaction["version"] for transaction in commit.of_kind("txn")}
    if not commit.is_ours or (text is None and not transactions):
        return
    try:
        entry = json.loads(text)["inlet"]
        if commit.info.get("operation") == "OPTIMIZE" and not transactions and list(entry) == ["order_by"]:
            return
        named, offset = {entry["app_id"]: entry["version"]}, entry["offset"]
    except (TypeError, ValueError, KeyError) as error:
        report(f"userMetadata names no offset ({type(error).__name__} {error}): {text!r:.120}")
        return
    if named != transactions:
        report(f"userMetadata is about {named}, the transactions are {transactions}")
    if not isinstance(offset, dict):
        report(f"the offset is no JSON object: {offset!r:.120}")


def apply(state: State, commit: Commit, report: Report) -> None:
    """Brings `state` to the version of `commit`."""
    _expect_singles(commit, report)
    _expect_same_rows(commit, report)
    taken = _apply_removes(state, commit, report)
    _apply_adds(state, commit, taken, report)
    _apply_transactions(state, commit, report)
    _expect_offset(commit, report)
    state.metadata = next(iter(commit.of_kind("metaData")), state.metadata)
    state.protocol = next(iter(commit.of_kind("protocol")), state.protocol)


def commit_files(log: Path) -> Iterator[tuple[int, Path]]:
    """In the order of their versions."""
    for file in sorted(log.iterdir()):
        if found := COMMIT.match(file.name):
            yield int(found.group(1)), file


def checkpoint_files(log: Path) -> dict[int, list[Path]]:
    """The parts of each checkpoint."""
    found: dict[int, list[Path]] = {}
    for file in sorted(log.iterdir()):
        if matched := CHECKPOINT.match(file.name):
            found.setdefault(int(matched.group(1)), []).append(file)
    return found
