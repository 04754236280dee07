"""Keyed upserts with deltalake's merge. Usage: deltalake_merge.py TABLE_FOLDER BATCH.parquet...

The table is there already. Prints the seconds of each batch, reading its file left out.
"""

import json
import sys
import time

import pyarrow.parquet
from deltalake import DeltaTable, PostCommitHookProperties


def main() -> None:
    folder, files = sys.argv[1], sys.argv[2:]
    seconds = []
    table = DeltaTable(folder)
    hooks = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)
    for file in files:
        rows = pyarrow.parquet.read_table(file)
        begin = time.perf_counter()
        merge = table.merge(rows, "t.id = s.id", source_alias="s", target_alias="t", streamed_exec=False,
                            post_commithook_properties=hooks)
        merge.when_matched_update_all("s.seq >= t.seq").when_not_matched_insert_all().execute()
        seconds.append(time.perf_counter() - begin)
    print(json.dumps({"batch_seconds": seconds, "version": table.version()}))


if __name__ == "__main__":
    main()
