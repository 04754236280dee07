"""One Spark session for all tests of this folder; starting it takes most of their time."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scenarios"))

CACHE = Path(os.environ.get("INLET_CACHE") or Path.home() / ".cache/inlet")
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
}


@pytest.fixture(scope="session")
def event_log(tmp_path_factory):
    return tmp_path_factory.mktemp("events")


def start_session(event_log: Path, master: str = "local[2]"):
    from pyspark.sql import SparkSession
    # Workers are this Python, which has the wheel, and not the first of PATH.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    jars = ",".join(str(jar) for jar in sorted((CACHE / "spark-jars").glob("*.jar")))
    builder = SparkSession.builder.master(master).config("spark.jars", jars)
    for name, value in (SETTINGS | {"spark.eventLog.enabled": "true", "spark.eventLog.dir": event_log.as_uri()}).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@pytest.fixture(scope="session")
def spark(event_log):
    session = start_session(event_log)
    yield session
    session.stop()
