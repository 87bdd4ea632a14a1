from hypothesis import given
from hypothesis import strategies as st

from actors.adapter import LatencySummary
from actors.latency import LatencyMeter

MS = 1_000_000
S = 1000 * MS


def test_nothing_stamped_is_unknown() -> None:
    assert LatencyMeter().summary(0) == LatencySummary(-1.0, -1.0, 0.0)


@given(offset_ms=st.integers(-10_000, 10_000), one_way_ms=st.integers(0, 200))
def test_a_constant_clock_offset_is_taken_off(offset_ms: int, one_way_ms: int) -> None:
    meter = LatencyMeter()
    meter.round_trip(2 * one_way_ms * MS, 0)
    for extra_ms in (0, 1, 5):
        sent = 10**18
        meter.stamped(sent, sent + (one_way_ms + extra_ms + offset_ms) * MS)
    summary = meter.summary(S)
    assert summary.offset_ms == offset_ms
    assert summary.p50_ms == one_way_ms + 1
    assert summary.p99_ms == one_way_ms + 5


def test_the_offset_outlives_a_quiet_second_but_not_the_window() -> None:
    meter = LatencyMeter()
    meter.stamped(0, 7 * MS)
    assert meter.summary(S).offset_ms == 7
    assert meter.summary(2 * S) == LatencySummary(-1.0, -1.0, 7.0)
    assert meter.summary(100 * S) == LatencySummary()


def test_a_message_that_is_late_against_the_last_minute_shows_as_late() -> None:
    meter = LatencyMeter()
    meter.stamped(0, 2 * MS)
    meter.summary(S)
    meter.stamped(0, 502 * MS)
    assert meter.summary(2 * S).p50_ms == 500
