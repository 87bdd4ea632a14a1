"""What the screen knows: the newest status, and the newest words of index, signal, paper and Kalshi."""

import contextlib
from pathlib import Path
from typing import Any

import msgspec

from cli.log_reading import newest, read_on
from messages import (
    FairValue,
    FeedOpened,
    IndexCompared,
    IndexValue,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    Message,
    PaperAccount,
    SettlementAverage,
    Signal,
)
from messages.errors import UnknownKindError
from messages.log import LogReader, Record

RESTATED_NS = 15_000_000_000
"""Feeds restate their markets every 10 s: reading starts this far back, and then everything is known."""
WANTED: dict[str, frozenset[int]] = {
    "brti": frozenset({IndexValue.kind, IndexCompared.kind, SettlementAverage.kind}),
    "signal": frozenset({FairValue.kind, Signal.kind}),
    "paper": frozenset({PaperAccount.kind}),
    "kalshi": frozenset(
        {MarketDefined.kind, MarketRoleChanged.kind, MarketQuoteChanged.kind, FeedOpened.kind}
    ),
}


class Known:
    """The newest message of each sort that the screen shows."""

    def __init__(self) -> None:
        self.index: IndexValue | None = None
        self.venues: list[str] = []
        self.compared: IndexCompared | None = None
        self.average: SettlementAverage | None = None
        self.fair: FairValue | None = None
        self.running: dict[str, str] = {}
        self.markets: dict[str, MarketDefined] = {}
        self.quotes: dict[str, MarketQuoteChanged] = {}
        self.signal: Signal | None = None
        self.account: PaperAccount | None = None
        self.link: FeedOpened | None = None

    def take(self, message: Message) -> None:
        """Take one message in. Of the index's methods only the chosen one is shown."""
        match message:
            case IndexValue(chosen=True):
                self.index = message
                if message.stamp_ns or message.shares:  # a value between grid times names no venue
                    self.venues = [share.venue for share in message.shares]
            case IndexCompared():
                self.compared = message
            case SettlementAverage():
                self.average = message
            case FairValue():
                self.fair = message
            case MarketDefined():
                self.markets[message.ticker] = message
            case MarketRoleChanged():
                self.running[message.series] = message.running
                self._forget_past_markets()
            case MarketQuoteChanged():
                self.quotes[message.ticker] = message
            case Signal():
                self.signal = message
            case PaperAccount():
                self.account = message
            case FeedOpened():
                self.link = message

    def market(self) -> MarketDefined | None:
        """The running market: the one that signal values, else the first that Kalshi says runs."""
        tickers = [self.fair.ticker] if self.fair else []
        return next((self.markets[t] for t in [*self.running.values(), *tickers] if t in self.markets), None)

    def _forget_past_markets(self) -> None:
        newest_closes = sorted(self.markets.values(), key=lambda market: market.close_ns)[-20:]
        self.markets = {market.ticker: market for market in newest_closes}
        self.quotes = {ticker: quote for ticker, quote in self.quotes.items() if ticker in self.markets}


class LogFollower:
    """Follows the logs that the screen shows."""

    def __init__(self, data_dir: Path, now_ns: int) -> None:
        self.known = Known()
        self._readers = {name: LogReader(data_dir / "log" / name) for name in WANTED}
        self._take(newest(self._readers["kalshi"], 1, frozenset({FeedOpened.kind})))
        self._take(newest(self._readers["paper"], 1, WANTED["paper"]))
        for reader in self._readers.values():
            reader.seek_time(now_ns - RESTATED_NS)

    def read(self) -> None:
        """Take in what was added. Of the others than Kalshi only the last words are decoded."""
        for name, reader in self._readers.items():
            while True:
                records = read_on(reader, WANTED[name])
                if name == "kalshi":
                    self._take(records)
                else:
                    self._take_newest(records)
                if reader.drained or not records:
                    break

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()

    def _take(self, records: list[Record]) -> None:
        for record in records:
            with contextlib.suppress(UnknownKindError, msgspec.DecodeError):
                self.known.take(record.message())

    def _take_newest(self, records: list[Record]) -> None:
        found: set[int] = set()
        for record in reversed(records):
            if record.kind in found:
                continue
            with contextlib.suppress(UnknownKindError, msgspec.DecodeError):
                message = record.message()
                if not isinstance(message, IndexValue):
                    self.known.take(message)
                    found.add(record.kind)
        self._take([record for record in records if record.kind == IndexValue.kind])


class Rates:
    """Counts that only grow -> how many a second, over the last few seconds."""

    SPAN_S = 3.0

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], list[tuple[float, int]]] = {}

    def take(self, status: dict[str, Any], now_s: float) -> None:
        """Note the counts of a status object. now_s: a monotonic clock."""
        for actor in status["actors"]:
            for field in ("in", "out"):
                points = self._seen.setdefault((actor["name"], field), [])
                if points and actor[field] < points[-1][1]:
                    points.clear()  # a new process counts from zero
                if not points or now_s - points[-1][0] >= 0.25:
                    points.append((now_s, actor[field]))
                while len(points) > 2 and points[1][0] <= now_s - self.SPAN_S:
                    points.pop(0)

    def of(self, name: str, field: str) -> float | None:
        """Messages a second; None while too little is known."""
        points = self._seen.get((name, field), [])
        if len(points) < 2 or points[-1][0] - points[0][0] < 0.5:
            return None
        return (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])
