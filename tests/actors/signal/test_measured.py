import math

import pytest

from actors.signal.measured import LEAST_SECONDS, MeasuredError
from messages import IndexCompared, MethodError

S = 1_000_000_000


def compared(second: int, **errors: float) -> IndexCompared:
    listed = [MethodError(name, 84_000.0, bps) for name, bps in errors.items()]
    return IndexCompared("BRTI", second * S, second * S, second * S, 84_000_000_000, listed, 0.3, [])


def test_few_seconds_measure_nothing() -> None:
    measured = MeasuredError(60 * S)
    for second in range(LEAST_SECONDS - 1):
        measured.take(compared(second, ours=1.0), "ours")
    assert math.isnan(measured.bps(LEAST_SECONDS * S))
    measured.take(compared(LEAST_SECONDS - 1, ours=1.0), "ours")
    assert measured.bps(LEAST_SECONDS * S) == 1.0


def test_the_error_is_the_root_mean_square_of_the_method_asked_for() -> None:
    measured = MeasuredError(60 * S)
    for second in range(20):
        measured.take(compared(second, ours=3.0 if second % 2 else -1.0, other=9.0), "ours")
    assert measured.bps(20 * S) == pytest.approx(math.sqrt(5.0))


def test_what_left_the_window_counts_no_more_and_silence_is_no_measurement() -> None:
    measured = MeasuredError(60 * S)
    for second in range(80):
        measured.take(compared(second, ours=9.0 if second < 30 else 1.0), "ours")
    assert measured.bps(90 * S) == 1.0
    assert math.isnan(measured.bps(200 * S))


def test_a_clock_set_back_begins_anew() -> None:
    measured = MeasuredError(60 * S)
    for second in range(1000, 1020):
        measured.take(compared(second, ours=9.0), "ours")
    for second in range(20):
        measured.take(compared(second, ours=1.0), "ours")
    assert measured.bps(20 * S) == 1.0
