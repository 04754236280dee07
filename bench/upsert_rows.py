"""The rows of the upsert benchmarks, made by DuckDB: a table of (id, seq, name, value, amount) and batches of changes."""

import json
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


def make(work: Path, kind: str, rows: int, changes: int, num_batches: int, *, late: float = 0.1, has_table: bool = True,
         formats: tuple[str, ...] = ("jsonl", "parquet")) -> None:
    """`table` and `batch-NNN` in `work`, as `.jsonl` and `.parquet`, in a process of its own that takes its memory along."""
    work.mkdir(parents=True, exist_ok=True)
    asked = {"work": str(work), "kind": kind, "rows": rows, "changes": changes, "num_batches": num_batches, "late": late,
             "has_table": has_table, "formats": formats}
    subprocess.run([sys.executable, __file__, json.dumps(asked)], check=True)


COPY = {"jsonl": "FORMAT json", "parquet": "FORMAT parquet, COMPRESSION zstd"}


def main() -> None:
    import duckdb
    asked = json.loads(sys.argv[1])
    connection = duckdb.connect()
    connection.execute("SELECT setseed(0.7)")

    def write(name: str, query: str) -> None:
        for format_ in asked["formats"]:
            connection.execute(f"COPY ({query}) TO '{asked['work']}/{name}.{format_}' ({COPY[format_]})")

    table = {"id": ID[asked["kind"]], "rows": asked["rows"]}
    if asked["has_table"]:
        write("table", _TABLE.format(**table))
    for number in range(2, asked["num_batches"] + 2):
        connection.execute(f"CREATE OR REPLACE TABLE batch AS {_BATCH.format(**table, number=number, changes=asked['changes'], late=asked['late'])}")
        write(f"batch-{number:03}", "FROM batch")


if __name__ == "__main__":
    main()
