import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.bipower import JUMP_SIGMAS, LEAST_STEPS, Bipower
from tests.actors.signal.vectors import vectors


def held(returns: list[float], steps: int = 120) -> Bipower:
    made = Bipower(steps)
    for move in returns:
        made.take(move)
    return made


def normal(count: int, sigma: float = 1.0, seed: int = 1) -> list[float]:
    steps = random.Random(seed)
    return [sigma * steps.gauss(0.0, 1.0) for _ in range(count)]


def test_the_reference_figures_come_out() -> None:
    given_ = vectors("volatility")
    prices = given_["px"]
    made = held([math.log(after / before) for before, after in pairwise(prices)])
    assert made.realised == pytest.approx(given_["RV"], rel=1e-12)
    assert math.sqrt(made.realised / given_["ts"][-1]) == pytest.approx(
        given_["sigma_rv_per_sqrt_s"], rel=1e-12
    )
    assert made.bipower == pytest.approx(given_["BV"], rel=1e-12)
    assert made.jump_share == pytest.approx(given_["jump_share"], rel=1e-12)


def test_of_a_steady_motion_both_are_the_same_and_a_jump_is_in_one_of_them() -> None:
    steady = normal(5000)
    made = held(steady, 5000)
    assert made.bipower == pytest.approx(made.realised, rel=0.05)
    jumped = held([*steady[:2500], 60.0, *steady[2500:]], 5001)
    assert jumped.jump_share == pytest.approx(3600 / (3600 + made.realised), abs=0.05)


def test_it_forgets_what_is_older_than_its_window() -> None:
    made = held([50.0, *normal(10)], 10)
    assert list(made.returns) == normal(10)


def test_only_what_is_beyond_four_deviations_is_a_jump() -> None:
    made = held(normal(100))
    usual = JUMP_SIGMAS**2 * made.bipower / 100
    assert made.steady(usual) == made.steady(5 * usual) == usual
    assert made.steady(usual / 2) == usual / 2


def test_while_little_is_known_nothing_is_called_a_jump() -> None:
    assert held([1.0] * (LEAST_STEPS - 1)).steady(1e6) == 1e6
    assert held([1.0] * LEAST_STEPS).steady(1e6) < 1e6


@pytest.mark.parametrize("returns", [[], [1.0], [0.0, 0.0, 0.0]])
def test_too_little_has_no_jump_share_that_is_not_a_number(returns: list[float]) -> None:
    assert held(returns).jump_share in (0.0, 1.0)
    assert held(returns).bipower == 0.0


@given(st.lists(st.floats(-1, 1), max_size=60), st.floats(0, 10))
def test_shares_lie_between_0_and_1_and_the_steady_part_is_never_more_than_all(
    returns: list[float], square: float
) -> None:
    made = held(returns)
    assert 0.0 <= made.jump_share <= 1.0
    assert 0.0 <= made.steady(square) <= square
