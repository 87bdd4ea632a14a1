"""Clock and disk, measured from what feeds noted."""

import pytest

from replay.audit.certificate import Clock, Disk
from replay.audit.timing import ClockMeter, DiskMeter

MS = 10**6


def test_a_clock_that_runs_fast_shows_by_how_much() -> None:
    meter = ClockMeter()
    for second in range(600):
        meter.take(second * 10**9, 2.0 + 0.02 * second)
    clock = meter.clock()
    assert clock.samples == 600
    assert clock.drift_ppm == pytest.approx(20.0)
    assert (clock.least_ms, clock.most_ms) == (2.0, 13.98)
    assert clock.median_ms == pytest.approx(7.99)


def test_a_few_bad_seconds_do_not_move_the_drift() -> None:
    meter = ClockMeter()
    for second in range(600):
        meter.take(second * 10**9, 500.0 if second < 5 or second == 300 else 2.0)
    assert meter.clock().drift_ppm == 0.0


def test_a_short_or_silent_session_has_no_drift() -> None:
    meter = ClockMeter()
    assert meter.clock() == Clock()
    for second in range(20):
        meter.take(second * 10**9, 1.0)
    assert meter.clock() == Clock(20, 1.0, 1.0, 1.0, None)


def test_a_stamp_that_never_moves_has_no_slope() -> None:
    meter = ClockMeter()
    for _ in range(100):
        meter.take(7, 1.0)
    assert meter.clock().drift_ppm is None


def test_frames_that_waited_are_stalls() -> None:
    meter = DiskMeter()
    assert meter.disk() == Disk()
    for lag_ms in (1, 1, 1, 250, 1, 150):
        meter.take(1000 * MS, (1000 + lag_ms) * MS)
    disk = meter.disk()
    assert (disk.frames, disk.stalls, disk.stalled_s, disk.max_ms) == (6, 2, 0.4, 250.0)
    assert disk.max_at_ns == 1250 * MS
    assert disk.p50_ms == pytest.approx(1.0, rel=0.03)
