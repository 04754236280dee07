"""A connector as people have written them for the Python framework: a class, dicts, offsets. Its source is in memory: the orders of a
shop on day 1, what has changed on day 2, and what is told of customers late on day 3. It needs nothing installed."""

import datetime
from decimal import Decimal

SCHEMAS = {
    "events": "id bigint NOT NULL, at timestamp, kind string, payload string, body binary",
    "orders": "id bigint NOT NULL, updated_at timestamp, customer string, total decimal(12,2), paid boolean, "
              "lines array<struct<sku:string,count:int>>",
    "customers": "id bigint NOT NULL, updated_at timestamp, name string, attributes map<string,string>, score double",
    "products": "sku string NOT NULL, price decimal(20,10), since date",
    "visits": "id bigint NOT NULL, hour int, path string",
}
METADATA = {
    "events": {"primary_keys": [], "cursor_field": "id", "ingestion_type": "append"},
    "orders": {"primary_keys": ["id"], "cursor_field": "updated_at", "ingestion_type": "cdc"},
    "customers": {"primary_keys": ["id"], "cursor_field": "updated_at", "ingestion_type": "cdc_with_deletes"},
    "products": {"primary_keys": ["sku"], "ingestion_type": "snapshot"},
    "visits": {"primary_keys": ["id"], "cursor_field": "hour", "ingestion_type": "append"},
}
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def _events(day):
    return [{"id": i, "at": START + datetime.timedelta(minutes=i, microseconds=i), "kind": "é😀" if i % 5 == 0 else "order",
             "payload": {"sum": Decimal("1.10"), "ok": True, "none": None}, "body": bytes([i % 256, 255, 0])}
            for i in range(1, 200 * day + 1)]


def _orders(day):
    rows = [{"id": i, "updated_at": START + datetime.timedelta(hours=i), "customer": f"c{i % 7}", "total": Decimal(i) / 4, "paid": i % 2 == 0,
             "lines": [{"sku": f"s{i}", "count": i}, {"sku": "x", "count": None}]} for i in range(1, 121)]
    if day > 1:
        rows += [{**rows[i], "updated_at": START + datetime.timedelta(days=9, hours=i), "paid": True} for i in range(0, 120, 3)]
    return rows


def _customers(day):
    rows = [{"id": 9007199254740993 + i, "updated_at": START + datetime.timedelta(hours=i), "name": f"Name {i}",
             "attributes": {"vip": "yes"} if i % 3 == 0 else {}, "score": i / 3} for i in range(50)]
    if day > 1:
        rows += [{**rows[i], "updated_at": START + datetime.timedelta(days=9, hours=i), "name": "Renamed"} for i in range(0, 50, 10)]
    if day > 2:
        # Customer 49 was deleted after this change, customer 3 before it; 5 and 6 are deleted in the hour that they change in.
        late = {49: datetime.timedelta(days=11), 3: datetime.timedelta(days=11, hours=1), 5: datetime.timedelta(days=13),
                6: datetime.timedelta(days=13, hours=2)}
        rows += [{**rows[i], "updated_at": START + when, "name": "Late"} for i, when in late.items()]
    return rows


def _deleted_customers(day):
    deleted = [] if day == 1 else [(i, datetime.timedelta(days=10, hours=i)) for i in (3, 7, 49)]
    if day > 2:
        deleted += [(5, datetime.timedelta(days=13, hours=1)), (6, datetime.timedelta(days=13, hours=1))]
    return [{"id": 9007199254740993 + i, "updated_at": START + when} for i, when in deleted]


def _products(day):
    return [{"sku": f"p{i}", "price": Decimal(i) / 8 + day, "since": datetime.date(2025, 1, 1 + i % 28)} for i in range(30 - 5 * (day - 1))]


def _visits(day):
    return [{"id": i, "hour": i // 40, "path": f"/{i}"} for i in range(400 * day)]


class Shop:
    """Options: `day_file`, which holds the day; `api_token`, which it prints, as connectors do; `page`, the records of one call, which a
    table may have for itself."""

    def __init__(self, options):
        self.options = options
        self.page = int(options.get("page", "1000000"))
        print("shop opened with", options["api_token"])

    @property
    def day(self):
        with open(self.options["day_file"]) as file:
            return int(file.read())

    def list_tables(self):
        return list(SCHEMAS)

    def get_table_schema(self, table_name, table_options):
        return SCHEMAS[table_name]

    def read_table_metadata(self, table_name, table_options):
        return METADATA[table_name]

    def read_table(self, table_name, start_offset, table_options):
        print("reading", table_name, "from", start_offset)
        if table_name == "products":
            return iter(_products(self.day)), {}
        if table_name == "events":
            return self._after(_events(self.day), "id", int, start_offset, table_options)
        changes = _orders if table_name == "orders" else _customers
        return self._after(changes(self.day), "updated_at", datetime.datetime.fromisoformat, start_offset, table_options)

    def read_table_deletes(self, table_name, start_offset, table_options):
        return self._after(_deleted_customers(self.day), "updated_at", datetime.datetime.fromisoformat, start_offset, table_options)

    def _after(self, rows, field, parse, start, table_options):
        page = int(table_options.get("page", self.page))
        after = parse(start["cursor"]) if start else None
        rows = sorted((row for row in rows if after is None or row[field] > after), key=lambda row: row[field])[:page]
        return iter(rows), {"cursor": str(rows[-1][field])} if rows else start

    # visits is read hour by hour.
    def is_partitioned(self, table_name):
        return table_name == "visits"

    def latest_offset(self, table_name, table_options, start_offset=None):
        return {"hour": _visits(self.day)[-1]["hour"]}

    def get_partitions(self, table_name, table_options, start_offset=None, end_offset=None):
        first = start_offset["hour"] + 1 if start_offset else 0
        return [{"hour": hour} for hour in range(first, end_offset["hour"] + 1)]

    def read_partition(self, table_name, partition, table_options):
        return (row for row in _visits(self.day) if row["hour"] == partition["hour"])


class SerialShop(Shop):
    """The same, with nothing read in parts."""

    def is_partitioned(self, table_name):
        return False

    def read_table(self, table_name, start_offset, table_options):
        if table_name == "visits":
            rows = [row for row in _visits(self.day) if not start_offset or row["hour"] > start_offset["hour"]]
            return rows, {"hour": rows[-1]["hour"]} if rows else start_offset
        return super().read_table(table_name, start_offset, table_options)
