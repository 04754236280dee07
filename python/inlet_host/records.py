"""Records of a connector as JSON, with every digit, for the program's own decoding."""

import base64
import datetime
import json
import re
import secrets
import uuid
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum

from inlet_host.classes import ConnectorError, short

MAX_DEPTH = 128


class RecordWriter:
    """Records as JSON. The encoder of the standard library does a whole page in one call; only records that it refuses are looked
    at value by value."""

    def __init__(self):
        # No text of a source holds it.
        self._mark = secrets.token_hex(16)
        self._marked = re.compile(f'"{self._mark}([^"]*){self._mark}"')
        self._has_marks = False
        self._encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"),
                                        default=self._plain).encode

    def page(self, records, first):
        """The JSON list of `records`, of which the first has the number `first`."""
        records = [one if type(one) is dict else self._record(one, first + at) for at, one in enumerate(records)]
        self._has_marks = False
        try:
            text = self._encode(records)
        except (TypeError, ValueError, RecursionError, ConnectorError):
            text = "[" + ",".join(self._one(one, first + at) for at, one in enumerate(records)) + "]"
        if self._has_marks:
            text = self._marked.sub(r"\1", text)
        # Half of a surrogate pair is no text; the program reads its JSON spelling and says so.
        return text.encode("utf-8", "backslashreplace")

    @staticmethod
    def _record(one, number):
        if isinstance(one, Mapping):
            return dict(one)
        if hasattr(one, "asDict"):
            return one.asDict(recursive=True)
        if hasattr(one, "_asdict"):
            return one._asdict()
        raise ConnectorError(f"record {number} is {short(one)}, and a record is a dict")

    def _one(self, record, number):
        try:
            return self._encode(record)
        except (TypeError, ValueError, RecursionError, ConnectorError):
            return self._encode(self._walk(record, f"record {number}", "", 0))

    def _walk(self, value, record, path, depth):
        if depth > MAX_DEPTH:
            raise ConnectorError(f"{record} is nested deeper than {MAX_DEPTH} levels at {path[:200]}")
        if isinstance(value, Mapping):
            return {self._name(name, record, path): self._walk(one, record, f"{path}.{name}" if path else str(name), depth + 1)
                    for name, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._walk(one, record, f"{path}[{at}]", depth + 1) for at, one in enumerate(value)]
        if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
            return not_a_number(value)
        if value is None or isinstance(value, (str, int, float)):
            return value
        try:
            plain = self._plain(value)
        except ConnectorError as error:
            raise ConnectorError(f"{record}, field {path}: {error}") from None
        return plain if isinstance(plain, str) else self._walk(plain, record, path, depth + 1)

    @staticmethod
    def _name(name, record, path):
        if isinstance(name, str):
            return name
        if isinstance(name, (bool, int)):
            return json.dumps(name)
        if isinstance(name, (float, Decimal, datetime.date, uuid.UUID)):
            return name.isoformat() if isinstance(name, datetime.date) else str(name)
        raise ConnectorError(f"{record}, field {path or 'of the record'}: the name {short(name)} is no text")

    def _plain(self, value):
        """What JSON has for a value that the encoder does not know."""
        if isinstance(value, Decimal):
            if not value.is_finite():
                return not_a_number(float(value)) if not value.is_snan() else "NaN"
            self._has_marks = True
            return f"{self._mark}{value}{self._mark}"
        if isinstance(value, datetime.datetime):
            if value != value:  # pandas' way to say that there is no time.
                return None
            return value.isoformat() if value.tzinfo else value.isoformat() + "Z"
        if isinstance(value, (datetime.date, datetime.time)):
            return value.isoformat()
        if isinstance(value, (bytes, bytearray, memoryview)):
            return base64.b64encode(value).decode("ascii")
        if isinstance(value, uuid.UUID):
            return str(value)
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, Mapping):
            return dict(value)
        for convert in ("asDict", "tolist", "item"):  # Rows of Spark; arrays and numbers of numpy.
            if hasattr(value, convert):
                return getattr(value, convert)()
        raise ConnectorError(f"JSON has no {type(value).__name__}, as in {short(value)}; give a text, a number, a time or bytes")


def not_a_number(value):
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
