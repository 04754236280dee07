"""One Spark session for all tests of this folder; starting it takes most of their time."""

import os
import sys
from pathlib import Path

import class_archive
import pytest

# Of numpy, which pyspark imports: its threads would spin in each of Spark's Python processes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
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
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=512m -XX:+UseSerialGC -Xms1g -XX:MetaspaceSize=256m",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
}
# For many plans of a few rows each: compiling them would take most of the time.
UNCOMPILED = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
# Each of these takes long: with them at the end, one worker would wait for the other.
LONG = ("kill_test", "two_doors_test", "many_writers_test", "memory_test", "submit_test")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


@pytest.fixture(scope="session")
def event_log(tmp_path_factory):
    return tmp_path_factory.mktemp("events")


def settings(java_options: str = "") -> dict[str, str]:
    """With more options for the JVM; without any, those of the archive of classes."""
    options = f"{SETTINGS['spark.driver.extraJavaOptions']} {java_options or class_archive.java_options()}"
    return SETTINGS | {"spark.driver.extraJavaOptions": options}


def start_session(event_log: Path, more: dict[str, str] | None = None, master: str = "local[2]", java_options: str = ""):
    from pyspark.sql import SparkSession
    # Workers are this Python, which has the wheel, and not the first of PATH.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    of_session = settings(java_options) | {
        "spark.eventLog.enabled": "true", "spark.eventLog.dir": event_log.as_uri(),
        # On the class path, and not given as spark.jars: the archive of classes has those of the class path.
        "spark.driver.extraClassPath": ":".join(str(jar) for jar in sorted((CACHE / "spark-jars").glob("*.jar")))}
    builder = SparkSession.builder.master(master)
    for name, value in (of_session | (more or {})).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@pytest.fixture(scope="session")
def spark(event_log):
    session = start_session(event_log, UNCOMPILED)
    yield session
    session.stop()
