"""The rows of the upsert benchmarks, made by DuckDB: a table of (id, seq, name, value, amount) and batches of changes."""

import subprocess
import sys
from pathlib import Path

ID = {"bigint": "n", "uuid": "md5('k' || n)::uuid::varchar"}

# A batch's own sequence is its number; a share of late rows gives the guard something to refuse.
_BATCH = """
  SELECT {id} AS id, CASE WHEN random() < {late} THEN 0 ELSE {number} END::BIGINT AS seq,
         'name ' || (n * 31 + {number}) AS name, (n * 0.5 + {number})::DOUBLE AS value, ({number} * 1000 + n % 1000)::BIGINT AS amount
  FROM (SELECT DISTINCT (random() * {rows})::BIGINT AS n FROM range({changes} * 11 // 10)) LIMIT {changes}
"""
_TABLE = """
  SELECT {id} AS id, 1::BIGINT AS seq, 'name ' || (n * 31) AS name, (n * 0.5)::DOUBLE AS value, (n % 1000)::BIGINT AS amount
  FROM range({rows}) AS numbers(n)
"""


def make(work: Path, kind: str, rows: int, changes: int, num_batches: int, late: float = 0.1) -> None:
    """`table.jsonl`/`.parquet` and `batch-NNN.jsonl`/`.parquet` in `work`, in a process of its own that takes its memory along."""
    work.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, __file__, str(work), kind, *map(str, (rows, changes, num_batches, late))], check=True)


def main() -> None:
    import duckdb
    work, kind, rows, changes, num_batches = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
    late = float(sys.argv[6])
    connection = duckdb.connect()
    connection.execute("SELECT setseed(0.7)")

    def write(name: str, query: str) -> None:
        connection.execute(f"CREATE OR REPLACE TABLE rows AS {query}")
        connection.execute(f"COPY rows TO '{work}/{name}.jsonl' (FORMAT json)")
        connection.execute(f"COPY rows TO '{work}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)")

    write("table", _TABLE.format(id=ID[kind], rows=rows))
    for number in range(2, num_batches + 2):
        write(f"batch-{number:03}", _BATCH.format(id=ID[kind], number=number, rows=rows, changes=changes, late=late))


if __name__ == "__main__":
    main()
