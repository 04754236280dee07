"""The columns of the generated issues (bench/make_issues.cc), once, for every program that reads them."""

COLUMNS = {
    "id": "bigint",
    "number": "bigint",
    "title": "string",
    "body": "string",
    "user": {"login": "string", "id": "bigint", "type": "string"},
    "labels": [{"id": "bigint", "name": "string", "color": "string"}],
    "state": "string",
    "state_reason": "string",
    "closed_at": "timestamp",
    "comments": "bigint",
    "created_at": "timestamp",
    "updated_at": "timestamp",
    "author_association": "string",
    "locked": "boolean",
    "pull_request": {"url": "string", "merged_at": "string"},
}


def duckdb_type(type_) -> str:
    if isinstance(type_, dict):
        return "STRUCT(" + ", ".join(f'"{name}" {duckdb_type(member)}' for name, member in type_.items()) + ")"
    if isinstance(type_, list):
        return duckdb_type(type_[0]) + "[]"
    return {"bigint": "BIGINT", "string": "VARCHAR", "timestamp": "TIMESTAMP", "boolean": "BOOLEAN"}[type_]


def duckdb_columns() -> str:
    """For read_json's `columns`."""
    return "{" + ", ".join(f"'{name}': '{duckdb_type(type_)}'" for name, type_ in COLUMNS.items()) + "}"


def spark_type(type_) -> str:
    if isinstance(type_, dict):
        return "struct<" + ",".join(f"{name}:{spark_type(member)}" for name, member in type_.items()) + ">"
    return f"array<{spark_type(type_[0])}>" if isinstance(type_, list) else type_


def spark_columns() -> str:
    """As DDL, for the connector files."""
    return ", ".join(f"{name} {spark_type(type_)}" for name, type_ in COLUMNS.items())


def polars_type(type_):
    """As the JSON reader takes it: a time is text first."""
    import polars
    if isinstance(type_, dict):
        return polars.Struct({name: polars_type(member) for name, member in type_.items()})
    if isinstance(type_, list):
        return polars.List(polars_type(type_[0]))
    return {"bigint": polars.Int64, "string": polars.String, "timestamp": polars.String, "boolean": polars.Boolean}[type_]


def time_columns() -> list[str]:
    return [name for name, type_ in COLUMNS.items() if type_ == "timestamp"]
