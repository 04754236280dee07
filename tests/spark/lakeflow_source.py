"""The format `lakeflow_connect` as tests use it: a connections file, a landing and a checkpoint in the test's folder."""

import json
from pathlib import Path

from inlet_program import REPOSITORY, TOKEN


class LakeflowSource:
    def __init__(self, spark, folder: Path, base_url: str):
        self.spark = spark
        self.landing = folder / "landing"
        self.checkpoint = folder / "checkpoint"
        self.connections = folder / "connections.yaml"
        self.connections.write_text(json.dumps({"connections": {"my_github": {
            "connector": "github", "token": TOKEN, "base_url": base_url}}}))
        self.connections.chmod(0o600)

    def options(self, table: str, **more: str) -> dict[str, str]:
        return {"databricks.connection": "my_github", "tableName": table, "connections": str(self.connections), **REPOSITORY, **more}

    def read(self, table: str, **more: str):
        return self.spark.read.format("lakeflow_connect").options(**self.options(table, **more)).load()

    def read_virtual(self, table: str, **more: str):
        options = {name: value for name, value in self.options(table, **more).items() if name not in REPOSITORY}
        return self.spark.read.format("lakeflow_connect").options(**options).load()

    def stream(self, table: str, take, **more: str) -> None:
        """Brings what is available to `take(rows, batch number)`, and raises what stops the query."""
        options = self.options(table, landing=str(self.landing), **more)
        rows = self.spark.readStream.format("lakeflow_connect").options(**options).load()
        query = rows.writeStream.foreachBatch(take).option("checkpointLocation", str(self.checkpoint)).trigger(availableNow=True).start()
        query.awaitTermination()

    def landed_segments(self) -> list[str]:
        return sorted(file.name for file in self.landing.glob("*.pages"))
