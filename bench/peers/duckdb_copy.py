"""JSON lines -> Parquet by DuckDB's COPY. Usage: duckdb_copy.py INPUT OUTPUT_FOLDER NUM_THREADS."""

import json
import sys
import time
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from issues import duckdb_columns


def main() -> None:
    source, folder, num_threads = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True)
    connection = duckdb.connect()
    # Measured best for this file: as many threads as allowed, order not kept, row groups of the default size.
    connection.execute(f"SET threads = {num_threads}; SET preserve_insertion_order = false")
    begin = time.perf_counter()
    connection.execute(f"""
        COPY (FROM read_json('{source}', format = 'newline_delimited', columns = {duckdb_columns()}))
        TO '{folder / "issues.parquet"}' (FORMAT parquet, COMPRESSION zstd)""")
    print(json.dumps({"seconds": time.perf_counter() - begin}))


if __name__ == "__main__":
    main()
