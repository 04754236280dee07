"""JSON lines -> Delta by polars' sink_delta. Usage: polars_sink.py INPUT OUTPUT_FOLDER NUM_THREADS."""

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    source, folder = sys.argv[1], Path(sys.argv[2])
    os.environ["POLARS_MAX_THREADS"] = sys.argv[3]  # before the import
    import polars
    from deltalake import WriterProperties
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from issues import COLUMNS, polars_type, time_columns

    begin = time.perf_counter()
    schema = {name: polars_type(type_) for name, type_ in COLUMNS.items()}
    frame = polars.scan_ndjson(source, schema=schema).with_columns(
        polars.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC")
        for name in time_columns())
    frame.sink_delta(folder, delta_write_options={"writer_properties": WriterProperties(compression="ZSTD")})
    print(json.dumps({"seconds": time.perf_counter() - begin}))


if __name__ == "__main__":
    main()
