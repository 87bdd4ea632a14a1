import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.tails import Normal, StudentT, Tail

TAILS: list[Tail] = [Normal(), StudentT(2.5), StudentT(4.0), StudentT(4.5), StudentT(30.0)]


def of_four(distance: float) -> float:
    """Student's t of four degrees in closed form, of unit variance."""
    stretched = distance * math.sqrt(2)
    share = stretched / math.sqrt(4 + stretched**2)
    return 0.5 + 0.75 * (share - share**3 / 3)


@given(st.floats(-30, 30))
def test_four_degrees_have_a_closed_form_of_their_own(distance: float) -> None:
    assert StudentT(4.0).below(distance) == pytest.approx(of_four(distance), abs=1e-13)


# Two-sided 5 % and 1 % points of the unscaled t, as statistical tables print them.
@pytest.mark.parametrize(
    ("degrees", "point", "below"),
    [
        (3, 3.182446, 0.975),
        (5, 2.570582, 0.975),
        (10, 2.228139, 0.975),
        (5, 4.032143, 0.995),
        (30, 2.749996, 0.995),
    ],
)
def test_the_printed_points_come_out(degrees: int, point: float, below: float) -> None:
    scaled = point / math.sqrt(degrees / (degrees - 2))
    assert StudentT(degrees).below(scaled) == pytest.approx(below, abs=2e-8)


def test_very_many_degrees_are_normal() -> None:
    many = StudentT(1e7)
    for distance in (-3.0, -1.0, 0.0, 0.3, 2.5):
        assert many.below(distance) == pytest.approx(Normal().below(distance), abs=1e-6)
        assert many.density(distance) == pytest.approx(Normal().density(distance), abs=1e-6)


@pytest.mark.parametrize("tail", TAILS)
@given(distance=st.floats(-50, 50))
def test_it_is_symmetric_and_its_density_is_its_slope(tail: Tail, distance: float) -> None:
    assert tail.below(distance) + tail.below(-distance) == pytest.approx(1.0, abs=1e-12)
    step = 1e-5
    slope = (tail.below(distance + step) - tail.below(distance - step)) / (2 * step)
    assert tail.density(distance) == pytest.approx(slope, abs=2e-8)


@pytest.mark.parametrize("tail", TAILS)
@given(first=st.floats(-100, 100), second=st.floats(-100, 100))
def test_it_never_falls_and_stays_within_0_and_1(tail: Tail, first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert 0.0 <= tail.below(low) <= tail.below(high) + 1e-15
    assert tail.below(high) <= 1.0


@pytest.mark.parametrize("tail", [Normal(), StudentT(4.5), StudentT(30.0)])
def test_its_variance_is_one(tail: Tail) -> None:
    step = 0.01
    points = [step * number for number in range(-40_000, 40_001)]
    assert step * math.fsum(tail.density(z) for z in points) == pytest.approx(1.0, abs=1e-6)
    assert step * math.fsum(z * z * tail.density(z) for z in points) == pytest.approx(1.0, abs=2e-3)


def test_nothing_far_out_breaks_it() -> None:
    for tail in TAILS:
        assert tail.below(-1e9) == pytest.approx(0.0, abs=1e-12)
        assert tail.below(1e9) == pytest.approx(1.0, abs=1e-12)
        assert tail.density(1e9) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("degrees", [2.0, 1.0, -1.0, math.nan])
def test_without_a_variance_it_is_refused(degrees: float) -> None:
    with pytest.raises(ValueError, match="more than 2"):
        StudentT(degrees)
