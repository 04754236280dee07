"""Each test of this folder runs against each kind of object store; tools/setup stores installs the servers."""

import re
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scenarios"))

from store_servers import MAKERS, Store


@pytest.fixture(scope="session", params=MAKERS)
def store(request, tmp_path_factory) -> Store:
    with ExitStack() as stack:
        yield MAKERS[request.param](stack, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def warehouse(store, request) -> str:
    """A URL of the test's own."""
    return f"{store.url}/" + re.sub(r"\W+", "-", request.node.name).strip("-")
