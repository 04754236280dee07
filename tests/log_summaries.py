"""The files that repeat what a log says (checkpoints, checksums, the pointer to the last checkpoint), against its replay."""

import json
import time
from pathlib import Path

import pyarrow.parquet as parquet

import deletion_vector
from delta_log import State, file_key, num_live_rows, parse

# Readers may drop removes from a checkpoint once a table's retention (by default a week) is over.
SAFELY_KEPT_MS = 6 * 86_400_000


def _plain(value):
    """Maps of Parquet as objects, members without a value left out."""
    if isinstance(value, list):
        if all(isinstance(item, tuple) for item in value) and value:
            return dict(value)
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items() if member is not None}
    return value


def _essence(add: dict) -> dict:
    """What of an add action has to come out of any summary as it went in."""
    kept = {name: add.get(name) for name in ("path", "size", "modificationTime")}
    kept["partitionValues"] = dict(add.get("partitionValues") or {})
    kept["deletionVector"] = _plain(add.get("deletionVector") or {})
    kept["stats"] = parse(add["stats"]) if add.get("stats") else None
    return kept


def read_checkpoint(parts: list[Path]) -> tuple[State, int, list[str]]:
    """Its state, number of actions, and what is wrong within it."""
    state, num_actions, found = State(), 0, []
    for part in parts:
        for row in parquet.ParquetFile(part).read().to_pylist():
            num_actions += 1
            actions = {name: _plain(action) for name, action in row.items() if action is not None}
            if len(actions) != 1:
                found.append(f"a row holds the actions {sorted(actions)}, not one")
            if "add" in actions:
                add = actions["add"]
                if add["path"] in state.live:
                    found.append(f"{add['path']} is there twice")
                state.live[add["path"]] = add
            elif "remove" in actions:
                state.dead[file_key(actions["remove"])] = actions["remove"]
            elif "txn" in actions:
                state.transactions[actions["txn"]["appId"]] = actions["txn"]["version"]
            state.metadata = actions.get("metaData", state.metadata)
            state.protocol = actions.get("protocol", state.protocol)
    return state, num_actions, found


def _same_table(metadata: dict, other: dict) -> bool:
    def kept(of: dict) -> tuple:
        return of.get("id"), of.get("schemaString"), list(of.get("partitionColumns") or []), dict(of.get("configuration") or {})
    return kept(metadata) == kept(other)


def _same_protocol(protocol: dict, other: dict) -> bool:
    def kept(of: dict) -> tuple:
        return (of.get("minReaderVersion"), of.get("minWriterVersion"), sorted(of.get("readerFeatures") or []),
                sorted(of.get("writerFeatures") or []))
    return kept(protocol) == kept(other)


def _different_files(written: dict[str, dict], replayed: dict[str, dict]) -> list[str]:
    found = [f"it lacks {path}" for path in replayed.keys() - written.keys()]
    found += [f"it has {path}, which is not live" for path in written.keys() - replayed.keys()]
    for path in written.keys() & replayed.keys():
        ours, theirs = _essence(written[path]), _essence(replayed[path])
        found += [f"{name} of {path} is {ours[name]!r:.200}, by the log {theirs[name]!r:.200}"
                  for name in ours if ours[name] != theirs[name]]
    return found


def false_checkpoint(parts: list[Path], replayed: State) -> list[str]:
    written, _, found = read_checkpoint(parts)
    if not _same_protocol(written.protocol, replayed.protocol):
        found.append(f"its protocol is {written.protocol}, by the log {replayed.protocol}")
    if not _same_table(written.metadata, replayed.metadata):
        found.append("its metaData is not that of the log")
    if written.transactions != replayed.transactions:
        found.append(f"its transactions are {written.transactions}, by the log {replayed.transactions}")
    found += _different_files(written.live, replayed.live)
    found += [f"it removes {key}, and the log does not" for key in written.dead.keys() - replayed.dead.keys()]
    oldest_kept = time.time() * 1000 - SAFELY_KEPT_MS
    found += [f"it lacks the remove of {key}" for key in replayed.dead.keys() - written.dead.keys()
              if replayed.dead[key].get("deletionTimestamp", 0) > oldest_kept]
    return found


def false_checksum(text: str, replayed: State) -> list[str]:
    """A .crc file; members that it does not have are not missed."""
    try:
        written = json.loads(text)
    except ValueError as error:
        return [f"it is no JSON: {error}"]
    vectors = [add["deletionVector"] for add in replayed.live.values() if add.get("deletionVector")]
    true = {"numFiles": len(replayed.live), "tableSizeBytes": sum(add["size"] for add in replayed.live.values()), "numMetadata": 1,
            "numProtocol": 1, "numDeletionVectorsOpt": len(vectors), "numDeletedRecordsOpt": sum(vector["cardinality"] for vector in vectors)}
    found = [f"{name} is {written[name]}, by the log {value}" for name, value in true.items()
             if written.get(name) is not None and written[name] != value]
    if written.get("setTransactions") is not None:
        transactions = {transaction["appId"]: transaction["version"] for transaction in written["setTransactions"]}
        if transactions != replayed.transactions:
            found.append(f"its transactions are {transactions}, by the log {replayed.transactions}")
    if written.get("allFiles") is not None:
        found += _different_files({add["path"]: add for add in written["allFiles"]}, replayed.live)
    if not _same_table(written.get("metadata") or {}, replayed.metadata):
        found.append("its metadata is not that of the log")
    if not _same_protocol(written.get("protocol") or {}, replayed.protocol):
        found.append(f"its protocol is {written.get('protocol')}, by the log {replayed.protocol}")
    return found


def false_pointer(log: Path, checkpoints: dict[int, list[Path]]) -> list[str]:
    """_last_checkpoint names a checkpoint that is there."""
    file = log / "_last_checkpoint"
    if not file.exists():
        return []
    try:
        pointer = json.loads(file.read_text())
        parts = checkpoints.get(pointer["version"], [])
    except (ValueError, KeyError) as error:
        return [f"_last_checkpoint names no version: {error}"]
    if len(parts) != pointer.get("parts", 1):
        return [f"_last_checkpoint names version {pointer['version']}, which has {len(parts)} checkpoint files"]
    _, num_actions, _ = read_checkpoint(parts)
    return [] if pointer.get("size") in (None, num_actions) else [f"_last_checkpoint says {pointer['size']} actions, there are {num_actions}"]
