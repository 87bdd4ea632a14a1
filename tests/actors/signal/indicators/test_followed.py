import math

import pytest

from actors.signal.indicators.followed import NO_MOMENTA, FollowedIndex
from messages import IndexValue, LeftOut

SECOND = 1_000_000_000


def value(at_ns: int, usd: float, *out: str, method: str = "cme-cf") -> IndexValue:
    left_out = [LeftOut(venue, "stale", 5) for venue in out]
    return IndexValue("BRTI", method, at_ns, at_ns, usd, [], left_out, on_grid=False, withheld="")


def fed(seconds: int) -> FollowedIndex:
    index = FollowedIndex(1.0)
    for turn in range(5 * seconds + 1):
        index.take(value(turn * SECOND // 5, 84_000.0 * math.exp(turn / 5 * 1e-5)))
    return index


def test_each_horizon_speaks_once_its_time_is_seen() -> None:
    assert all(math.isnan(one) for one in fed(4).momenta(4 * SECOND, 5e-5))
    made = fed(16).momenta(16 * SECOND, 5e-5)
    assert made[:2] == pytest.approx([0.2 * math.sqrt(5), 0.2 * math.sqrt(15)])
    assert math.isnan(made[2])
    assert len(NO_MOMENTA) == len(made)


def test_a_venue_that_leaves_is_no_momentum() -> None:
    index = fed(70)
    before = index.momenta(70 * SECOND, 5e-5)
    assert not index.take(value(70 * SECOND, 84_100.0, "lmax"))
    assert index.momenta(70 * SECOND, 5e-5) == pytest.approx(before)
    assert index.usd == 84_100.0


def test_another_method_or_a_broken_line_begins_anew() -> None:
    index = fed(10)
    assert index.take(value(10 * SECOND, 84_000.0, method="nowcast"))
    assert all(math.isnan(one) for one in index.momenta(10 * SECOND, 5e-5))
    assert index.take(value(20 * SECOND, 84_000.0, "lmax", method="nowcast"))
    assert not index.take(value(21 * SECOND, 84_000.0, "lmax", method="nowcast"))


def test_the_value_at_a_moment_is_the_newest_up_to_it() -> None:
    index = fed(10)
    assert index.began(10 * SECOND) == 0.0  # nothing has come after it
    index.take(value(10 * SECOND + 5, 85_000.0))
    assert index.began(10 * SECOND) == pytest.approx(84_000.0 * math.exp(1e-4))
    index.take(value(10 * SECOND + 6, 86_000.0))
    assert index.began(10 * SECOND) == 0.0
    assert index.began(10 * SECOND + 5) == 85_000.0


def test_a_moment_within_a_hole_has_none() -> None:
    index = fed(10)
    index.take(value(15 * SECOND, 85_000.0))
    assert index.began(11 * SECOND + 1) == 0.0
    assert index.began(10 * SECOND + SECOND // 2) > 0.0


def test_under_a_fast_clock_a_hole_is_shorter_but_never_shorter_than_the_grid() -> None:
    index = FollowedIndex(60.0)
    index.take(value(0, 84_000.0))
    index.take(value(SECOND, 84_100.0))
    assert index.began(SECOND // 4) == 84_000.0
    assert index.began(SECOND // 4 + 1) == 0.0
