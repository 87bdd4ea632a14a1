import math
from collections.abc import Callable

import numpy as np
import pytest

from replay.score.bootstrap import Floats
from replay.score.bought import Bought
from replay.score.verdict import ALPHA, MARKS_S, Verdict, decide, measures
from tests.replay.score.made import market, signals

SUBJECT = "signals of kind edge"


def judged(bought: Bought, yes: Floats, tests: int = 1, recorded: int = 0) -> Verdict:
    return decide(SUBJECT, measures(bought, yes), tests, recorded or len(np.unique(bought.close_ns)))


def test_an_edge_that_was_planted_is_found() -> None:
    for seed in range(10):
        verdict = judged(*market(seed, windows=12, slow_s=15.0))
        assert (verdict.answer, verdict.found, verdict.more_windows) == ("edge", True, None)
        assert verdict.sentence.startswith("The evidence supports an edge of signals of kind edge: +")


@pytest.mark.parametrize(
    "made",
    [
        lambda seed: market(seed, windows=3),
        lambda seed: market(seed, windows=12),
        lambda seed: market(seed, windows=12, least=0.9),
        lambda seed: market(seed, windows=30, least=0.97, often=0.5),
    ],
    ids=["three windows", "twelve", "nine tenths certain", "the last cents"],
)
def test_in_a_market_that_is_right_an_edge_is_found_at_most_once_in_twenty(
    made: Callable[[int], tuple[Bought, Floats]],
) -> None:
    seeds = 200
    found = sum(judged(*made(seed)).found for seed in range(seeds))
    assert found <= seeds // 20


def test_free_coins_are_found_to_be_an_edge_at_most_once_in_twenty() -> None:
    """Nothing lost to spread or fee: the hardest case, in which half of all records gain."""
    found = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        price = rng.uniform(0.05, 0.95)
        windows = int(rng.integers(2, 40))
        yes = (rng.random(windows) < price).astype(np.float64)
        bought, _ = signals(range(windows), (rng.normal(size=windows) * 3).tolist(), cost_usd=price)
        found += judged(bought, yes).found
    assert found <= 300 // 20


def test_in_a_market_that_is_right_costs_speak_against_an_edge() -> None:
    verdict = judged(*market(1, windows=40))
    assert (verdict.answer, verdict.found) == ("no edge", False)
    assert verdict.sentence.startswith("The evidence speaks against an edge")


def test_nineteen_wins_at_95_cents_are_no_edge_yet() -> None:
    bought, yes = signals(range(19), [5] * 19, cost_usd=0.95)
    verdict = judged(bought, yes)
    assert not verdict.found
    assert verdict.answer == "not known"
    assert verdict.more_windows is not None
    assert f"about {verdict.more_windows:,} more window" in verdict.sentence


def test_one_window_has_no_interval_and_many_windows_are_asked_for() -> None:
    bought, yes = signals([0] * 50, [3] * 50)
    verdict = judged(bought, yes)
    assert (verdict.answer, verdict.windows) == ("not known", 1)
    assert "in a single window, which has no interval" in verdict.sentence
    assert verdict.more_windows is not None
    assert verdict.more_windows > 50


def test_the_windows_asked_for_are_about_those_that_are_needed() -> None:
    """Promised from a short record, tried on long ones: most of those find the edge."""
    rng = np.random.default_rng(9)

    def record(windows: int) -> Verdict:
        gains = 3.0 + rng.normal(size=windows) * 6.0
        bought, _ = signals(range(windows), gains.tolist(), cost_usd=0.5)
        return judged(bought, np.full(windows, math.nan))

    short = record(8)
    assert short.answer == "not known"
    assert short.more_windows is not None
    long = [record(8 + short.more_windows).found for _ in range(40)]
    assert sum(long) >= 24


def test_windows_without_a_signal_count_into_those_that_are_needed() -> None:
    bought, yes = signals(range(10), [1, -1] * 5)
    few = judged(bought, yes).more_windows
    many = judged(bought, yes, recorded=100).more_windows
    assert few is not None
    assert many is not None
    assert many == pytest.approx(10 * few, rel=0.01)


def test_trying_more_kinds_asks_for_more_evidence_from_each() -> None:
    bought, yes = market(3, windows=12, slow_s=15.0)
    assert judged(bought, yes, tests=20).needed_odds == pytest.approx(20 / ALPHA)
    odds = judged(bought, yes).odds
    assert not judged(bought, yes, tests=math.ceil(odds)).found


def test_what_the_market_takes_back_was_no_gain() -> None:
    bought, _ = signals(
        list(range(40)) * 10, [4] * 400, left_s=np.repeat(np.arange(800, 0, -80), 40).tolist()
    )
    marks = bought.marks.copy()
    marks[4] = 0.46
    verdict = judged(bought._replace(marks=marks), np.full(400, math.nan))
    assert verdict.odds > verdict.needed_odds
    assert verdict.answer == "no edge"


def test_without_a_filled_order_there_is_nothing_to_judge() -> None:
    bought, yes = signals([0, 1], [1, 1])
    verdict = judged(bought._replace(later=np.array([1, 1])), yes, recorded=12)
    assert (verdict.answer, verdict.found, verdict.windows) == ("nothing to judge", False, 0)
    assert "In 12 windows no order" in verdict.sentence


def test_every_measure_is_told_from_the_shortest_to_settlement() -> None:
    bought, yes = signals(range(5), [1] * 5)
    assert [measure.horizon_s for measure in judged(bought, yes).measures] == [*MARKS_S, None]
