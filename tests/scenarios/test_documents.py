"""What the documents tell people to type works as written."""

import os
import re
import subprocess
import sys
from pathlib import Path

from github_simulator import GithubSimulator
from inlet_program import INLET, ROOT

TUTORIAL = ROOT / "docs/tutorial.md"


def blocks(document: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", document.read_text(), re.MULTILINE | re.DOTALL)


def test_the_demo_moves_only_changes_in_its_second_run():
    told = subprocess.run([ROOT / "tools/demo"], capture_output=True, text=True, env=os.environ | {"INLET": INLET})
    assert told.returncode == 0, told.stderr
    runs = re.findall(r"^github\.issues +[\d,]+ +([\d,]+) .* (new -> \d+|\d+ -> \d+)$", told.stdout, re.MULTILINE)
    assert runs == [("5,000", "new -> 1"), ("15", "1 -> 2")], told.stdout


def test_the_tutorial_works_as_written(tmp_path):
    (tmp_path / "inlet").symlink_to(INLET)
    (tmp_path / "github.yaml").write_text(blocks(TUTORIAL, "yaml")[0])
    serve, *steps = blocks(TUTORIAL, "sh")
    assert serve.startswith("inlet simulate github --port 8080 ")
    with GithubSimulator(issues=2000, seed=7) as simulator:
        script = "set -e\n" + "".join(steps).replace("http://127.0.0.1:8080", simulator.base_url)
        environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "XDG_CONFIG_HOME": str(tmp_path / "config")}
        told = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "5 of 2000 rows" in told.stdout
    read = subprocess.run([sys.executable, "-c", blocks(TUTORIAL, "python")[0]], cwd=tmp_path, capture_output=True, text=True)
    assert read.returncode == 0 and "open" in read.stdout, read.stderr
