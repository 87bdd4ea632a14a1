import numpy as np
import pytest

from replay.score.bootstrap import NOTHING
from replay.score.ranks import information_coefficient, ranks
from tests.replay.score.made import close_ns

AT = np.array([close_ns(window) for window in range(40)], dtype=np.int64)


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    assert ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_any_rising_relation_is_perfect() -> None:
    x = np.linspace(-2, 2, 40)
    assert information_coefficient(x, np.exp(x), AT).mean == pytest.approx(1.0)
    assert information_coefficient(x, -(x**3), AT).mean == pytest.approx(-1.0)


def test_it_is_spearmans_with_ties() -> None:
    x, y = np.array([1.0, 2.0, 2.0, 4.0]), np.array([1.0, 3.0, 2.0, 4.0])
    assert information_coefficient(x, y, AT[:4]).mean == pytest.approx(0.9486833)


def test_what_is_unrelated_is_seldom_found_related() -> None:
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(300):
        one = information_coefficient(rng.normal(size=40), rng.normal(size=40), AT)
        assert one.low is not None
        assert one.high is not None
        assert -1.0 <= one.low <= one.high <= 1.0
        found += one.low > 0.0 or one.high < 0.0
    assert found <= 21  # 1 in 20, and what chance adds to it


def test_repeating_a_window_adds_nothing() -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=40)
    y = x + rng.normal(size=40)
    once = information_coefficient(x, y, AT)
    often = information_coefficient(np.repeat(x, 30), np.repeat(y, 30), np.repeat(AT, 30))
    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=1e-9)


def test_what_never_changes_goes_with_nothing() -> None:
    assert information_coefficient(np.ones(40), np.arange(40.0), AT) == NOTHING
    assert information_coefficient(np.full(40, np.nan), np.arange(40.0), AT) == NOTHING
