"""The program under test, run as a user runs it: a spec, a connections file, a warehouse."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
INLET = str(ROOT / os.environ.get("INLET", "build/release/bin/inlet"))
# The same program, but it dies at the step that INLET_KILL_AT names.
STOPPING_INLET = str(Path(INLET).parent / "stopping_inlet")

REPOSITORY = {"owner": "octo-org", "repo": "hello-world"}
TOKEN = "ghp_Planted5ecretT0kenThatNobodyMayEverSee"


@dataclass
class Finished:
    """A run that has ended."""
    code: int
    out: str
    err: str

    @property
    def report(self) -> dict:
        return json.loads(self.out)

    def table(self, name: str) -> dict:
        return next(table for table in self.report["tables"] if table["source_table"] == name)

    def __str__(self) -> str:
        return f"exit code {self.code}\n{self.out}\n{self.err}"


@dataclass
class Pipeline:
    """A pipeline in a folder of its own. `tables` maps source tables to their options."""
    folder: Path
    base_url: str
    tables: dict[str, dict]
    warehouse: Path | None = None
    prefix: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.warehouse = self.warehouse or self.folder / "warehouse"
        spec = {"connection_name": "github",
                "objects": [{"table": {"source_table": name, "table_configuration": options}}
                            for name, options in self.tables.items()]}
        # JSON is YAML.
        self.spec_file.write_text(json.dumps(spec, indent=2))
        connections = {"connections": {"github": {"connector": "github", "token": "${env:GITHUB_TOKEN}", "base_url": self.base_url}}}
        self.connections_file.write_text(json.dumps(connections))

    @property
    def spec_file(self) -> Path:
        return self.folder / "pipeline.yaml"

    @property
    def connections_file(self) -> Path:
        return self.folder / "connections.yaml"

    def command(self, *words: str, program: str = INLET) -> list[str]:
        return [*self.prefix, program, "run", str(self.spec_file), "--connections", str(self.connections_file),
                "--warehouse", str(self.warehouse), "--json", *words]

    def start(self, *words: str, program: str = INLET, environment: dict | None = None, **how) -> subprocess.Popen:
        return subprocess.Popen(self.command(*words, program=program), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=os.environ | {"GITHUB_TOKEN": TOKEN} | (environment or {}), **how)

    def run(self, *words: str, **how) -> Finished:
        """Runs to the end; any exit code."""
        process = self.start(*words, **how)
        out, err = process.communicate(timeout=300)
        return Finished(process.returncode, out, err)

    def run_well(self, *words: str, **how) -> Finished:
        finished = self.run(*words, **how)
        assert finished.code == 0, finished
        return finished

    def table_path(self, name: str) -> Path:
        return self.warehouse / name
