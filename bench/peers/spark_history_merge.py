"""SCD 2 with Spark and Delta's MERGE. Usage: spark_history_merge.py TABLE.parquet TABLE_FOLDER JARS_FOLDER BATCH.parquet...

Makes the table of open rows, then closes and opens those that a batch changes, in one MERGE a batch. Prints the seconds of each.
"""

import json
import sys
import time

from spark_session import make_session

# A change of a key that is there comes twice: once to close the open row, once, under no key, to be inserted.
MERGE = """
MERGE INTO history AS t USING (
  SELECT s.id AS merge_key, s.* FROM batch s
  UNION ALL
  SELECT NULL AS merge_key, s.* FROM batch s JOIN history t ON s.id = t.id WHERE t.__END_AT IS NULL
) AS s ON t.id = s.merge_key AND t.__END_AT IS NULL
WHEN MATCHED THEN UPDATE SET t.__END_AT = s.seq
WHEN NOT MATCHED THEN INSERT (id, seq, name, value, amount, __START_AT, __END_AT)
  VALUES (s.id, s.seq, s.name, s.value, s.amount, s.seq, NULL)
"""


def main() -> None:
    source, folder, jars, *batches = sys.argv[1:]
    spark = make_session(jars)
    spark.read.parquet(source).selectExpr("*", "seq AS __START_AT", "CAST(NULL AS BIGINT) AS __END_AT").write.format("delta").save(folder)
    spark.read.format("delta").load(folder).createOrReplaceTempView("history")
    seconds = []
    for file in batches:
        spark.read.parquet(file).createOrReplaceTempView("batch")
        begin = time.perf_counter()
        spark.sql(MERGE.replace("INTO history", f"INTO delta.`{folder}`").replace("JOIN history", f"JOIN delta.`{folder}`"))
        seconds.append(time.perf_counter() - begin)
    spark.stop()
    print(json.dumps({"batch_seconds": seconds}))


if __name__ == "__main__":
    main()
