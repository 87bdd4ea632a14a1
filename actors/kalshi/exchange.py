"""Whether Kalshi trades now: by its status, and by its weekly schedule in US Eastern time."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from actors.kalshi.wire import obj, optional_text, rows

EASTERN = ZoneInfo("America/New_York")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SECOND_NS = 1_000_000_000
MINUTES_A_DAY = 24 * 60


class ExchangeHours:
    """Newest word on whether the exchange trades. Knows nothing at first and then objects to nothing."""

    def __init__(self) -> None:
        self._status: dict[str, Any] = {}
        self._days: dict[str, list[tuple[int, int]]] = {}

    def take_status(self, body: dict[str, Any]) -> None:
        """Take `/exchange/status`. *Raises* ValueError."""
        for row in rows(body, "exchange_index_statuses"):
            if not isinstance(row, dict):
                message = f"exchange_index_statuses has {row!r}"
                raise ValueError(message)
        self._status = body

    def take_schedule(self, body: dict[str, Any]) -> None:
        """Take `/exchange/schedule`. *Raises* ValueError."""
        days: dict[str, list[tuple[int, int]]] = {}
        for week in rows(obj(body, "schedule"), "standard_hours"):
            if not isinstance(week, dict):
                message = f"standard_hours has {week!r}"
                raise ValueError(message)
            for day in DAYS:
                for session in rows(week, day):
                    if not isinstance(session, dict):
                        message = f"{day} has {session!r}"
                        raise ValueError(message)
                    start = _minutes(optional_text(session, "open_time"))
                    # Midnight as an end is the end of the day.
                    days.setdefault(day, []).append(
                        (start, _minutes(optional_text(session, "close_time")) or MINUTES_A_DAY)
                    )
        self._days = days

    def why_closed(self, exchange_index: int) -> str:
        """Say why there is no trading now; "" if nothing speaks against it."""
        status = self._status
        resume = status.get("exchange_estimated_resume_time")
        until = f" until about {resume}" if isinstance(resume, str) and resume else ""
        if status.get("exchange_active") is False:
            return f"Kalshi is down{until}"
        if status.get("trading_active") is False:
            return f"Kalshi has paused trading{until}"
        for row in status.get("exchange_index_statuses") or []:
            if row.get("exchange_index") == exchange_index and (
                row.get("trading_active") is False or row.get("exchange_active") is False
            ):
                return f"Kalshi has paused {row.get('description') or 'this part of the exchange'}{until}"
        return ""

    def in_weekly_pause(self, now_ns: int) -> bool:
        """Tell whether the schedule has the exchange closed at this time; it says no more than the usual."""
        local = datetime.fromtimestamp(now_ns // SECOND_NS, UTC).astimezone(EASTERN)
        sessions = self._days.get(DAYS[local.weekday()])
        if not sessions:
            return False
        minute = local.hour * 60 + local.minute
        return not any(start <= minute < end for start, end in sessions)


def _minutes(clock: str) -> int:
    hours, colon, minutes = clock.partition(":")
    if not (
        colon and hours.isascii() and hours.isdigit() and minutes[:2].isascii() and minutes[:2].isdigit()
    ):
        message = f"{clock!r} is not a time of day"
        raise ValueError(message)
    return int(hours) * 60 + int(minutes[:2])
