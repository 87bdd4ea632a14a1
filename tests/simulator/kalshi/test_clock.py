from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.kalshi.clock import MarketClock, in_thursday_pause, iso, spoken_time


def _ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


@given(st.integers(0, 2_000_000_000_000_000_000), st.sampled_from([1.0, 3.0, 7.0, 12.5, 60.0, 900.0]))
def test_a_second_begins_at_its_stamp_and_not_before(at_ns: int, speed: float) -> None:
    clock = MarketClock(speed)
    second = clock.second(at_ns)
    assert clock.stamp_ns(second) <= at_ns < clock.stamp_ns(second + 1)
    assert clock.second(clock.stamp_ns(second)) == second
    assert clock.second(clock.stamp_ns(second) - 1) == second - 1


@pytest.mark.parametrize(
    ("close", "date", "suffix"),
    [
        ("2026-08-17T05:00:00", "26AUG170100", "00"),  # EDT
        ("2026-11-22T21:45:00", "26NOV221645", "45"),  # EST
        ("2026-01-01T04:45:00", "25DEC312345", "45"),  # the year before, in New York
    ],
)
def test_tickers_carry_the_close_in_new_york_time(close: str, date: str, suffix: str) -> None:
    assert MarketClock(1.0).ticker_time(_ns(close)) == (date, suffix)


def test_with_speed_the_suffix_tells_windows_of_one_minute_apart() -> None:
    clock = MarketClock(60.0)
    closes = [_ns("2026-08-17T05:00:00") + n * 15_000_000_000 for n in range(4)]
    assert [clock.ticker_time(at) for at in closes] == [
        ("26AUG170100", suffix) for suffix in ("0000", "0015", "0030", "0045")
    ]
    odd = MarketClock(7.0)
    close_ns = odd.stamp_ns(900 * 13_965_302)
    assert odd.ticker_time(close_ns)[1].endswith(f"{close_ns // 1_000_000 % 1000:03d}")


def test_hourly_tickers_carry_the_hour_and_with_speed_minute_and_second() -> None:
    close_ns = _ns("2026-08-17T21:00:00")
    assert MarketClock(1.0).ticker_time(close_ns, hourly=True) == ("26AUG1717", "")
    assert MarketClock(60.0).ticker_time(close_ns, hourly=True) == ("26AUG17170000", "")


def test_times_are_written_as_the_venue_writes_them() -> None:
    close_ns = _ns("2026-08-17T05:00:00")
    assert iso(close_ns) == "2026-08-17T05:00:00Z"
    assert iso(close_ns + 707_862_000) == "2026-08-17T05:00:00.707862Z"
    assert spoken_time(close_ns, seconds=False) == "1:00 AM EDT on Aug 17, 2026"


def test_the_thursday_pause_follows_new_york_through_the_clock_change() -> None:
    assert in_thursday_pause(_ns("2026-08-20T07:00:00"))  # 03:00 EDT
    assert in_thursday_pause(_ns("2026-11-19T09:59:59"))  # 04:59:59 EST
    assert not in_thursday_pause(_ns("2026-11-19T07:30:00"))  # 02:30 EST
    assert not in_thursday_pause(_ns("2026-11-19T10:00:00"))
    assert not in_thursday_pause(_ns("2026-11-18T09:00:00"))  # Wednesday
