"""Delays between restarts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.backoff import JITTER, RETRY_AFTER_LIMIT_S, delay_s, obeyed_s


def test_delays_without_jitter_double_up_to_the_limit() -> None:
    delays = [delay_s(step, 1.0, 60.0, jitter=0.0) for step in range(10)]
    assert delays == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


@given(st.integers(-5, 10**6), st.floats(0.001, 100), st.floats(0, 1, exclude_max=True))
def test_jitter_only_shortens_and_by_a_known_share(step: int, base_s: float, jitter: float) -> None:
    nominal_s = delay_s(step, base_s, 60.0, jitter=0.0)
    assert nominal_s * (1 - JITTER) <= delay_s(step, base_s, 60.0, jitter) <= nominal_s <= 60.0


@pytest.mark.parametrize(
    ("asked_s", "obeyed"),
    [(0.0, 0.0), (17.5, 17.5), (-1.0, 0.0), (math.nan, 0.0), (math.inf, 0.0), (1e12, RETRY_AFTER_LIMIT_S)],
)
def test_what_a_venue_asks_for_is_obeyed_within_reason(asked_s: float, obeyed: float) -> None:
    assert obeyed_s(asked_s) == obeyed
