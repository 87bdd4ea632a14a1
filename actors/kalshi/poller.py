"""Kalshi by REST polling: what a user without a key gets. The same messages, a little later."""

from typing import Any

import msgspec

from actors.adapter import AdapterCounts, Freshness, Get, LatencySummary, Output
from actors.drift import DriftCounter
from actors.errors import FrameError
from actors.kalshi.book import MarketBook
from actors.kalshi.desk import MarketDesk
from actors.kalshi.probe import read_rest_book
from actors.kalshi.settings import KalshiSettings
from messages import (
    Level,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketQuoteChanged,
)

SECOND_NS = 1_000_000_000
MILLISECOND_NS = 1_000_000
IDLE_BOOK_S = 5.0
"""Between two reads of a book that nobody trades yet, or any more."""


class Polled(msgspec.Struct):
    """One market's book as last read. good_ns: when that was, 0 before the first time."""

    book: MarketBook
    book_due_ns: int = 0
    trades_due_ns: int = 0
    good_ns: int = 0
    seq: int = 0
    ref: int = 0


class KalshiPoller:
    """The adapter for a connection without a key. See actors.adapter.Adapter.

    A book's changes are the differences between two reads of `/orderbook`, which no cache delays; what
    came and went between two reads is not seen. `sid` is 0 in them and `seq` counts our reads of that
    book that brought a change.
    """

    venue = "kalshi"

    def __init__(self, settings: KalshiSettings) -> None:
        self._settings = settings
        self.rest_url = settings.rest_url
        self._drift = DriftCounter(self.venue)
        self.desk = MarketDesk(settings, self._drift)
        self.desk.read_with("book", self._take_book)
        self._polled: dict[str, Polled] = {}
        self._restate_ns = 0

    def handshake(self, now_ns: int) -> None:
        return None

    def opened(self, conn: int, now_ns: int) -> list[Output]:
        self._restate_ns = now_ns + int(self._settings.checkpoint_s * SECOND_NS)
        return self.desk.tick(now_ns)

    def frame(self, data: bytes, recv_ns: int, ref: int) -> list[Output]:
        raise FrameError(self.venue, data, "there is no stream without a key")

    def reply(
        self, get: Get, status: int, body: bytes, retry_after_s: float, recv_ns: int, ref: int
    ) -> list[Output]:
        out = self.desk.reply(get, status, body, retry_after_s, recv_ns, ref)
        self.desk.insist()
        return out + self.tick(recv_ns)

    def tick(self, now_ns: int) -> list[Output]:
        out: list[Output] = []
        wanted = self.desk.roster.wanted(now_ns)
        running = self.desk.roster.running(now_ns)
        for ticker in [ticker for ticker in self._polled if ticker not in wanted]:
            out += self._withdraw(
                self._polled.pop(ticker), "the market is settled or no longer watched", now_ns
            )
            self.desk.tape.stop(ticker)
        for ticker in wanted:
            self._ask(ticker, running, now_ns)
        out += self._withdraw_old(now_ns)
        out += self.desk.tick(now_ns)
        if now_ns >= self._restate_ns:
            self._restate_ns = now_ns + int(self._settings.checkpoint_s * SECOND_NS)
            out += self.desk.roster.restate(now_ns)
            for polled in self._polled.values():
                if polled.good_ns:
                    out += self._stated(polled, now_ns, True)
        return out

    def round_trip(self, rtt_ns: int, now_ns: int) -> None:
        """Nothing to take: there is no stream to ping."""

    def pinged(self, now_ns: int) -> None:
        """Nothing to take: there is no stream to be pinged on."""

    def freshness(self, now_ns: int) -> Freshness:
        running = sorted(self.desk.roster.running(now_ns))
        good = [self._polled[t].good_ns for t in running if t in self._polled and self._polled[t].good_ns]
        age_ms = (now_ns - min(good)) // MILLISECOND_NS if good else -1
        why_not = self.desk.why_no_market(now_ns)
        if not why_not and len(good) < len(running):
            why_not = "a running market's book has not been read yet"
        if not why_not:
            why_not = self.desk.why_closed(now_ns)
        if not why_not and age_ms > self._oldest_ms(len(running)):
            why_not = f"the book was read {age_ms / 1000:.1f} s ago"
        if why_not and self.desk.requests.trouble and self.desk.requests.trouble not in why_not:
            why_not += f" ({self.desk.requests.trouble})"
        return Freshness(not why_not, age_ms, f"polling without a key: {why_not}" if why_not else "")

    def latency(self, now_ns: int) -> LatencySummary:
        return LatencySummary()

    def counts(self) -> AdapterCounts:
        return AdapterCounts(gaps=self.desk.tape.gaps, drifts=self._drift.total)

    def _book_s(self, running: int) -> float:
        """Between two reads of a running market's book: of many, the pace of all requests decides."""
        return max(self._settings.poll_book_s, 2 * running / self._settings.requests_per_s)

    def _oldest_ms(self, running: int) -> float:
        return max(4 * self._book_s(running), 3.0) * 1000

    def _ask(self, ticker: str, running: frozenset[str], now_ns: int) -> None:
        is_running = ticker in running
        book_s = self._book_s(len(running))
        trades_s = max(self._settings.poll_trades_s, book_s)
        polled = self._polled.get(ticker)
        if polled is None:
            polled = self._polled[ticker] = Polled(MarketBook(ticker))
            self.desk.tape.start(ticker, now_ns)
        if now_ns >= polled.book_due_ns:
            wait_s = book_s if is_running else IDLE_BOOK_S
            polled.book_due_ns = now_ns + int(wait_s * SECOND_NS)
            self.desk.requests.ask(f"/markets/{ticker}/orderbook?depth=0", f"book:{ticker}", is_running)
        if now_ns >= polled.trades_due_ns:
            wait_s = trades_s if is_running else IDLE_BOOK_S
            polled.trades_due_ns = now_ns + int(wait_s * SECOND_NS)
            self.desk.tape.ask(ticker)
        if is_running:
            # Not to wait for the idle beat when the market opens.
            polled.book_due_ns = min(polled.book_due_ns, now_ns + int(book_s * SECOND_NS))
            polled.trades_due_ns = min(polled.trades_due_ns, now_ns + int(trades_s * SECOND_NS))

    def _take_book(self, ticker: str, body: dict[str, Any], recv_ns: int, ref: int) -> list[Output]:
        polled = self._polled.get(ticker)
        bids, asks = read_rest_book(body)
        if bids and asks and bids[0][0] >= asks[0][0]:
            message = "the book is crossed"
            raise ValueError(message)
        if polled is None:
            return []
        polled.ref = ref
        if not polled.good_ns:
            polled.good_ns = recv_ns
            polled.seq += 1
            polled.book.replace(bids, asks)
            return self._stated(polled, recv_ns, False)
        polled.good_ns = recv_ns
        return self._differences(polled, bids, asks, recv_ns, ref)

    def _differences(
        self, polled: Polled, bids: list[Level], asks: list[Level], recv_ns: int, ref: int
    ) -> list[Output]:
        book = polled.book
        changes = book.differences(bids, asks)
        polled.seq += bool(changes)
        out: list[Output] = []
        for is_bid, price_e6, change_e2 in changes:
            count_e2 = book.change(is_bid, price_e6, change_e2)
            out.append(
                MarketBookChanged(
                    book.ticker, ref, recv_ns, 0, 0, polled.seq, is_bid, price_e6, count_e2, change_e2
                )
            )
        if book.refresh_quote():
            out.append(MarketQuoteChanged(book.ticker, ref, recv_ns, 0, *book.quote))
        return out

    def _withdraw_old(self, now_ns: int) -> list[Output]:
        out: list[Output] = []
        limit_ns = int(self._settings.silent_limit_s * SECOND_NS) + IDLE_BOOK_S * SECOND_NS
        for polled in self._polled.values():
            if polled.good_ns and now_ns - polled.good_ns > limit_ns:
                out += self._withdraw(polled, "it could not be read again in time", now_ns)
                polled.good_ns = 0
        return out

    def _withdraw(self, polled: Polled, reason: str, now_ns: int) -> list[Output]:
        if not polled.good_ns:
            return []
        return [MarketBookWithdrawn(polled.book.ticker, polled.ref, now_ns, reason)]

    def _stated(self, polled: Polled, now_ns: int, checkpoint: bool) -> list[Output]:
        book = polled.book
        bids, asks = book.levels()
        return [
            MarketBookSnapshot(book.ticker, polled.ref, now_ns, 0, 0, polled.seq, bids, asks, checkpoint),
            MarketQuoteChanged(book.ticker, polled.ref, now_ns, 0, *book.quote),
        ]
