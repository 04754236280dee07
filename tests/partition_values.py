"""Partition columns, by the protocol's text: the log has their values, spelled as it says, and data files leave the columns out."""

import re
from datetime import date, datetime
from decimal import Decimal

WHOLE = {"byte": 8, "short": 16, "integer": 32, "long": 64}
DATE = re.compile(r"^\d{4,}-\d\d-\d\d$")
MOMENT = re.compile(r"^\d{4,}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$")
DECIMAL = re.compile(r"^decimal\((\d+),\s*(\d+)\)$")


def _is_whole(text: str, num_bits: int) -> bool:
    return re.fullmatch(r"-?\d+", text) is not None and -(2 ** (num_bits - 1)) <= int(text) < 2 ** (num_bits - 1)


def _is_decimal(text: str, precision: int, scale: int) -> bool:
    if re.fullmatch(r"-?\d+(\.\d+)?", text) is None:
        return False
    _, digits, exponent = Decimal(text).as_tuple()
    return -exponent <= scale and len(digits) + exponent <= precision - scale


def _is_real(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_spelled(text: str, type_: str) -> bool:
    try:
        if type_ == "date":
            return DATE.match(text) is not None and date.fromisoformat(text) is not None
        if type_ in ("timestamp", "timestamp_ntz"):
            return MOMENT.match(text) is not None and datetime.fromisoformat(text[:19]) is not None
    except ValueError:
        return False
    if found := DECIMAL.match(type_):
        return _is_decimal(text, int(found.group(1)), int(found.group(2)))
    if type_ in WHOLE:
        return _is_whole(text, WHOLE[type_])
    if type_ in ("float", "double"):
        return _is_real(text)
    return text in ("true", "false") if type_ == "boolean" else type_ in ("string", "binary")


def false_partition(add: dict, metadata: dict, columns: list[dict], in_file: list[str], statistics: dict) -> list[str]:
    """What is wrong with an add action's partition. `columns` are those of the schema; `in_file` are the names of those that the data file
    has, where its writer leaves partition columns out (Spark does not always)."""
    names = list(metadata.get("partitionColumns") or [])
    values = dict(add.get("partitionValues") or {})
    found = []
    if set(values) != set(names):
        found.append(f"it has values of {sorted(values)}, the partition columns are {sorted(names)}")
    types = {column["name"]: column for column in columns}
    for name in names:
        if name not in types:
            found.append(f"the partition column {name} is not in the schema")
            continue
        value = values.get(name)
        if value is None or value == "":
            if not types[name]["nullable"]:
                found.append(f"{name} may not be null, and its partition value is")
        elif not isinstance(types[name]["type"], str) or not _is_spelled(value, types[name]["type"]):
            found.append(f"{value!r:.80} is no {types[name]['type']}, which the partition column {name} is")
    found += [f"the file has the partition column {name}" for name in names if name in in_file]
    for part in ("minValues", "maxValues", "nullCount"):
        found += [f"{part} names the partition column {name}" for name in names if name in (statistics.get(part) or {})]
    return found
