"""Which fee holds for a market: its series' own, a change announced for it, or an override of the event."""

from typing import Any, Final, NamedTuple

from actors.kalshi.numbers import rfc3339_ns
from actors.kalshi.wire import obj, optional_text, rows, text

CACHE_NS: Final = 15_000_000_000
"""How old a series may be when we read it: it passes a cache, changes of fees do not."""


class Fee(NamedTuple):
    """Kalshi's own words. source: `series`, `event`, or empty while nothing is known."""

    type: str
    multiplier: str
    source: str


class Change(NamedTuple):
    """From when on a fee holds; an empty type or multiplier leaves that part to the series."""

    at_ns: int
    type: str
    multiplier: str


class FeeSchedule:
    """Fees as they were read and announced. Pure: the time is an argument.

    Of all that is known of a series, or of an event, the newest that has begun holds. *Source*: OpenAPI of
    `/series/fee_changes` and `/events/fee_changes`, where each change has its `scheduled_ts`, and AsyncAPI of
    `event_fee_update`, where null takes an override off.
    """

    def __init__(self) -> None:
        self._series: dict[str, list[Change]] = {}
        self._events: dict[str, list[Change]] = {}

    def take_series(self, series: str, body: dict[str, Any], now_ns: int) -> None:
        """Take the reply of `/series/{ticker}`. *Raises* ValueError."""
        row = obj(body, "series")
        read = Change(now_ns - CACHE_NS, optional_text(row, "fee_type"), _multiplier(row, "fee_multiplier"))
        known = [change for change in self._series.get(series, []) if change.at_ns > read.at_ns]
        self._series[series] = [read, *known]

    def take_series_changes(self, series: str, body: dict[str, Any], now_ns: int) -> None:
        """Take the reply of `/series/fee_changes`, which lists what is to come. *Raises* ValueError."""
        said = [
            Change(_stamp_ns(row), optional_text(row, "fee_type"), _multiplier(row, "fee_multiplier"))
            for row in _objects(body, "series_fee_change_arr")
            if row.get("series_ticker") == series
        ]
        _announce(self._series, series, said, now_ns)

    def take_event_changes(self, event: str, body: dict[str, Any], now_ns: int) -> None:
        """Take the reply of `/events/fee_changes` about one event. *Raises* ValueError."""
        said = [
            _override(_stamp_ns(row), row)
            for row in _objects(body, "event_fee_changes")
            if row.get("event_ticker") == event
        ]
        _announce(self._events, event, said, now_ns)

    def take_update(self, body: dict[str, Any], now_ns: int) -> str:
        """Take the `msg` of an event_fee_update, which holds at once; say whose. *Raises* ValueError."""
        event = text(body, "event_ticker")
        to_come = [change for change in self._events.get(event, []) if change.at_ns > now_ns]
        self._events[event] = [_override(now_ns, body), *to_come]
        return event

    def fee(self, series: str, event: str, now_ns: int) -> Fee:
        """Say what holds now for a market of this series and event."""
        usual, own = _newest(self._series.get(series), now_ns), _newest(self._events.get(event), now_ns)
        source = "event" if own.type or own.multiplier else "series" if usual.type or usual.multiplier else ""
        return Fee(own.type or usual.type, own.multiplier or usual.multiplier, source)

    def next_ns(self, now_ns: int) -> int | None:
        """Say when the next change that was announced comes into force."""
        every = [*self._series.values(), *self._events.values()]
        return min((c.at_ns for changes in every for c in changes if c.at_ns > now_ns), default=None)

    def forget(self, event: str) -> None:
        self._events.pop(event, None)


def _announce(known: dict[str, list[Change]], name: str, said: list[Change], now_ns: int) -> None:
    """What lies ahead is replaced, so that a change called off is forgotten; what has begun stays."""
    begun = [change for change in known.get(name, []) if change.at_ns <= now_ns and change not in said]
    known[name] = sorted([*begun, *said])


def _newest(changes: list[Change] | None, now_ns: int) -> Change:
    begun = [change for change in changes or [] if change.at_ns <= now_ns]
    return max(begun, default=Change(0, "", ""), key=lambda change: change.at_ns)


def _override(at_ns: int, row: dict[str, Any]) -> Change:
    return Change(at_ns, optional_text(row, "fee_type_override"), _multiplier(row, "fee_multiplier_override"))


def _objects(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = rows(body, name)
    for row in found:
        if not isinstance(row, dict):
            message = f"{name} has {row!r}"
            raise ValueError(message)
    return found


def _stamp_ns(row: dict[str, Any]) -> int:
    """`scheduled_ts` is text of RFC 3339; an old client has it as seconds."""
    value = row.get("scheduled_ts")
    return value * 1_000_000_000 if value.__class__ is int else rfc3339_ns(value)


def _multiplier(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)
