"""What a snapshot costs that is only compared. Usage: duckdb_snapshot.py TABLE_FOLDER SNAPSHOT.jsonl THREADS

Reads the table's rows and the new set, and counts the rows that came or changed, and those that went. Writes nothing.
"""

import json
import sys

import duckdb
from deltalake import DeltaTable

COLUMNS = "{id: 'BIGINT', name: 'VARCHAR', value: 'DOUBLE', amount: 'BIGINT'}"


def main() -> None:
    folder, snapshot, threads = sys.argv[1:4]
    connection = duckdb.connect(config={"threads": threads, "memory_limit": "16GB"})
    connection.execute("CREATE VIEW stored AS SELECT id, name, value, amount FROM read_parquet($files)".replace(
        "$files", repr(DeltaTable(folder).file_uris())))
    connection.execute(f"CREATE TABLE fresh AS FROM read_json('{snapshot}', format = 'newline_delimited', columns = {COLUMNS})")
    changed = connection.execute("""SELECT count(*) FROM fresh ANTI JOIN stored USING (id, name, value, amount)""").fetchone()[0]
    gone = connection.execute("SELECT count(*) FROM stored ANTI JOIN fresh USING (id)").fetchone()[0]
    print(json.dumps({"changed": changed, "gone": gone}))


if __name__ == "__main__":
    main()
