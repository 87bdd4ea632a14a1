import math

import pytest

from actors.signal.indicators.strikes import deviations, likelihood, mid_of


def test_a_mid_is_a_probability() -> None:
    assert mid_of(480_000, 520_000) == 0.5


@pytest.mark.parametrize(
    ("bid_e6", "ask_e6"),
    [(-1, 520_000), (480_000, -1), (-1, -1), (520_000, 520_000), (530_000, 520_000), (450_000, 550_001)],
)
def test_a_crossed_or_a_wide_quote_has_none(bid_e6: int, ask_e6: int) -> None:
    assert math.isnan(mid_of(bid_e6, ask_e6))


def test_near_the_ends_of_the_range_one_side_is_enough() -> None:
    assert mid_of(-1, 10_000) == pytest.approx(0.005)
    assert mid_of(990_000, -1) == pytest.approx(0.995)
    assert math.isnan(mid_of(-1, 100_001))
    assert math.isnan(mid_of(899_999, -1))


@pytest.mark.parametrize("probability", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_deviations_and_likelihood_undo_each_other(probability: float) -> None:
    assert likelihood(deviations(probability)) == pytest.approx(probability)


def test_certainty_and_nothing_have_no_number_of_deviations() -> None:
    for probability in (0.0, 1.0, math.nan):
        assert math.isnan(deviations(probability))
