"""Classes that Spark's driver loads, in a file that the JVM maps (AppCDS): a session's start takes half of the time. Beside the Python environment
whose Spark it is for; `class_archive.py` makes it, unless it is there."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

QUIET = "-Xlog:cds=off -Xlog:cds+dynamic=off"


def file() -> Path:
    """Named after what it was made of; the JVM passes over one that does not fit."""
    import pyspark
    java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr
    return Path(sys.prefix) / f"classes-{hashlib.sha256((java + pyspark.__version__).encode()).hexdigest()[:16]}.jsa"


def java_options() -> str:
    """For a session that uses the archive, where tools/test has made one."""
    return f"-XX:SharedArchiveFile={file()} {QUIET}" if file().exists() else ""


def make(folder: Path) -> None:
    """By a run of what the tests do."""
    import conftest
    from inlet.spark import ingest
    archive = file()
    (folder / "events").mkdir()
    (folder / "drop").mkdir()
    (folder / "connections.yaml").write_text(json.dumps({"connections": {"drop": {"connector": "files", "url": str(folder / "drop")}}}))
    rules = {"schema": "id bigint NOT NULL, seq bigint, name string", "primary_keys": "id", "sequence_by": "seq", "path": "**"}
    session = conftest.start_session(folder / "events", java_options=f"-XX:ArchiveClassesAtExit={archive}.new {QUIET}")
    for number in range(3):
        rows = [{"id": i, "seq": number, "name": f"{number} {i % 2}"} for i in range(20)]
        (folder / "drop" / f"{number}.jsonl").write_text("\n".join(map(json.dumps, rows)))
        for kind in ("SCD_TYPE_2", "APPEND_ONLY"):
            table = {"source_table": "rows", "destination_table": kind, "table_configuration": rules | {"scd_type": kind}}
            ingest(session, {"connection_name": "drop", "objects": [{"table": table}]}, warehouse=folder / "lake",
                   connections=folder / "connections.yaml")
    java = session.sparkContext._gateway.proc
    session.stop()
    java.stdin.close()
    java.wait()
    os.replace(f"{archive}.new", archive)


if __name__ == "__main__":
    if not file().exists():
        with tempfile.TemporaryDirectory() as place:
            make(Path(place))
