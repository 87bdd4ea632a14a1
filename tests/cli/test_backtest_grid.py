from pathlib import Path

import pytest

from cli.backtest_grid import MOST_POINTS, read_grid, read_points
from cli.errors import WrongUsageError

EDGE = "actors.signal.decision.least_edge_usd"
MANY = ",".join(map(str, range(101)))


def test_values_are_read_as_yaml_reads_them() -> None:
    said = [f"{EDGE}=0.01, 0.02", "actors.paper.exit=hold,edge", "x=[edge],[edge,delay]", "y=true"]
    assert read_grid(said) == {
        EDGE: [0.01, 0.02],
        "actors.paper.exit": ["hold", "edge"],
        "x": [["edge"], ["edge", "delay"]],
        "y": [True],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (["edge"], "'edge' names no values"),
        (["=1"], "names no values"),
        ([f"{EDGE}="], "a value is missing"),
        ([f"{EDGE}=1,,2"], "is no list of values"),
        ([f"{EDGE}=[1"], "is no list of values"),
        ([f"{EDGE}=0.1,0.1"], "0.1 stands twice"),
        ([f"{EDGE}=0.1", f"{EDGE}=0.2"], "stands twice; give all its values in one"),
        ([f"{key}={MANY}" for key in ("a", "b")], f"at most {MOST_POINTS:,} are run"),
    ],
)  # fmt: skip
def test_what_is_no_grid_is_refused_in_a_sentence(said: list[str], why: str) -> None:
    with pytest.raises(WrongUsageError, match=why):
        read_grid(said)


def test_every_point_has_a_whole_configuration_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("actors: {paper: {latency_ms: 70}, signal: {decision: {contracts: 3}}}")
    first, second = read_points(file, {}, {EDGE: [0.01, 0.03]})
    assert (first.name, second.values) == (f"{EDGE}=0.01", {EDGE: 0.03})
    assert set(first.settings) == {"brti", "signal", "paper"}
    assert second.settings["paper"]["latency_ms"] == 70.0
    assert second.settings["signal"]["decision"]["contracts"] == 3.0
    assert second.settings["signal"]["decision"]["least_edge_usd"] == 0.03
    (alone,) = read_points(file, {"KALSHI_ACTORS__ACTORS__PAPER__MAX_ORDERS": "7"}, {})
    assert alone.settings["paper"]["max_orders"] == 7


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        (
            "actors.signal.decision.least_edge",
            0.01,
            r"there is no such setting \(--grid\); did you mean 'least_edge_usd'\?",
        ),
        ("actors.signal.decision", 1, "must be a section with keys"),
        ("actors.paper.latency_ms", "slow", "latency_ms: must be a number, not 'slow'"),
        ("actors.paper.latency_ms", -1, "latency_ms"),
        ("actors.signal.speed", 2, "cannot be set, it follows simulator.speed"),
        ("actors.coinbase.symbol", "ETH-USD", "other settings change nothing in it"),
        ("simulator.speed", 2, "a backtest runs brti, signal and paper anew"),
        ("actor.paper.latency_ms", 2, "did you mean 'actors'"),
    ],
)
def test_keys_and_values_are_checked_as_of_every_setting(key: str, value: object, why: str) -> None:
    with pytest.raises(WrongUsageError, match=why):
        read_points(None, {}, {key: [value]})
