import math

import numpy as np
import pytest

from replay.score.hits import hit_rate, wilson
from tests.replay.score.made import close_ns


def at(*windows: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([close_ns(window) for window in windows], dtype=np.int64)


def test_wilsons_interval_is_the_published_one() -> None:
    assert wilson(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson(1.0, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson(0.0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


def test_hits_are_counted_by_signal_and_their_interval_by_window() -> None:
    found = hit_rate(np.array([1.0] * 50 + [0.0] * 50), np.full(100, 0.4), at(*[0] * 50, *[1] * 50))
    assert (found.count, found.windows, found.hits, found.share) == (100, 2, 50, 0.5)
    assert (found.low, found.high) == pytest.approx(wilson(0.5, 2))
    assert found.needed == pytest.approx(0.4)


def test_what_has_not_settled_is_no_miss() -> None:
    found = hit_rate(np.array([1.0, math.nan]), np.array([0.4, math.nan]), at(0, 1))
    assert (found.count, found.share) == (1, 1.0)


def test_without_a_settled_signal_or_a_known_price_nothing_is_made_up() -> None:
    nothing = hit_rate(np.array([math.nan]), np.array([0.4]), at(0))
    assert (nothing.count, nothing.share, nothing.low, nothing.needed) == (0, None, None, None)
    assert hit_rate(np.array([1.0]), np.array([math.nan]), at(0)).needed is None
