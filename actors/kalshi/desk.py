"""What both modes learn by REST: markets, fees, trades, opening hours; and what REST's failures mean."""

from collections.abc import Callable
from typing import Any

from actors.adapter import Get, Output
from actors.drift import DriftCounter
from actors.errors import FrameError, NetworkError, RefusedError
from actors.kalshi.exchange import ExchangeHours
from actors.kalshi.requests import Requests
from actors.kalshi.roster import Roster
from actors.kalshi.settings import KalshiSettings
from actors.kalshi.trades import TradeTape
from actors.kalshi.wire import load_object

SECOND_NS = 1_000_000_000
STATUS_S = 30.0
STATUS_IN_DOUBT_S = 3.0
SCHEDULE_S = 3600.0
MOST_FAILURES = 8
MOST_UNREADABLE = 5
ESSENTIAL = frozenset({"book", "markets"})
"""Kinds of replies without which there is nothing to show."""
OF_MARKETS = frozenset({"market", "markets", "series", "fees", "event"})
"""Kinds of replies that the roster reads."""
FASTEST_PER_S = 40.0

Reader = Callable[[str, dict[str, Any], int, int], list[Output]]
"""(what the tag says after its colon, body, recv_ns, ref) -> what to say. Raises ValueError."""


class MarketDesk:
    """Owns the requests, the roster, the trade tape and the opening hours; gives replies to their readers."""

    def __init__(self, settings: KalshiSettings, drift: DriftCounter) -> None:
        self._drift = drift
        self._speed = settings.speed
        # The market clock of the simulator runs faster, and with it what must be asked.
        rate = settings.requests_per_s * max(1.0, settings.speed)
        self.requests = Requests(min(rate, max(FASTEST_PER_S, settings.requests_per_s)))
        self.roster = Roster(settings, drift, self.requests)
        self.hours = ExchangeHours()
        self.tape = TradeTape(self.requests)
        self._readers: dict[str, Reader] = {"trades": self.tape.take_page}
        self._status_due_ns = 0
        self._schedule_due_ns = 0
        self._unreadable: dict[str, int] = {}

    def read_with(self, kind: str, reader: Reader) -> None:
        """Have replies to requests tagged `kind:…` read by this reader."""
        self._readers[kind] = reader

    def doubt(self, now_ns: int) -> None:
        """Ask soon whether the exchange trades at all."""
        self._status_due_ns = min(self._status_due_ns, now_ns + int(STATUS_IN_DOUBT_S * SECOND_NS))

    def tick(self, now_ns: int) -> list[Output]:
        """Let the roster work and send what the pace allows."""
        out = self.roster.tick(now_ns)
        if now_ns >= self._status_due_ns:
            wait_s = STATUS_IN_DOUBT_S if self.roster.series_without_market() else STATUS_S
            self._status_due_ns = now_ns + int(wait_s * SECOND_NS)
            self.requests.ask("/exchange/status", "status:")
        if now_ns >= self._schedule_due_ns:
            self._schedule_due_ns = now_ns + int(SCHEDULE_S * SECOND_NS)
            self.requests.ask("/exchange/schedule", "schedule:")
        return out + self.requests.due(now_ns)

    def reply(
        self, get: Get, status: int, body: bytes, retry_after_s: float, recv_ns: int, ref: int
    ) -> list[Output]:
        """Read one reply. *Raises* FrameError after several essential ones in a row that cannot be read."""
        if not self.requests.answered(get, status, body, retry_after_s, recv_ns):
            return []
        kind, _, rest = get.tag.partition(":")
        try:
            out = self._read(kind, rest, get.tag, status, body, recv_ns, ref)
        except ValueError as error:
            self._unreadable[kind] = self._unreadable.get(kind, 0) + 1
            if kind in ESSENTIAL and self._unreadable[kind] >= MOST_UNREADABLE:
                raise FrameError("kalshi", body, f"{get.path}: {error}") from None
            return [*self._drift.seen("value", f"unreadable reply about {kind}", recv_ns)]
        self._unreadable.pop(kind, None)
        return out

    def insist(self) -> None:
        """*Raises* NetworkError or RefusedError if REST has failed many times in a row."""
        if self.requests.failures < MOST_FAILURES:
            return
        raise (NetworkError if self.requests.trouble_fault == "network" else RefusedError)(
            self.requests.trouble
        )

    def why_closed(self, now_ns: int) -> str:
        """Say why Kalshi does not trade what we watch; "" if it does as far as is known."""
        indexes = {self.roster.markets[t].exchange_index for t in self.roster.running(now_ns)} or {0}
        reasons = [self.hours.why_closed(index) for index in sorted(indexes)]
        return next((reason for reason in reasons if reason), "")

    def why_no_market(self, now_ns: int) -> str:
        """Say which series has no running market, and what is known about the cause."""
        missing = self.roster.series_without_market()
        if not missing:
            return ""
        cause = self.why_closed(now_ns) or self.requests.trouble
        if not cause and self._speed == 1.0 and self.hours.in_weekly_pause(now_ns):
            cause = "Kalshi's weekly pause"
        return f"no market of {', '.join(missing)} runs now" + (f" ({cause})" if cause else "")

    def _read(
        self, kind: str, rest: str, tag: str, status: int, body: bytes, recv_ns: int, ref: int
    ) -> list[Output]:
        if kind in OF_MARKETS:
            return self.roster.take_reply(tag, status, body, recv_ns, ref)
        if status == 404:
            return []
        fields = load_object(body)
        if kind == "status":
            self.hours.take_status(fields)
            return []
        if kind == "schedule":
            self.hours.take_schedule(fields)
            return []
        return self._readers[kind](rest, fields, recv_ns, ref)
