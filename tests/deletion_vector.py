"""Deletion vectors as the Delta protocol describes them, decoded from their bytes: which rows of a data file are dead."""

import struct
import uuid
import zlib
from pathlib import Path
from urllib.parse import unquote, urlparse

FORMAT_VERSION = 1
MAGIC = 1681511377  # A roaring bitmap array in the portable 64-bit form.
COOKIE_WITH_RUNS, COOKIE_WITHOUT_RUNS = 12347, 12346
FEWEST_WITH_OFFSETS = 4
MOST_IN_ARRAY = 4096
Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
Z85_VALUES = {letter: value for value, letter in enumerate(Z85)}


class Broken(Exception):
    """The bytes are not what the protocol asks for."""


def decode_z85(text: str) -> bytes:
    if len(text) % 5 or any(letter not in Z85_VALUES for letter in text):
        raise Broken(f"not Base85: {text!r}")
    decoded = b""
    for start in range(0, len(text), 5):
        value = 0
        for letter in text[start : start + 5]:
            value = value * 85 + Z85_VALUES[letter]
        decoded += value.to_bytes(4, "big")
    return decoded


def identity(descriptor: dict | None) -> str | None:
    """What tells two vectors of one data file apart."""
    if not descriptor:
        return None
    at = f"@{descriptor['offset']}" if descriptor.get("offset") is not None else ""
    return descriptor["storageType"] + descriptor["pathOrInlineDv"] + at


def file_of(table: Path, descriptor: dict) -> Path | None:
    """Where the vector lies; None for one that is part of the log."""
    text = descriptor["pathOrInlineDv"]
    match descriptor["storageType"]:
        case "u":
            name = uuid.UUID(bytes=decode_z85(text[-20:]))
            return table / text[:-20] / f"deletion_vector_{name}.bin"
        case "p":
            return Path(unquote(urlparse(text).path))
        case "i":
            return None
    raise Broken(f"unknown kind of vector {descriptor['storageType']!r}")


class _Reader:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple:
        try:
            values = struct.unpack_from("<" + layout, self.data, self.at)
        except struct.error as error:
            raise Broken(f"it ends within its bitmaps, at byte {self.at}") from error
        self.at += struct.calcsize("<" + layout)
        return values


def _read_container(reader: _Reader, num_values: int, has_runs: bool) -> list[int]:
    if has_runs:
        (num_runs,) = reader.take("H")
        ends = reader.take(f"{2 * num_runs}H")
        return [value for start, more in zip(ends[::2], ends[1::2]) for value in range(start, start + more + 1)]
    if num_values <= MOST_IN_ARRAY:
        return list(reader.take(f"{num_values}H"))
    (bits,) = reader.take("8192s")
    return [8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte >> bit & 1]


def _read_bitmap(reader: _Reader) -> list[int]:
    """One 32-bit roaring bitmap in its portable form."""
    (cookie,) = reader.take("I")
    if cookie & 0xFFFF == COOKIE_WITH_RUNS:
        num_containers = (cookie >> 16) + 1
        flags = reader.take(f"{(num_containers + 7) // 8}B")
        runs = [bool(flags[at // 8] >> at % 8 & 1) for at in range(num_containers)]
        has_offsets = num_containers >= FEWEST_WITH_OFFSETS
    elif cookie == COOKIE_WITHOUT_RUNS:
        (num_containers,) = reader.take("I")
        runs = [False] * num_containers
        has_offsets = True
    else:
        raise Broken(f"no roaring bitmap begins with {cookie}")
    heads = reader.take(f"{2 * num_containers}H")
    if has_offsets:
        reader.take(f"{num_containers}I")
    values: list[int] = []
    for key, more, has_runs in zip(heads[::2], heads[1::2], runs):
        container = _read_container(reader, more + 1, has_runs)
        if len(container) != more + 1 or container != sorted(set(container)):
            raise Broken(f"the container {key} does not hold {more + 1} rising values")
        values += [key << 16 | value for value in container]
    return values


def decode(data: bytes) -> frozenset[int]:
    reader = _Reader(data)
    (magic, num_bitmaps) = reader.take("IQ")
    if magic != MAGIC:
        raise Broken(f"it begins with {magic}, not {MAGIC}")
    rows: list[int] = []
    for _ in range(num_bitmaps):
        (high,) = reader.take("I")
        rows += [high << 32 | low for low in _read_bitmap(reader)]
    if reader.at != len(data):
        raise Broken(f"{len(data) - reader.at} bytes follow its bitmaps")
    return frozenset(rows)


def _stored_bytes(file: Path, descriptor: dict) -> bytes:
    if not file.is_file():
        raise Broken(f"{file.name} is not there")
    content, at, size = file.read_bytes(), descriptor.get("offset") or 0, descriptor["sizeInBytes"]
    if content[0] != FORMAT_VERSION:
        raise Broken(f"{file.name} has format {content[0]}, not {FORMAT_VERSION}")
    if len(content) < at + 4 + size + 4:
        raise Broken(f"{file.name} has {len(content)} bytes and none for a vector of {size} at {at}")
    (stored_size,) = struct.unpack_from(">i", content, at)
    data = content[at + 4 : at + 4 + size]
    (checksum,) = struct.unpack_from(">I", content, at + 4 + size)
    if stored_size != size:
        raise Broken(f"{file.name} says that the vector at {at} has {stored_size} bytes, the log {size}")
    if checksum != zlib.crc32(data):
        raise Broken(f"{file.name}: the checksum of the vector at {at} does not fit its bytes")
    return data


def read(table: Path, descriptor: dict) -> frozenset[int]:
    """The dead rows that the log's `descriptor` names; Broken when size, checksum, form or number are not as it says."""
    file = file_of(table, descriptor)
    data = decode_z85(descriptor["pathOrInlineDv"]) if file is None else _stored_bytes(file, descriptor)
    rows = decode(data)
    if len(rows) != descriptor["cardinality"]:
        raise Broken(f"it holds {len(rows)} rows, and the log says {descriptor['cardinality']}")
    return rows
