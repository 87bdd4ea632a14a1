"""The stream's side of a comparison, read from the logs of the system that ran meanwhile."""

from pathlib import Path
from typing import TypeGuard

from messages import (
    Decision,
    FeedHealth,
    MarketBookWithdrawn,
    MarketQuoteChanged,
    MarketRoleChanged,
    MarketTraded,
    Message,
    Signal,
    kinds,
)
from messages.log import LogReader, Record
from replay.compare.evaluate import Opportunity
from replay.compare.views import Quote
from replay.records import newest_before, read_between, read_on

MARKET_LOG = "kalshi"
SIGNAL_LOG = "signal"
ROLES = kinds(MarketRoleChanged)
BEFORE_NS = 60_000_000_000
"""How far before the span quotes are looked for that still stood when it began."""


class RunningMarket:
    """Follows which market of a series runs, as the feed says it. Close it when done."""

    def __init__(self, data_dir: Path, series: str) -> None:
        self._series = series
        self._reader = LogReader(data_dir / "log" / MARKET_LOG)
        self._reader.seek_end()
        found = newest_before(data_dir, MARKET_LOG, ROLES, self._reader.next_seq, self._is_of_series)
        self._ticker = ""
        if found is not None:
            self._take(found)

    def close(self) -> None:
        """Close the log."""
        self._reader.close()

    def ticker(self) -> str:
        """Return the market said last to run; empty where there is none. Reads only what is new."""
        while True:
            records, _ = read_on(MARKET_LOG, self._reader, ROLES)
            for record in records:
                self._take(record)
            if self._reader.drained:
                return self._ticker

    def _take(self, record: Record) -> None:
        said = record.message()
        if self._is_of_series(said):
            self._ticker = said.running

    def _is_of_series(self, said: Message) -> TypeGuard[MarketRoleChanged]:
        return isinstance(said, MarketRoleChanged) and said.series == self._series


class Stream:
    """Everything of some markets between two moments. latency_ms: of quotes, the clocks' offset taken off."""

    def __init__(self, data_dir: Path, tickers: set[str], from_ns: int, to_ns: int) -> None:
        self.quotes: dict[str, list[Quote]] = {ticker: [] for ticker in tickers}
        self.trades: dict[str, int] = dict.fromkeys(tickers, 0)
        self.latency_ms: dict[str, list[float]] = {ticker: [] for ticker in tickers}
        self.opportunities: dict[str, list[Opportunity]] = {ticker: [] for ticker in tickers}
        self._offset_ms = 0.0
        wanted = kinds(MarketQuoteChanged, MarketTraded, MarketBookWithdrawn, FeedHealth)
        for record in read_between(data_dir, MARKET_LOG, from_ns - BEFORE_NS, to_ns, wanted):
            self._market(record.message(), from_ns)
        for record in read_between(data_dir, SIGNAL_LOG, from_ns, to_ns, kinds(Signal, Decision)):
            said = record.message()
            if isinstance(said, Signal | Decision) and said.ticker in tickers:
                kind = said.signal_kind if isinstance(said, Signal) else "decision"
                one = Opportunity(said.at_ns, kind, said.side, said.price_e6)
                self.opportunities[said.ticker].append(one)

    def _market(self, said: object, from_ns: int) -> None:
        if isinstance(said, FeedHealth):
            self._offset_ms = said.offset_ms
        elif isinstance(said, MarketQuoteChanged) and said.ticker in self.quotes:
            quotes = self.quotes[said.ticker]
            if not quotes or quotes[-1].prices != (said.bid_e6, said.ask_e6):
                quotes.append(Quote(said.recv_ns, said.bid_e6, said.ask_e6))
            if said.venue_ns and said.recv_ns >= from_ns:
                late_ms = (said.recv_ns - said.venue_ns) / 1e6 - self._offset_ms
                self.latency_ms[said.ticker].append(late_ms)
        elif isinstance(said, MarketBookWithdrawn) and said.ticker in self.quotes:
            self.quotes[said.ticker].append(Quote(said.at_ns, -1, -1))
        elif isinstance(said, MarketTraded) and said.ticker in self.trades and said.recv_ns >= from_ns:
            self.trades[said.ticker] += 1
