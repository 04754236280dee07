"""A store that fails now and then: the run ends right, or says what is wrong and the next one mends it; nothing is there twice."""

import github_tables
import pytest
from faulty_proxy import Action, Fault
from github_simulator import GithubSimulator
from toxic_proxy import ToxicProxy
from warehouses import GithubWarehouse

CHANGES = {"issues": 60, "create_issues": 7}
WORDS = ("--commit-rows", "100")
COMMIT, DATA, VECTOR, OFFSET = r"_delta_log/\d{20}\.json$", r"\.parquet$", r"deletion_vector.*\.bin$", r"_inlet/offsets/.*\.json$"
CHECKPOINT, FIRST, REPORT = r"_delta_log/.*checkpoint", r"_delta_log/0{20}\.json$", r"_inlet/reports/.*\.json$"


@pytest.fixture
def simulator():
    with GithubSimulator(issues=300) as running:
        yield running


def github(tmp_path, store, simulator, warehouse, **options) -> GithubWarehouse:
    tables = github_tables.options_of("issues")
    return GithubWarehouse(tmp_path, store, simulator, warehouse, {"issues": tables["issues"] | options})


@pytest.mark.parametrize("target", [DATA, VECTOR, COMMIT, OFFSET, REPORT], ids=["data", "vector", "commit", "offset", "report"])
@pytest.mark.parametrize("action", [Action.REFUSE, Action.LOSE_ANSWER], ids=lambda action: action.name.lower())
def test_a_put_that_fails_is_done_once(store, warehouse, tmp_path, simulator, action, target):
    github(tmp_path, store, simulator, warehouse).run_well(*WORDS)
    before = simulator.truth("issues")
    simulator.mutate(**CHANGES)
    num_changed = sum(record not in before for record in simulator.truth("issues"))
    fault = Fault(action, "PUT", target, times=2)
    with store.proxy() as proxy:
        proxy.faults = [fault]
        run = github(tmp_path, store.behind(proxy.address), simulator, warehouse)
        finished = run.run_well(*WORDS)
        assert fault.num_done == 2 or action is Action.LOSE_ANSWER and fault.num_done == 1, proxy.requests
        assert finished.table("issues")["records"]["committed"] == num_changed, finished
        run.expect_all()


@pytest.mark.parametrize("action", [Action.REFUSE, Action.LOSE_ANSWER], ids=lambda action: action.name.lower())
def test_a_table_is_made_although_the_answer_is_lost(store, warehouse, tmp_path, simulator, action):
    with store.proxy() as proxy:
        proxy.faults = [Fault(action, "PUT", FIRST)]
        run = github(tmp_path, store.behind(proxy.address), simulator, warehouse)
        run.run_well(*WORDS)
        run.expect_all()


def test_a_commit_whose_answer_never_comes_is_done_once(store, warehouse, tmp_path, simulator):
    with store.proxy() as proxy:
        fault = Fault(Action.HOLD_ANSWER, "PUT", COMMIT, skip=2)
        proxy.faults = [fault]
        run = github(tmp_path, store.behind(proxy.address), simulator, warehouse)
        finished = run.run_well(*WORDS, "--store-option", "timeout=1s")
        issues = finished.table("issues")
        assert fault.num_done == 1 and issues["commits"] == issues["version_after"], finished
        run.expect_all()


def test_a_slow_listing_changes_nothing(store, warehouse, tmp_path, simulator):
    github(tmp_path, store, simulator, warehouse).run_well(*WORDS)
    simulator.mutate(**CHANGES)
    with store.proxy() as proxy:
        fault = Fault(Action.DELAY, "GET", r"prefix=", times=3, seconds=0.5)
        proxy.faults = [fault]
        run = github(tmp_path, store.behind(proxy.address), simulator, warehouse)
        run.run_well(*WORDS)
        assert fault.num_done > 0
        run.expect_all()


@pytest.mark.parametrize("target", [DATA, COMMIT, OFFSET], ids=["data", "commit", "offset"])
def test_a_right_that_is_taken_away_is_named_and_the_next_run_goes_on(store, warehouse, tmp_path, simulator, target):
    with store.proxy() as proxy:
        proxy.faults = [Fault(Action.REFUSE, "PUT", target, skip=2, times=1000, status=403)]
        finished = github(tmp_path, store.behind(proxy.address), simulator, warehouse).run(*WORDS)
    assert finished.code != 0, finished
    assert finished.table("issues")["error"]["kind"] == "auth", finished
    assert "403" in finished.table("issues")["error"]["message"], finished
    run = github(tmp_path, store, simulator, warehouse)
    run.run_well(*WORDS)
    run.expect_all()


def test_a_checkpoint_that_is_refused_is_a_warning(store, warehouse, tmp_path, simulator):
    """The rows are committed already, and the table is whole without it."""
    words = ("--commit-rows", "14")
    with store.proxy() as proxy:
        fault = Fault(Action.REFUSE, "PUT", CHECKPOINT, times=1000, status=403)
        proxy.faults = [fault]
        run = github(tmp_path, store.behind(proxy.address), simulator, warehouse, page_size="14")
        finished = run.run_well(*words)
        assert fault.num_done > 0
    assert "the log was not tended; the rows are safe" in finished.err and "403" in finished.err, finished
    run.expect_all()


def test_connections_that_break_now_and_then_lose_and_double_nothing(store, warehouse, tmp_path, simulator):
    """Resets and delays of TCP itself, by toxiproxy."""
    with ToxicProxy(store.endpoint, tmp_path) as proxy:
        proxy.add("reset_peer", toxicity=0.05, timeout=0)
        proxy.add("latency", toxicity=0.5, latency=5, jitter=5)
        run = github(tmp_path, store.behind(proxy.address), simulator, warehouse)
        codes = [run.run(*WORDS).code]
        simulator.mutate(**CHANGES)
        # A commit whose connection was reset may still land: that run says so, and another one goes on.
        codes += [run.run(*WORDS).code for _ in range(2)]
    run = github(tmp_path, store, simulator, warehouse)
    run.run_well(*WORDS)
    run.expect_all()
    assert set(codes) <= {0, 1, 3, 4}, codes
