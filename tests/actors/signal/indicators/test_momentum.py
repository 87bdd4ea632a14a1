import math

import pytest

from actors.signal.indicators.momentum import Momentum

SECOND = 1_000_000_000


def fed(speed: float = 1.0) -> Momentum:
    """A tenth of a second apart, up by a basis point a market second."""
    momentum = Momentum(5.0, speed, SECOND)
    for turn in range(101):
        momentum.take(round(turn * SECOND / 10 / speed), 84_000.0 * math.exp(turn / 10 * 1e-4))
    return momentum


def test_it_is_the_move_over_the_horizon_in_standard_deviations() -> None:
    level = 84_000.0 * math.exp(10e-4)
    assert fed().value(10 * SECOND, level, 5e-5) == pytest.approx(5e-4 / (5e-5 * math.sqrt(5)))


def test_a_fall_speaks_against_yes() -> None:
    assert fed().value(10 * SECOND, 84_000.0, 5e-5) < 0


def test_seconds_are_the_markets_own() -> None:
    level = 84_000.0 * math.exp(10e-4)
    for speed in (1.0, 10.0, 60.0):
        value = fed(speed).value(round(10 * SECOND / speed), level, 5e-5)
        assert value == pytest.approx(5e-4 / (5e-5 * math.sqrt(5)), rel=0.03)


def test_without_the_past_the_present_or_a_sigma_there_is_none() -> None:
    assert math.isnan(Momentum(5.0, 1.0, SECOND).value(10 * SECOND, 84_000.0, 5e-5))
    momentum = fed()
    assert math.isnan(momentum.value(10 * SECOND, 0.0, 5e-5))
    assert math.isnan(momentum.value(10 * SECOND, 84_000.0, 0.0))
    momentum.clear()
    assert math.isnan(momentum.value(10 * SECOND, 84_000.0, 5e-5))


def test_a_hole_is_not_bridged() -> None:
    momentum = fed()
    momentum.take(13 * SECOND, 84_000.0)
    assert math.isnan(momentum.value(17 * SECOND, 84_000.0, 5e-5))  # at 12 s the newest was of 10 s
    assert momentum.value(18 * SECOND, 84_000.0, 5e-5) == 0.0
