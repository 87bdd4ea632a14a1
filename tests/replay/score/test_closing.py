import numpy as np
import pytest

from replay.score.bought import HORIZONS_S
from replay.score.closing import closing, gap_coefficients
from replay.score.samples import Sampled
from tests.replay.score.made import close_ns, signals


def test_the_share_is_of_the_gap_between_fair_value_and_mid() -> None:
    bought, _ = signals([0, 1, 2], [0, 0, 0])
    bought = bought._replace(later_mid=np.array([0.54, 0.52, np.nan]))
    found = closing(bought)  # fair value is 0.6, the mid 0.5
    assert found.before_arrival.mean == pytest.approx(0.3)
    assert found.before_arrival.count == 2
    assert [horizon_s for horizon_s, _ in found.by_horizon] == list(HORIZONS_S)
    assert found.by_horizon[0][1].mean == pytest.approx(0.0)


def test_the_other_side_closes_downwards() -> None:
    bought, _ = signals([0, 1], [0, 0])
    no = bought._replace(
        side=-np.ones(2), probability=np.full(2, 0.4), later_mid=np.full(2, 0.45), marks=bought.marks - 0.1
    )
    found = closing(no)
    assert found.before_arrival.mean == pytest.approx(0.5)
    assert found.by_horizon[-1][1].mean == pytest.approx(1.0)


def test_a_signal_without_a_gap_to_its_side_is_counted_and_not_averaged() -> None:
    bought, _ = signals([0, 1, 2], [0, 0, 0])
    found = closing(bought._replace(probability=np.array([0.6, 0.4, np.nan])))
    assert (found.not_ahead, found.before_arrival.count) == (2, 1)


def test_the_gap_coefficient_finds_how_far_the_market_comes() -> None:
    rng = np.random.default_rng(8)
    count = 400
    gap = rng.normal(size=count) * 0.05
    mid = np.full(count, 0.5)
    marks = np.stack([mid + share * gap for share in (0.0, 0.1, 0.25, 0.5, 1.0)])
    floats, ints = np.empty(count), np.zeros(count, dtype=np.int64)
    close = np.array([close_ns(place // 20) for place in range(count)], dtype=np.int64)
    sampled = Sampled(ints, ints, close, floats, mid + gap, mid, marks, np.empty((0, count)))
    found = gap_coefficients(sampled, (rng.random(count) < mid + gap).astype(np.float64))
    shares = [one.coefficient.mean for one in found]
    assert shares[:5] == pytest.approx([0.0, 0.1, 0.25, 0.5, 1.0])
    settled = found[-1]
    assert settled.horizon_s is None
    assert settled.coefficient.low is not None
    assert settled.coefficient.high is not None
    assert settled.coefficient.low < 1.0 < settled.coefficient.high
