"""What the tests of the wheel share. They run in an environment that has the wheel, and no source of ours on its path."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scenarios"))


@pytest.fixture(scope="module")
def simulator():
    from github_simulator import GithubSimulator
    with GithubSimulator(issues=300) as running:
        yield running


@pytest.fixture(scope="module")
def github(simulator):
    import inlet
    return inlet.connect("github", {"base_url": simulator.base_url})
