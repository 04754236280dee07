"""Tells whether two outputs hold the same rows, whatever their order: run in the environment of the peers.

Usage: compare.py FOLDER...; prints the number of rows and a digest of each as JSON.
"""

import json
import sys
from pathlib import Path

import duckdb
from issues import COLUMNS


def data_files(folder: Path) -> list[str]:
    """Parquet files that make up the output: those that a Delta log names, or all."""
    if (folder / "_delta_log").is_dir():
        from deltalake import DeltaTable
        return DeltaTable(folder).file_uris()
    return sorted(str(file) for file in folder.glob("*.parquet"))


def expression(name: str, type_) -> str:
    if type_ == "timestamp":
        return f'epoch_us("{name}")'
    return f'to_json("{name}")' if isinstance(type_, (dict, list)) else f'"{name}"'


def digest(folder: Path) -> dict:
    files = data_files(folder)
    values = ", ".join(expression(name, type_) for name, type_ in COLUMNS.items())
    rows, digest_, digest_of_ids = duckdb.connect().execute(
        f"SELECT count(*), bit_xor(hash({values})), sum(hash(id)::HUGEINT % 1000000007) FROM read_parquet(?)", [files]).fetchone()
    size = sum(Path(file.removeprefix("file://")).stat().st_size for file in files)
    return {"rows": rows, "digest": f"{digest_}-{digest_of_ids}", "bytes": size, "files": len(files)}


if __name__ == "__main__":
    print(json.dumps([digest(Path(folder)) for folder in sys.argv[1:]]))
