"""The format `lakeflow_connect`."""

from __future__ import annotations

from pyspark.sql.datasource import DataSource, DataSourceReader
from pyspark.sql.types import StructType

from inlet.errors import ConfigError
from inlet.spark.batch import TableReader
from inlet.spark.options import SourceOptions
from inlet.spark.schemas import table_schema
from inlet.spark.stream import TableStreamReader
from inlet.spark.virtual_tables import VirtualReader, is_virtual, virtual_schema


class LakeflowSource(DataSource):
    """A table of a source. Spark makes one of these many times, in several processes; nothing is opened before it is needed."""

    # Of connections that do not give them.
    connector: str | None = None
    parameters: dict[str, str] = {}

    @classmethod
    def name(cls) -> str:
        return "lakeflow_connect"

    def _options(self) -> SourceOptions:
        return SourceOptions.of(self.options, self.connector, self.parameters)

    def schema(self) -> StructType | str:
        options = self._options()
        if is_virtual(options.table):
            return virtual_schema(options.table)
        return table_schema(options.open(), options)

    def reader(self, schema: StructType) -> DataSourceReader:
        options = self._options()
        return VirtualReader(options) if is_virtual(options.table) else TableReader(options, schema)

    def streamReader(self, schema: StructType) -> TableStreamReader:
        options = self._options()
        if options.limit is not None:
            raise ConfigError("option limit is for spark.read; maxRowsPerTrigger bounds the micro-batches of a stream")
        return TableStreamReader(options, schema)
