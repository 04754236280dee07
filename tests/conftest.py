"""Options of the scenarios (`pytest tests --kills 200` is the long form of the crash test), and what holds after each of them."""

import importlib.util
import os

import pytest
from delta_lint import lint_below

# Spark's own environment has pyspark; without it those tests are another stage's.
collect_ignore = [] if importlib.util.find_spec("pyspark") else ["spark"]


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, default=int(os.environ.get("INLET_KILLS", "25")),
                     help="how often the crash test kills the program (default: 25, or INLET_KILLS)")
    parser.addoption("--kill-seed", type=int, default=7, help="the seed of the random moments")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    """Whatever a test did with tables in its folder: their logs and files are as the Delta protocol wants them. At the end of the
    test and not of its fixtures, since those take file systems away."""
    result = yield
    folder = pyfuncitem.funcargs.get("tmp_path")
    findings = lint_below(folder) if folder and not pyfuncitem.get_closest_marker("broken_tables") else []
    assert not findings, f"{len(findings)} findings of delta_lint, first:\n" + "\n".join(findings[:10])
    return result


def pytest_configure(config):
    config.addinivalue_line("markers", "broken_tables: the test breaks tables on purpose")


@pytest.fixture
def kills(request) -> int:
    return request.config.getoption("--kills")


@pytest.fixture
def kill_seed(request) -> int:
    return request.config.getoption("--kill-seed")
