"""A pipeline for commands that write a folder from it: its connection holds the token itself, which must not get into that folder."""

from pathlib import Path

import yaml
from github_tables import TABLES
from inlet_program import TOKEN, Pipeline


def pipeline_with_literal_token(folder: Path) -> Pipeline:
    made = Pipeline(folder, "https://api.github.test", {"issues": TABLES["issues"].options})
    made.connections_file.write_text(yaml.safe_dump({"connections": {"github": {"connector": "github", "token": TOKEN}}}))
    made.connections_file.chmod(0o600)
    return made
