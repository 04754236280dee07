"""Pipelines of the files connector: a folder of JSON lines in, tables out."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from inlet_program import INLET, Finished


@dataclass
class FilesPipeline:
    """Every line of the files below `folder`/drop is a row. `options` are those of the table."""
    folder: Path
    options: dict = field(default_factory=dict)
    warehouse: str = ""

    def __post_init__(self):
        self.drop.mkdir(parents=True, exist_ok=True)
        self.warehouse = self.warehouse or str(self.folder / "warehouse")
        table = {"source_table": "rows", "table_configuration": {"path": "**"} | self.options}
        (self.folder / "pipeline.yaml").write_text(json.dumps({"connection_name": "drop", "objects": [{"table": table}]}))
        connection = {"connector": "files", "url": str(self.drop)}
        (self.folder / "connections.yaml").write_text(json.dumps({"connections": {"drop": connection}}))

    @property
    def drop(self) -> Path:
        return self.folder / "drop"

    @property
    def table_path(self) -> Path:
        return Path(self.warehouse) / "rows"

    def put(self, name: str, rows: list[dict]) -> None:
        (self.drop / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))

    def command(self, *words: str, program: str = INLET) -> list[str]:
        return [program, "run", str(self.folder / "pipeline.yaml"), "--connections", str(self.folder / "connections.yaml"),
                "--warehouse", self.warehouse, "--json", *words]

    def run_well(self, *words: str) -> Finished:
        told = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=300)
        finished = Finished(told.returncode, told.stdout, told.stderr)
        assert finished.code == 0, finished
        return finished
