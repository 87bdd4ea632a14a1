import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from actors.kalshi.exchange import ExchangeHours

EASTERN = ZoneInfo("America/New_York")
WEEK = {
    "wednesday": [{"open_time": "00:00", "close_time": "00:00"}],
    "thursday": [
        {"open_time": "00:00", "close_time": "03:00"},
        {"open_time": "05:00", "close_time": "00:00"},
    ],
}


def at(*when: int) -> int:
    year, month, day, hour, minute = when
    return int(datetime(year, month, day, hour, minute, tzinfo=EASTERN).timestamp()) * 1_000_000_000


def scheduled() -> ExchangeHours:
    hours = ExchangeHours()
    hours.take_schedule({"schedule": {"standard_hours": [WEEK], "maintenance_windows": []}})
    return hours


@pytest.mark.parametrize(
    ("when", "paused"),
    [
        ((2026, 8, 20, 2, 59), False),
        ((2026, 8, 20, 3, 0), True),
        ((2026, 8, 20, 4, 59), True),
        ((2026, 8, 20, 5, 0), False),
        ((2026, 8, 19, 4, 0), False),
        ((2026, 12, 3, 3, 30), True),
        ((2026, 12, 3, 5, 30), False),
    ],
)
def test_the_weekly_pause_is_in_eastern_time_summer_and_winter(when: tuple[int, ...], paused: bool) -> None:
    assert scheduled().in_weekly_pause(at(*when)) is paused


def test_without_a_schedule_nothing_is_a_pause() -> None:
    assert not ExchangeHours().in_weekly_pause(at(2026, 8, 20, 3, 30))


def test_a_part_of_the_exchange_may_be_paused_alone() -> None:
    hours = ExchangeHours()
    assert hours.why_closed(2) == ""
    row = {
        "exchange_index": 2,
        "description": "Crypto & Commodities",
        "exchange_active": True,
        "trading_active": False,
    }
    hours.take_status({"exchange_active": True, "trading_active": True, "exchange_index_statuses": [row]})
    assert hours.why_closed(2) == "Kalshi has paused Crypto & Commodities"
    assert hours.why_closed(0) == ""
    hours.take_status({"exchange_active": False, "trading_active": False})
    assert hours.why_closed(0) == "Kalshi is down"


@pytest.mark.parametrize("body", [{}, {"schedule": 5}, {"schedule": {"standard_hours": [5]}}, {
    "schedule": {"standard_hours": [{"monday": [{"open_time": "x", "close_time": "y"}]}]}}])  # fmt: skip
def test_a_schedule_that_cannot_be_read_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ExchangeHours().take_schedule(json.loads(json.dumps(body)))
