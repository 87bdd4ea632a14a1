import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.accuracy.leadlag import LeadLag, correlations, delays, lead_lags
from actors.brti.accuracy.seconds import official_columns
from actors.market_seconds import MarketSeconds
from messages import OfficialIndexPublished
from tests.actors.brti.accuracy.days import BASE, MS, S, official

STEP_NS = 200 * MS
Series = list[tuple[int, float]]


def walk(steps: int, seed: int = 1) -> list[float]:
    rng = random.Random(seed)
    path = [84_000.0]
    for _ in range(steps - 1):
        path.append(path[-1] * (1 + rng.gauss(0, 1.5e-5)))
    return path


def series(path: list[float], step_ns: int = STEP_NS, behind: int = 0) -> Series:
    """A path as of BASE on, each value stamped so many steps later."""
    return [(BASE * S + (n + behind) * step_ns, usd) for n, usd in enumerate(path)]


def published(values: Series, hz: int = 5) -> list[OfficialIndexPublished]:
    return [
        OfficialIndexPublished("BRTI", 1, stamp_ns, stamp_ns, hz, round(usd * 1e6), -1, -1, 0)
        for stamp_ns, usd in values
    ]


def judge(ours: Series, theirs: Series, speed: float = 1.0) -> LeadLag:
    (found,) = lead_lags({"a": ours}, official_columns(published(theirs)), speed)
    return found


@pytest.mark.parametrize("behind", [0, 1, 3, 24])
def test_a_method_that_moves_first_leads_by_that_much(behind: int) -> None:
    path = walk(1500)
    found = judge(series(path), series(path, behind=behind))
    assert found.grid_ms == 200
    assert found.lead_ms == pytest.approx(200.0 * behind, abs=2.0)
    assert found.correlation == pytest.approx(1.0, abs=1e-6)
    assert found.count == 1499
    assert (found.correlation_at_zero > 0.99) == (behind == 0)


def test_a_method_that_moves_later_lags() -> None:
    path = walk(1500)
    assert judge(series(path, behind=2), series(path)).lead_ms == pytest.approx(-400.0, abs=2.0)


def test_a_lead_between_two_steps_is_interpolated() -> None:
    fine = walk(6000)
    ours, theirs = series(fine[2::4]), series(fine[0::4])
    found = judge(ours, theirs)
    assert found.lead_ms == pytest.approx(100.0, abs=20.0)
    assert found.correlation < 0.9


def test_where_only_whole_seconds_are_known_the_grid_is_the_second() -> None:
    path = walk(3000)
    ours = series(path)
    found = judge(ours, [(stamp_ns + S, usd) for stamp_ns, usd in ours[::5]])
    assert found.grid_ms == 1000
    assert found.lead_ms == pytest.approx(1000.0, abs=20.0)
    assert found.span_ms == 10_000


def test_no_peak_is_claimed_where_there_is_none() -> None:
    assert judge(series(walk(1500)), series(walk(1500, seed=2))).lead_ms is None
    path = walk(1500)
    assert judge(series(path), series(path, behind=40)).lead_ms is None
    assert judge(series(path[:50]), series(path[:50])).lead_ms is None
    assert judge(series([100.0] * 1500), series(path)).lead_ms is None
    empty = judge([], [])
    assert (empty.lead_ms, empty.count, empty.correlation) == (None, 0, 0.0)


def test_a_peak_at_the_end_of_the_lags_tried_is_none() -> None:
    path = walk(1500)
    found = judge(series(path), series(path, behind=25))
    assert found.lead_ms is None
    assert found.correlation > 0.99


def test_no_return_spans_a_hole() -> None:
    path = walk(1500)
    ours = series(path)
    kept = ours[:500] + [(stamp_ns, 0.0) for stamp_ns, _ in ours[500:510]] + ours[510:700] + ours[705:]
    found = judge(kept, series(path, behind=1))
    assert found.lead_ms == pytest.approx(200.0, abs=2.0)
    assert found.count == 1499 - 11 - 6
    assert found.correlation == pytest.approx(1.0, abs=1e-6)


def test_a_hole_of_years_costs_nothing_and_correlates_nothing() -> None:
    path = walk(1500)
    early = [(stamp_ns // 2 // STEP_NS * STEP_NS, usd) for stamp_ns, usd in series(path[:3])]
    found = judge(early + series(path), early + series(path, behind=1))
    assert found.lead_ms == pytest.approx(200.0, abs=2.0)


def test_a_fast_market_clock_is_measured_in_its_own_time() -> None:
    path = walk(1500)
    seconds = MarketSeconds(60.0)
    first = seconds.begun(BASE * S)
    stamps = [seconds.begin_ns(first + n) for n in range(1501)]
    found = judge(list(zip(stamps, path, strict=False)), list(zip(stamps[1:], path, strict=False)), 60.0)
    assert (found.grid_ms, found.count) == (1000, 1499)
    assert found.lead_ms == pytest.approx(1000.0, abs=10.0)


def test_methods_come_in_order_each_with_its_own_grid() -> None:
    path = walk(1500)
    reference = official_columns(published(series(path)))
    found = lead_lags({"b": series(path), "a": series(path)[::5]}, reference, 1.0)
    assert [(one.method, one.grid_ms) for one in found] == [("a", 1000), ("b", 200)]


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 5)), max_size=40),
    st.integers(0, 6),
)
def test_correlations_are_those_of_the_plain_formula(rows: list[tuple[int, int, int]], span: int) -> None:
    x = np.array([np.nan if hole == 1 else a for a, _, hole in rows], dtype=np.float64)
    y = np.array([np.nan if hole == 2 else b for _, b, hole in rows], dtype=np.float64)
    found = correlations(x, y, span)
    assert len(found) == 2 * span + 1
    for k, one in zip(range(-span, span + 1), found, strict=True):
        pairs = [
            (x[t], y[t + k])
            for t in range(len(x))
            if 0 <= t + k < len(y) and not np.isnan(x[t]) and not np.isnan(y[t + k])
        ]
        assert one.pairs == len(pairs)
        moves = len({a for a, _ in pairs}) > 1 and len({b for _, b in pairs}) > 1
        expected = np.corrcoef(np.array(pairs).T)[0, 1] if moves else 0.0
        assert one.value == pytest.approx(expected, abs=1e-9)


def test_the_delay_of_receipt_is_told_by_channel_and_counts_the_first_receipt() -> None:
    received = [official(n, 100.0, late_ms=200 + n) for n in range(20)]
    received += [official(n / 5, 100.0, late_ms=50, hz=5) for n in range(3)]
    received += [official(3, 100.0, late_ms=90_000)]
    slow, fast = delays(official_columns(received))
    assert (slow.hz, slow.count, slow.median_ms, slow.p95_ms, slow.max_ms) == (1, 20, 209.5, 218.0, 219.0)
    assert (fast.hz, fast.count, fast.median_ms) == (5, 3, 50.0)
    assert delays(official_columns([])) == []
