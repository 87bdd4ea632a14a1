import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.log_odds import LEAST, MOST_LOG_ODDS, from_log_odds, log_odds


@given(st.floats(LEAST, 1.0 - LEAST))
def test_log_odds_are_those_of_the_library_and_lead_back(probability: float) -> None:
    assert log_odds(probability) == pytest.approx(
        math.log(probability / (1.0 - probability)), rel=1e-13, abs=1e-14
    )
    assert from_log_odds(log_odds(probability)) == pytest.approx(probability, rel=1e-13)


@given(st.floats(-MOST_LOG_ODDS, MOST_LOG_ODDS))
def test_the_way_back_is_that_of_the_library(value: float) -> None:
    assert from_log_odds(value) == pytest.approx(1.0 / (1.0 + math.exp(-value)), rel=2e-15)


def test_nothing_becomes_certain() -> None:
    assert log_odds(0.0) == log_odds(LEAST) == pytest.approx(-log_odds(1.0))
    assert 0.0 < from_log_odds(-1e300) == from_log_odds(-MOST_LOG_ODDS)
    assert from_log_odds(1e300) == from_log_odds(MOST_LOG_ODDS) < 1.0


@pytest.mark.parametrize(
    ("probability", "odds"),
    [
        (0.5, "0x0.0p+0"),
        (0.1, "-0x1.193ea7aad030ap+1"),
        (0.9, "0x1.193ea7aad030bp+1"),
        (0.123456789, "-0x1.f5c8c5bf21d98p+0"),
        (0.999, "0x1.ba084531f2626p+2"),
    ],
)
def test_the_bits_are_the_same_on_every_machine(probability: float, odds: str) -> None:
    assert log_odds(probability).hex() == odds


@pytest.mark.parametrize(
    ("odds", "probability"),
    [
        (0.0, "0x1.0000000000000p-1"),
        (1.0, "0x1.764d4f5d5a2bdp-1"),
        (-3.7, "0x1.8b4c0ffc14fbep-6"),
        (15.25, "0x1.fffff8018f7e9p-1"),
    ],
)
def test_the_bits_of_the_way_back_are_too(odds: float, probability: str) -> None:
    assert from_log_odds(odds).hex() == probability
