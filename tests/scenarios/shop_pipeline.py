"""The Python connectors of testkit/python, each behind a connection in a folder of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars
from inlet_program import INLET, ROOT, TOKEN, Finished

CONNECTORS = ROOT / "testkit/python"
KEYS = {"events": "id", "orders": "id", "customers": "id", "products": "sku", "visits": "id"}
sys.path.insert(0, str(CONNECTORS))


class ShopPipeline:
    """A pipeline over one class, `shop:Shop` unless another is named."""

    def __init__(self, folder: Path, *tables: str, class_name: str = "shop:Shop", **parameters: str):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.warehouse = folder / "warehouse"
        self.spec_file = folder / "pipeline.yaml"
        self.connections_file = folder / "connections.yaml"
        self.day_file = folder / "day"
        self.spec = {"connection_name": "shop", "objects": [{"table": {"source_table": name}} for name in tables or KEYS]}
        self.spec_file.write_text(json.dumps(self.spec))
        self.parameters = {"day_file": str(self.day_file), **parameters}
        connection = {"connector": f"python:{class_name}", "python_path": str(CONNECTORS), "api_token": "${env:SHOP_TOKEN}"}
        self.connections_file.write_text(json.dumps({"connections": {"shop": {**connection, **self.parameters}}}))
        self.be_day(1)

    def be_day(self, day: int) -> None:
        self.day_file.write_text(str(day))

    def command(self, *words: str) -> list[str]:
        return [INLET, "run", str(self.spec_file), "--connections", str(self.connections_file), "--warehouse", str(self.warehouse),
                "--json", *words]

    def start(self, *words: str, **how) -> subprocess.Popen:
        return subprocess.Popen(self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=os.environ | {"SHOP_TOKEN": TOKEN}, **how)

    def run(self, *words: str) -> Finished:
        process = self.start(*words)
        out, err = process.communicate(timeout=300)
        return Finished(process.returncode, out, err)

    def run_well(self, *words: str) -> Finished:
        finished = self.run(*words)
        assert finished.code == 0, finished
        return finished

    def rows(self, name: str) -> polars.DataFrame:
        """A table in the order of its keys, without what the engine adds."""
        table = polars.scan_delta(str(self.warehouse / name)).collect()
        columns = [column for column in sorted(table.columns) if not column.startswith("_inlet")]
        return table.select(columns).sort(KEYS.get(name, "id"))


def expect_same_tables(one: ShopPipeline, other: ShopPipeline, names=KEYS) -> None:
    for name in names:
        assert one.rows(name).equals(other.rows(name)), name
