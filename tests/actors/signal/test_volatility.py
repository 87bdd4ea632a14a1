import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.volatility import LONGEST_STEP_S, Volatility
from tests.actors.signal.vectors import vectors


def test_the_reference_path_comes_out_step_by_step() -> None:
    given_ = vectors("volatility")
    volatility = Volatility(given_["half_life_s"], 0.0, 0.0, 0.0)
    path = []
    for at_s, price in zip(given_["ts"], given_["px"], strict=True):
        volatility.take(at_s, price)
        path.append((at_s, volatility.sigma))
    for (at_s, sigma), (want_s, want) in zip(path[1:], given_["ewma_path"], strict=True):
        assert at_s == want_s
        assert sigma == pytest.approx(want, rel=1e-9)
    assert volatility.sigma == pytest.approx(given_["ewma_sigma_per_sqrt_s"], rel=1e-9)


def test_moves_of_one_size_give_that_size_whatever_the_step() -> None:
    volatility = Volatility(10.0, 0.0, 0.0, 0.0)
    at_s, price = 0.0, 84_000.0
    for step_s in (1.0, 4.0, 1.0, 9.0, 1.0):
        volatility.take(at_s, price)
        at_s += step_s
        price *= math.exp(5e-5 * math.sqrt(step_s))
    volatility.take(at_s, price)
    assert volatility.sigma == pytest.approx(5e-5)


def test_it_begins_at_the_prior_and_leaves_it_as_time_goes_by() -> None:
    volatility = Volatility(10.0, 8e-5, 60.0, 0.0)
    assert volatility.sigma == 8e-5
    for second in range(200):
        volatility.take(second, 84_000.0 * math.exp(2e-5 * second))
    assert volatility.sigma == pytest.approx(2e-5, rel=1e-3)


def test_a_dead_calm_market_is_held_at_the_floor() -> None:
    volatility = Volatility(10.0, 5e-5, 1.0, 1e-5)
    for second in range(1000):
        volatility.take(second, 84_000.0)
    assert volatility.sigma == 1e-5


def test_a_change_of_the_venues_is_not_taken_for_a_move() -> None:
    volatility = Volatility(10.0, 5e-5, 60.0, 0.0)
    volatility.take(1, 84_000.0, ["a", "b"])
    volatility.take(2, 84_500.0, ["a"])
    assert volatility.sigma == 5e-5
    assert volatility.observed_s == 0.0
    volatility.take(3, 84_500.0, ["a"])
    assert volatility.observed_s == 1.0


def test_a_return_over_a_long_hole_is_not_counted() -> None:
    volatility = Volatility(10.0, 5e-5, 60.0, 0.0)
    volatility.take(1, 84_000.0)
    volatility.take(2 + LONGEST_STEP_S, 90_000.0)
    assert volatility.sigma == 5e-5


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(1, 200_000)), max_size=50))
def test_it_is_always_a_positive_number(path: list[tuple[float, float]]) -> None:
    volatility = Volatility(600.0, 5e-5, 60.0, 1e-5)
    at_s = 0.0
    for step_s, price in path:
        at_s += step_s
        volatility.take(at_s, price)
        assert math.isfinite(volatility.sigma)
        assert volatility.sigma >= 1e-5
