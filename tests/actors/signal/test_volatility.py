import math
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.blend import Blend
from actors.signal.daytime import HALF_HOUR_S
from actors.signal.volatility import LONGEST_STEP_S, OLDEST_FACTORS_S, OLDEST_STATE_S, Prior, Volatility
from tests.actors.signal.vectors import vectors

ONE = Blend((600.0,), (1.0,), (1.0,))
T = 1_700_000_100  # a whole multiple of 5 and of 60
PRIOR = Prior(5e-5, 60.0, 1e-5)


def volatility(blend: Blend = ONE, prior: Prior = PRIOR, step_s: int = 5) -> Volatility:
    return Volatility(blend, prior, step_s)


def walk(
    into: Volatility, begin_s: int, seconds: int, sigma: float, seed: int = 1, price: float = 84_000.0
) -> float:
    """Let the index move like a normal walk; return its last price."""
    steps = random.Random(seed)
    for second in range(begin_s, begin_s + seconds):
        into.take(second, price)
        price *= math.exp(sigma * steps.gauss(0.0, 1.0))
    return price


def test_the_reference_prices_give_the_tabled_volatility() -> None:
    given_ = vectors("volatility")
    made = Volatility(Blend((given_["half_life_s"],), (1.0,), (1.0,)), Prior(0.0, 0.0, 0.0), 1)
    begin = T  # the factor of a moment's half hour is 1, whichever it is
    path = []
    for at_s, price in zip(given_["ts"], given_["px"], strict=True):
        made.take(begin + at_s, price)
        path.append((at_s, made.sigma))
    for (at_s, sigma), (want_s, want) in zip(path[1:], given_["ewma_path"], strict=True):
        assert at_s == want_s
        assert sigma == pytest.approx(want, rel=1e-12)
    assert made.sigma == pytest.approx(given_["ewma_sigma_per_sqrt_s"], rel=1e-12)


def test_a_normal_walk_is_measured() -> None:
    made = volatility()
    walk(made, T, 4 * 3600, 5e-5)
    assert made.sigma == pytest.approx(5e-5, rel=0.15)
    assert made.jump_share < 0.25
    assert made.observed_s == 4 * 3600 - 1


def test_returns_are_taken_on_the_grid_and_nowhere_else() -> None:
    bouncing, smooth = volatility(prior=Prior(0.0, 0.0, 0.0)), volatility(prior=Prior(0.0, 0.0, 0.0))
    for second in range(T, T + 601):
        price = 84_000.0 * math.exp(2e-5 * (second // 5 % 2))
        smooth.take(second, price)
        bouncing.take(second, price + (7.0 if second % 5 else 0.0))
    assert bouncing.sigma == smooth.sigma == pytest.approx(2e-5 / math.sqrt(5))


def test_it_begins_at_the_prior_and_leaves_it_as_time_goes_by() -> None:
    made = volatility(Blend((10.0,), (1.0,), (1.0,)), Prior(8e-5, 60.0, 0.0))
    assert made.sigma == 8e-5
    for second in range(T, T + 300):
        made.take(second, 84_000.0 * math.exp(2e-5 * math.sqrt(5) * (second // 5 % 2)))
    assert made.sigma == pytest.approx(2e-5, rel=1e-3)


def test_a_dead_calm_market_is_held_at_the_floor() -> None:
    made = volatility(Blend((10.0,), (1.0,), (1.0,)))
    for second in range(T, T + 1000):
        made.take(second, 84_000.0)
    assert made.sigma == 1e-5


def test_a_change_of_the_venues_is_not_taken_for_a_move() -> None:
    made = volatility()
    made.take(T, 84_000.0, ["a", "b"])
    made.take(T + 5, 84_500.0, ["a"])
    assert made.sigma == 5e-5
    assert made.observed_s == 0.0
    made.take(T + 10, 84_500.0, ["a"])
    assert made.observed_s == 5.0


def test_a_return_over_a_long_hole_is_not_counted_and_what_was_known_weighs_less() -> None:
    made, without = volatility(), volatility()
    for one, hole in ((made, 7200), (without, 0)):
        price = walk(one, T, 1800, 2e-5)
        assert one.sigma < 3e-5
        before = one.sigma
        one.take(T + 1800 + hole + int(LONGEST_STEP_S), 2 * price)
        assert one.sigma == pytest.approx(before)
        walk(one, T + 1800 + hole + 65, 300, 1e-4, price=2 * price)
    assert made.sigma > 1.5 * without.sigma


def test_a_jump_is_known_and_damped() -> None:
    jumped, steady = volatility(), volatility()
    for one, jump in ((jumped, 0.004), (steady, 0.0)):
        price = walk(one, T, 900, 5e-5)
        walk(one, T + 900, 60, 5e-5, seed=2, price=price * math.exp(jump))
    assert steady.jump_share < 0.3
    assert jumped.jump_share > 0.8
    undamped = math.sqrt(steady.sigma**2 + 0.004**2 * math.log(2) / 600)
    assert steady.sigma < jumped.sigma < 0.75 * undamped


def test_jumps_that_come_again_and_again_are_part_of_the_level() -> None:
    made = volatility(Blend())
    steps = random.Random(4)
    price, total = 84_000.0, 0.0
    seconds = 12 * 3600
    for second in range(T, T + seconds):
        made.take(second, price)
        move = 5e-5 * steps.gauss(0.0, 1.0) + (1e-3 * steps.gauss(0.0, 1.0) if second % 700 == 0 else 0.0)
        total += move * move
        price *= math.exp(move)
    assert made.sigma_for(900.0, T + seconds) == pytest.approx(math.sqrt(total / seconds), rel=0.1)


def test_an_index_that_stands_still_most_of_the_time_does_not_turn_every_move_into_a_jump() -> None:
    held, moving = volatility(), volatility()
    steps = random.Random(3)
    price = shown = 84_000.0
    for second in range(T, T + 3600):
        moving.take(second, price)
        if second % 20 == 0:
            shown = price
        held.take(second, shown)
        price *= math.exp(5e-5 * steps.gauss(0.0, 1.0))
    assert held.sigma == pytest.approx(moving.sigma, rel=0.35)
    assert held.jump_share < 0.5


def test_the_horizon_chooses_the_memory() -> None:
    blend = Blend((600.0, 86_400.0), (1.0, 0.0), (0.0, 1.0))
    made = volatility(blend)
    price = walk(made, T, 3 * 3600, 2e-5)
    walk(made, T + 3 * 3600, 1200, 1e-4, price=price)
    at_s = T + 3 * 3600 + 1200
    sigmas = [made.sigma_for(horizon_s, at_s) for horizon_s in (0.0, 120.0, 300.0, 900.0, 3600.0, 7200.0)]
    assert sigmas[0] == sigmas[1] == made.sigma
    assert sigmas[1] > sigmas[2] > sigmas[3] > sigmas[4] == sigmas[5]


def test_the_time_of_the_week_is_learnt_and_used() -> None:
    made = volatility(Blend((3600.0, 7200.0), (0.0, 1.0), (0.0, 1.0)))
    begin = T - T % (7 * 86_400)
    price, seed = 84_000.0, 0
    for week in range(3):
        for half_hour in range(6):  # the fourth half hour of six moves more than the others
            seed += 1
            from_s = begin + week * 7 * 86_400 + half_hour * HALF_HOUR_S
            price = walk(made, from_s, HALF_HOUR_S, 1.2e-4 if half_hour == 3 else 4e-5, seed, price)
    at_s = begin + 3 * 7 * 86_400 + 3 * HALF_HOUR_S
    loud, quiet = made.sigma_for(900.0, at_s), made.sigma_for(900.0, at_s + HALF_HOUR_S)
    assert loud > 1.3 * quiet
    assert quiet < made.sigma_for(3600.0, at_s) < loud


def test_a_restart_forgets_nothing() -> None:
    through, stopped = volatility(Blend()), volatility(Blend())
    price = walk(through, T, 2000, 6e-5)
    walk(stopped, T, 2000, 6e-5)
    state = msgspec.msgpack.decode(
        msgspec.msgpack.encode(stopped.state(7)), type=type(stopped.state(7))
    )  # as the log gives it back
    again = volatility(Blend())
    assert again.restore(state, T + 1970, 60.0)
    assert again.sigma_for(900.0, T + 2000) == through.sigma_for(900.0, T + 2000)
    assert again.observed_s == through.observed_s
    assert again.jump_share == through.jump_share
    before = again.sigma
    for second in range(T + 1970, T + 2000):
        again.take(second, 99_000.0)  # read once more: already in the state
    assert again.sigma == before
    walk(through, T + 2000, 600, 6e-5, 5, price)
    walk(again, T + 2000, 600, 6e-5, 5, price)
    assert again.sigma == pytest.approx(through.sigma, rel=0.01)


def test_the_step_across_a_restart_is_not_counted() -> None:
    stopped, again = volatility(), volatility()
    walk(stopped, T, 2001, 6e-5)
    again.restore(stopped.state(7), T + 2010, 0.0)
    before = again.sigma
    again.take(T + 2010, 90_000.0)
    assert again.sigma == before
    again.take(T + 2015, 90_000.0)
    assert again.sigma < before


@pytest.mark.parametrize(
    ("age_s", "used"),
    [(OLDEST_STATE_S, True), (OLDEST_STATE_S + 1, False), (-30.0, True), (-31.0, False)],
)
def test_a_state_too_old_or_of_another_clock_is_not_used(age_s: float, used: bool) -> None:
    stopped, again = volatility(), volatility()
    walk(stopped, T, 1000, 2e-4)
    assert again.restore(stopped.state(7), T + 999 + age_s, 30.0) is used
    assert (again.sigma == stopped.sigma) is used
    assert (again.observed_s > 0.0) is used


def test_a_state_of_other_half_lives_or_cut_short_is_not_used() -> None:
    state = volatility(Blend()).state(7)
    now_s = state.at_s + 1
    assert not volatility().restore(state, now_s, 0.0)
    short = msgspec.structs.replace(state, sums=state.sums[1:])
    assert not volatility(Blend()).restore(short, now_s, 0.0)
    assert not volatility(Blend()).restore(msgspec.structs.replace(state, extra=[]), now_s, 0.0)
    assert volatility(Blend()).restore(state, now_s, 0.0)


def test_the_pattern_of_the_week_outlives_the_level() -> None:
    loud = volatility()
    state = msgspec.structs.replace(loud.state(7), at_s=float(T), factors=[2.25] * 336)
    for age_s, factor in ((3 * OLDEST_STATE_S, 1.5), (OLDEST_FACTORS_S + 1, 1.0)):
        again = volatility()
        assert not again.restore(state, T + age_s, 0.0)
        assert again.sigma_for(900.0, T + age_s) == pytest.approx(factor * 5e-5)


@given(st.lists(st.tuples(st.integers(-100, 100), st.floats(1, 200_000)), max_size=50))
def test_it_is_always_a_positive_number(path: list[tuple[int, float]]) -> None:
    made = volatility(Blend())
    at_s = 0
    for step_s, price in path:
        at_s += step_s
        made.take(at_s, price)
        for horizon_s in (0.0, 900.0, 40_000.0):
            sigma = made.sigma_for(horizon_s, at_s)
            assert math.isfinite(sigma)
            assert sigma >= 1e-5
