"""Options of the scenarios: `pytest tests --kills 200` is the long form of the crash test."""

import importlib.util
import os

import pytest

# Spark's own environment has pyspark; without it those tests are another stage's.
collect_ignore = [] if importlib.util.find_spec("pyspark") else ["spark"]


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, default=int(os.environ.get("INLET_KILLS", "25")),
                     help="how often the crash test kills the program (default: 25, or INLET_KILLS)")
    parser.addoption("--kill-seed", type=int, default=7, help="the seed of the random moments")


@pytest.fixture
def kills(request) -> int:
    return request.config.getoption("--kills")


@pytest.fixture
def kill_seed(request) -> int:
    return request.config.getoption("--kill-seed")
