"""The statistics of awkward values are true: delta_lint reads every file of the test's folder after the test."""

import json
import random

import pytest
from delta_tables import read_with_deltalake
from deltalake import DeltaTable
from files_pipeline import FilesPipeline

SCHEMA = ("id BIGINT, whole INT, real DOUBLE, half FLOAT, money DECIMAL(38, 6), day DATE, moment TIMESTAMP, said STRING, "
          "flag BOOLEAN, inner STRUCT<deep: STRING, number: BIGINT, more: STRUCT<at: TIMESTAMP, word: STRING>>, list ARRAY<BIGINT>")
# Where the order of texts is easily got wrong: the last characters of each length in UTF-8, and what is next to a cut's tie-breaker.
LETTERS = "a\x01 ~\x7f\x80ÿ\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"


def text(moments: random.Random) -> str:
    return "".join(moments.choice(LETTERS) for _ in range(moments.choice((0, 1, 31, 32, 33, 34, 60))))


def row(number: int, draw: random.Random) -> dict:
    second, fraction = draw.randrange(60), draw.choice(("", ".000001", ".123456", ".999999", ".5"))
    moment = f"{draw.choice((1, 1969, 1970, 2026, 9999)):04}-06-30T23:59:{second:02}{fraction}Z"
    inner = {"deep": text(draw), "number": draw.randrange(-(2**63), 2**63), "more": {"at": moment, "word": text(draw)}}
    values = {"whole": draw.randrange(-(2**31), 2**31), 
              "real": draw.choice((0.0, -0.0, 1e308, -1e308, 5e-324, 0.1, draw.gauss(0, 1))), "half": draw.choice((0.1, -3.4e38, 1e-45)),
              "money": f"{draw.randrange(-(10**32), 10**32)}.{draw.randrange(10**6):06}", "day": f"{draw.randrange(1, 10000):04}-02-28",
              "moment": moment, "said": text(draw), "flag": draw.random() < 0.5,
              "inner": draw.choice((None, {}, inner, inner | {"more": None})), "list": draw.choice((None, [], [1, None]))}
    return {"id": number} | {name: value for name, value in values.items() if draw.random() > 0.2}


@pytest.mark.parametrize("seed", range(2))
def test_bounds_of_awkward_values_hold(tmp_path, seed):
    draw = random.Random(seed)
    pipeline = FilesPipeline(tmp_path, {"schema": SCHEMA, "page_size": "4096"})
    for number in range(12):
        pipeline.put(f"{number}.jsonl", [row(100 * number + at, draw) for at in range(draw.choice((1, 3, 40)))])
    pipeline.run_well("--commit-rows", "1")
    rows = sum(len(file.read_text().split("\n")) - 1 for file in pipeline.drop.iterdir())
    assert len(read_with_deltalake(pipeline.table_path)) == rows


@pytest.mark.parametrize("properties, indexed", [({"delta.dataSkippingNumIndexedCols": "2"}, {"id", "name"}),
                                                 ({"delta.dataSkippingStatsColumns": "value"}, {"value"})])
def test_a_tables_properties_say_which_columns_have_statistics(tmp_path, properties, indexed):
    pipeline = FilesPipeline(tmp_path, {"schema": "id bigint, name string, value double", "max_compat": "true"})
    pipeline.put("1.jsonl", [{"id": 1, "name": "a", "value": 0.5}])
    pipeline.run_well()
    DeltaTable(str(pipeline.table_path)).alter.set_table_properties(properties)
    pipeline.put("2.jsonl", [{"id": 2, "name": "b", "value": 1.5}])
    pipeline.run_well()
    newest = max((pipeline.table_path / "_delta_log").glob("*.json"))
    actions = [json.loads(line) for line in newest.read_text().splitlines()]
    stats = json.loads(next(action["add"]["stats"] for action in actions if "add" in action))
    assert {name for name in stats["nullCount"] if not name.startswith("_")} == set(stats["minValues"]) == indexed
