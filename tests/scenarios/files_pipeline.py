"""Pipelines of the files connector: a folder of JSON lines in, a table out."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from inlet_program import INLET, Finished


@dataclass
class FilesPipeline:
    """Every line of the files below `source` is a row. `options` are those of the table; `words` and `environment` are added to
    every run."""
    folder: Path
    options: dict = field(default_factory=dict)
    warehouse: str = ""
    source: str = ""
    source_table: str = "rows"
    words: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.drop.mkdir(parents=True, exist_ok=True)
        self.warehouse = self.warehouse or str(self.folder / "warehouse")
        table = {"source_table": self.source_table, "destination_table": "rows", "table_configuration": {"path": "**"} | self.options}
        (self.folder / "pipeline.yaml").write_text(json.dumps({"connection_name": "drop", "objects": [{"table": table}]}))
        connection = {"connector": "files", "url": self.source or str(self.drop)}
        (self.folder / "connections.yaml").write_text(json.dumps({"connections": {"drop": connection}}))

    @property
    def drop(self) -> Path:
        return self.folder / "drop"

    @property
    def table_path(self) -> Path:
        return Path(self.warehouse) / "rows"

    def put(self, name: str, rows: list[dict]) -> None:
        (self.drop / name).write_text(lines(rows))

    def command(self, *words: str, program: str = INLET) -> list[str]:
        return [program, "run", str(self.folder / "pipeline.yaml"), "--connections", str(self.folder / "connections.yaml"),
                "--warehouse", self.warehouse, "--json", *self.words, *words]

    def start(self, *words: str) -> subprocess.Popen:
        return subprocess.Popen(self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=os.environ | self.environment)

    def run(self, *words: str) -> Finished:
        return finish(self.start(*words))

    def run_well(self, *words: str) -> Finished:
        finished = self.run(*words)
        assert finished.code == 0, finished
        return finished


def lines(rows: list[dict]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def finish(process: subprocess.Popen) -> Finished:
    out, err = process.communicate(timeout=300)
    return Finished(process.returncode, out, err)
