"""A folder of files as a stream of the format `lakeflow_connect`, with landing and checkpoint in the test's folder."""

import json
from pathlib import Path

SCHEMA = "id bigint NOT NULL, name string"


class FilesSource:
    def __init__(self, folder: Path):
        self.drop = folder / "drop"
        self.drop.mkdir(exist_ok=True)
        self.landing = folder / "landing"
        self.checkpoint = folder / "checkpoint"
        self.connections = folder / "connections.yaml"
        self.connections.write_text(json.dumps({"connections": {"drop": {"connector": "files", "url": str(self.drop)}}}))

    def put(self, name: str, ids: range) -> None:
        """A file of lines, or of CSV."""
        is_csv = name.endswith(".csv")
        lines = (f"{one},row {one}\n" if is_csv else json.dumps({"id": one, "name": f"row {one}"}) + "\n" for one in ids)
        (self.drop / name).write_text("id,name\n" * is_csv + "".join(lines))

    def start(self, spark, take, **options: str):
        given = {"databricks.connection": "drop", "tableName": "files", "connections": str(self.connections), "schema": SCHEMA,
                 "landing": str(self.landing), "positionColumn": "place"} | options
        rows = spark.readStream.format("lakeflow_connect").options(**given).load()
        return rows.writeStream.foreachBatch(take).option("checkpointLocation", str(self.checkpoint)).trigger(availableNow=True).start()

    def stream(self, spark, take, **options: str) -> None:
        """Brings what is available to `take(rows, batch number)`, and raises what stops the query."""
        self.start(spark, take, **options).awaitTermination()

    def landed(self, ending: str) -> list[str]:
        return sorted(file.name for file in self.landing.glob(f"*.{ending}"))

    def offset_of(self, batch: int) -> dict:
        """Where the batch ends, as Spark has logged it."""
        return json.loads((self.checkpoint / "offsets" / str(batch)).read_text().splitlines()[-1])
