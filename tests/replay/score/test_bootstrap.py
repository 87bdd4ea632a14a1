import numpy as np
import pytest

from replay.score.bootstrap import NOTHING, mean_interval, ratio_interval, student_975
from tests.replay.score.made import close_ns


def windows(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([close_ns(number) for number in numbers], dtype=np.int64)


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.706), (5, 2.571), (30, 2.042), (31, 2.0395), (1000, 1.9623)]
)
def test_students_quantile_is_the_tables(freedom: int, t: float) -> None:
    assert student_975(freedom) == pytest.approx(t, abs=1e-3)


def test_the_mean_is_over_signals_and_the_interval_over_windows() -> None:
    found = mean_interval(np.array([1.0, 1.0, 1.0, 0.0]), windows(0, 0, 0, 1))
    assert (found.mean, found.count, found.windows) == (0.75, 4, 2)
    assert found.low is not None
    assert found.low < 0.0


def test_a_signal_said_a_hundred_times_in_its_window_knows_no_more_than_once() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=20)
    once = mean_interval(values, windows(*range(20)))
    often = mean_interval(np.repeat(values, 100), windows(*np.repeat(range(20), 100)))
    assert (often.mean, often.low, often.high) == pytest.approx((once.mean, once.low, once.high))


def test_what_is_not_known_is_left_out_and_not_counted() -> None:
    found = mean_interval(np.array([1.0, np.nan, 3.0]), windows(0, 1, 2))
    assert (found.mean, found.count, found.windows) == (2.0, 2, 2)


def test_one_window_has_a_mean_and_no_interval() -> None:
    found = mean_interval(np.array([1.0, 2.0]), windows(0, 0))
    assert (found.mean, found.low, found.high, found.sd) == (1.5, None, None, None)
    assert mean_interval(np.empty(0), windows()) == NOTHING
    assert ratio_interval(np.array([1.0]), np.array([0.0]), windows(0)) == NOTHING


def test_an_interval_does_not_reach_beyond_what_can_be() -> None:
    found = mean_interval(np.array([1.0, -1.0, 1.0]), windows(0, 1, 2), 1.0)
    assert (found.low, found.high) == (-1.0, 1.0)


def test_few_windows_make_a_wide_interval_and_many_a_narrow_one() -> None:
    rng = np.random.default_rng(2)
    widths = []
    for count in (3, 30, 300):
        found = mean_interval(rng.normal(size=count), windows(*range(count)))
        assert found.low is not None
        assert found.high is not None
        widths.append(found.high - found.low)
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


@pytest.mark.parametrize("count", [4, 12, 60])
def test_the_interval_holds_the_truth_as_often_as_it_says(count: int) -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        sizes = rng.integers(1, 20, count)
        values = np.repeat(rng.normal(size=count), sizes) + rng.normal(size=int(sizes.sum())) + 0.3
        found = mean_interval(values, windows(*np.repeat(range(count), sizes)))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.3 <= found.high
    assert held >= 0.92 * 400


def test_the_same_record_gives_the_same_interval_again() -> None:
    values, at = np.arange(10.0), windows(*range(10))
    assert mean_interval(values, at) == mean_interval(values, at)
