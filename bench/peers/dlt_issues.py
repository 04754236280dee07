"""GitHub issues -> Delta by dlt: its rest_api source, delta tables on the file system.

Usage: dlt_issues.py BASE_URL OUTPUT_FOLDER. One worker for each step: more cost more CPU for the same rows. Nested members stay
in one column each (max_table_nesting=0), as they do in our table; without that dlt writes child tables and is slower.
"""

import json
import os
import sys
import time
from pathlib import Path


def settle(folder: Path) -> None:
    """dlt reads its settings from the environment; they must stand before it is imported."""
    settings = {
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "ERROR",
        "DLT_DATA_DIR": str(folder / "state"),
        "DATA_WRITER__BUFFER_MAX_ITEMS": "50000",
        "EXTRACT__WORKERS": "1",
        "NORMALIZE__WORKERS": "1",
        "LOAD__WORKERS": "1",
    }
    os.environ.update(settings)


def main() -> None:
    base_url, folder = sys.argv[1], Path(sys.argv[2])
    settle(folder)
    import dlt
    from dlt.sources.rest_api import rest_api_source

    begin = time.perf_counter()
    source = rest_api_source({
        "client": {"base_url": base_url, "auth": {"type": "bearer", "token": "bench"},
                   "headers": {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
                   "paginator": {"type": "header_link"}},
        "resources": [{
            "name": "issues", "primary_key": "id", "write_disposition": "append", "table_format": "delta",
            "endpoint": {"path": "repos/octo-org/hello-world/issues",
                         "params": {"per_page": 100, "state": "all", "sort": "updated", "direction": "asc"}},
        }],
    }, max_table_nesting=0)
    destination = dlt.destinations.filesystem(bucket_url=(folder / "warehouse").as_uri())
    pipeline = dlt.pipeline("issues", destination=destination, dataset_name="bench", pipelines_dir=str(folder / "work"))
    pipeline.run(source, loader_file_format="parquet")
    rows = pipeline.last_trace.last_normalize_info.row_counts["issues"]
    table = folder / "warehouse" / "bench" / "issues"
    print(json.dumps({"seconds": time.perf_counter() - begin, "rows": rows, "table": str(table)}))


if __name__ == "__main__":
    main()
