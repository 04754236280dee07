"""GitHub issues read (not written) by airbyte-cdk: the declarative manifest beside this file.

Usage: airbyte_issues.py BASE_URL OUTPUT_FOLDER. Records are printed as the protocol's messages, into a file.
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

import yaml
from airbyte_cdk.cli.source_declarative_manifest._run import handle_command

CATALOG = {"streams": [{"stream": {"name": "issues", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
                        "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}


@contextlib.contextmanager
def _standard_output_to(file: Path):
    """For the descriptor itself: the CDK writes past sys.stdout."""
    kept = os.dup(1)
    with open(file, "wb") as out:
        os.dup2(out.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def main() -> None:
    base_url, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    manifest = yaml.safe_load((Path(__file__).parent / "airbyte_github.yaml").read_text())
    config = {"base_url": base_url, "token": "bench", "__injected_declarative_manifest": manifest}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "catalog.json").write_text(json.dumps(CATALOG))
    begin = time.perf_counter()
    messages = folder / "messages.jsonl"
    with _standard_output_to(messages):
        handle_command(["read", "--config", str(folder / "config.json"), "--catalog", str(folder / "catalog.json")])
    seconds = time.perf_counter() - begin
    with open(messages) as lines:
        rows = sum('"type":"RECORD"' in line[:40] for line in lines)
    print(json.dumps({"seconds": seconds, "rows": rows}))


if __name__ == "__main__":
    main()
