"""Connectors with one mistake each."""

import os
import signal
import time


class Sound:
    def __init__(self, options):
        self.options = options

    def list_tables(self):
        return ["things"]

    def get_table_schema(self, table_name, table_options):
        return {"id": "bigint NOT NULL", "value": "double"}

    def read_table_metadata(self, table_name, table_options):
        return {"primary_keys": ["id"], "cursor_field": "id", "ingestion_type": "append"}

    def read_table(self, table_name, start_offset, table_options):
        rows = [] if start_offset else [{"id": 1, "value": float("nan")}, {"id": 2, "value": 0.5}]
        return rows, {"id": 2}


class Unmoved(Sound):
    def read_table(self, table_name, start_offset, table_options):
        return [{"id": 1}], start_offset


class Reset(Sound):
    def read_table(self, table_name, start_offset, table_options):
        return [{"id": 1}], {} if start_offset else {"id": 1}


class SaysNothing(Sound):
    """Without rows it forgets where it is, as some do."""

    def read_table(self, table_name, start_offset, table_options):
        return ([], {}) if start_offset else ([{"id": 1}], {"id": 1})


class Unsayable(Sound):
    def read_table(self, table_name, start_offset, table_options):
        return [{"id": 1}, {"id": 2, "value": {"when": [1, {1, 2}]}}], {"id": 2}


class NoRecord(Sound):
    def read_table(self, table_name, start_offset, table_options):
        return [{"id": 1}, (2, 0.5)], {"id": 2}


class NoPair(Sound):
    def read_table(self, table_name, start_offset, table_options):
        return [{"id": 1}]


class Misspelled:
    def __init__(self, options):
        pass

    list_tables = Sound.list_tables
    get_table_schema = Sound.get_table_schema
    read_table_metadata = Sound.read_table_metadata

    def read_tabel(self, table_name, start_offset, table_options):
        return [], {}


class TooFew(Sound):
    def read_table(self, table_name):
        return [], {}


class OddType(Sound):
    def read_table_metadata(self, table_name, table_options):
        return {"primary_keys": ["id"], "ingestion_type": "cdc_with_delete"}


class Raises(Sound):
    def read_table(self, table_name, start_offset, table_options):
        def rows():
            yield {"id": 1}
            raise ValueError("bad cursor, token " + self.options["api_token"])
        return rows(), {"id": 2}


class Dies(Sound):
    """At the end of its second page, until the file `alive` is there."""

    def read_table(self, table_name, start_offset, table_options):
        def rows():
            for number in range(1, 5001):
                yield {"id": number, "value": number / 2}
                if number == 2500 and not os.path.exists(self.options["alive"]):
                    print("going down with", self.options["api_token"], flush=True, file=__import__("sys").stderr)
                    os.kill(os.getpid(), signal.SIGSEGV)
        return ([], start_offset) if start_offset else (rows(), {"id": 5000})


class Sleeps(Sound):
    def read_table(self, table_name, start_offset, table_options):
        with open(self.options["pid_file"] + ".new", "w") as file:
            file.write(str(os.getpid()))
        os.rename(self.options["pid_file"] + ".new", self.options["pid_file"])
        time.sleep(600)
        return [], start_offset


class Million(Sound):
    """As many rows as `rows` says, made one by one."""

    def get_table_schema(self, table_name, table_options):
        return {"id": "bigint NOT NULL", "name": "string", "value": "double", "flag": "boolean", "at": "string"}

    def read_table(self, table_name, start_offset, table_options):
        count = int(self.options["rows"])
        rows = ({"id": i, "name": f"name {i}", "value": i * 0.5, "flag": i % 2 == 0, "at": "2026-01-01T00:00:00Z"} for i in range(count))
        return ([], start_offset) if start_offset else (rows, {"id": count})
