import math
from itertools import pairwise

import numpy as np
import pytest

from messages import INDICATORS
from replay.score.bought import Clock
from replay.score.marks import Marks, Quotes
from replay.score.samples import Sampled, Sampler, join
from tests.replay.score.made import BEGIN, QUARTER, S
from tests.replay.score.words import fair, indicators

CLOSE_NS = BEGIN + QUARTER


def marks() -> Marks:
    quotes = Quotes()
    for second in range(0, 900, 5):
        quotes.quote(BEGIN + second * S, 400_000 + 100 * second, 1, 420_000 + 100 * second, 1)
    return quotes.marks(CLOSE_NS)


def sampled(*said: object, speed: float = 1.0) -> Sampled:
    sampler = Sampler(CLOSE_NS, Clock(speed, 0))
    for message in said:
        take = sampler.take_indicators if hasattr(message, "values") else sampler.take
        take(message)  # type: ignore[arg-type]
    return sampler.sampled(marks(), 4)


def test_at_each_even_time_the_newest_value_counts_once() -> None:
    found = sampled(fair(99, 0.3), fair(99.5, 0.4), fair(100.5, 0.5), fair(101, 0.6), fair(102, 0.7))
    assert found.probability.tolist() == [0.4]
    assert found.at_ns.tolist() == [BEGIN + 100 * S]
    assert (found.left_s[0], found.market[0], found.close_ns[0]) == (800.0, 4, CLOSE_NS)


def test_a_value_at_the_even_time_itself_counts() -> None:
    assert sampled(fair(99, 0.3), fair(100, 0.4)).probability.tolist() == [0.4]


def test_an_old_value_and_a_withheld_one_are_no_samples() -> None:
    assert sampled(fair(97, 0.3), fair(101, 0.4)).probability.tolist() == []
    assert sampled(fair(99, 0.3, withheld="the index is old"), fair(101, 0.4)).probability.tolist() == []


def test_however_often_it_is_said_there_is_one_sample_in_ten_seconds() -> None:
    found = sampled(*(fair(at / 4, 0.5) for at in range(3600)))
    assert len(found.at_ns) == 90
    assert {int(b - a) for a, b in pairwise(found.at_ns)} == {10 * S}


def test_the_marks_are_the_markets_after_the_sample() -> None:
    found = sampled(fair(100, 0.5))
    assert found.mid[0] == pytest.approx(0.42)
    assert found.marks[:, 0] == pytest.approx([0.42, 0.42, 0.4205, 0.4215, 0.426])
    late = sampled(fair(890, 0.5))
    assert late.marks[:, 0] == pytest.approx([0.499, 0.499, 0.4995, math.nan, math.nan], nan_ok=True)


def test_indicators_go_with_the_fair_value_they_were_made_with() -> None:
    found = sampled(fair(100, 0.5), indicators(100, delay=3.0), fair(110, 0.5), indicators(109, delay=9.0))
    row = found.indicators[INDICATORS.index("delay")]
    assert row[0] == 3.0
    assert math.isnan(row[1])
    assert np.isnan(found.indicators[INDICATORS.index("edge-yes")]).all()


def test_the_step_runs_by_the_markets_clock() -> None:
    assert len(sampled(*(fair(at / 4, 0.5) for at in range(3600)), speed=10.0).at_ns) == 900


def test_markets_without_samples_join_to_nothing() -> None:
    assert join([]).indicators.shape == (len(INDICATORS), 0)
    assert join([sampled(), sampled(fair(100, 0.5))]).market.tolist() == [4]
