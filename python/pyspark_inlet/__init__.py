"""Found by Spark by its name, so that an installed wheel is enough for `spark.read.format("lakeflow_connect")`."""

# One module of this kind that fails to import makes Spark forget them all, so an older Spark only finds nothing here.
try:
    from inlet.spark.source import LakeflowSource as DefaultSource
except ImportError:
    pass
else:
    __all__ = ["DefaultSource"]
