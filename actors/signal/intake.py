"""What the signal actor hears: every record goes where it is kept, and what is news is noted."""

from collections.abc import Callable
from typing import Any, Final

from actors.adapter import Freshness
from actors.fees import Rounding
from actors.market_seconds import MarketSeconds
from actors.signal.index import INDEX_ID, IndexFollower
from actors.signal.indicators.all import IndicatorSet
from actors.signal.market.shelf import Shelf
from actors.signal.measured import MeasuredError
from actors.signal.settings import Settings
from actors.signal.sources import MARKET_LOG
from messages import (
    ActorStarted,
    BookWithdrawn,
    FeedClosed,
    FeedGap,
    FeedHealth,
    IndexCompared,
    IndexValue,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    MarketTraded,
    Message,
    OfficialIndexPublished,
    PolymarketQuote,
    PolymarketWithdrawn,
    QuoteChanged,
    SettlementAverage,
    SettlementCompared,
)

OFFICIAL: Final = "official"


class Intake:
    """The state of everything heard. Reads no clock."""

    def __init__(self, settings: Settings, seconds: MarketSeconds) -> None:
        self._book_stale_ns = round(settings.book_stale_s * 1e9)
        self._silent_reason = f"Kalshi's feed has been silent for more than {settings.book_stale_s:g} s"
        self._settles_officially = settings.settle_on == OFFICIAL
        self.index = IndexFollower(settings, seconds)
        self.shelf = Shelf(settings.series, settings.speed)
        self.indicators = IndicatorSet(settings.indicators, seconds, Rounding(settings.fee_rounding))
        self.measured = MeasuredError(round(settings.decision.index_error_window_s * 1e9 / settings.speed))
        self.compared: list[SettlementCompared] = []
        """Settlements that nobody has judged yet."""
        self.newest: dict[str, tuple[str, int]] = {}
        """Newest record of what is not of one market alone: log and sequence number, by what it is."""
        self.changed = False
        self._turn_cause_ns = 0
        self._cause_ns = 0
        self._feed_ns = 0
        self._feed_reason = "Kalshi's feed has not reported yet"
        self._takes: dict[type[Message], Callable[[str, int, Any], None]] = {
            IndexValue: self._take_index,
            MarketQuoteChanged: self._take_quote,
            MarketBookChanged: self._take_change,
            MarketBookSnapshot: self._take_book,
            QuoteChanged: self._note,
            PolymarketQuote: self._note,
            PolymarketWithdrawn: self._pass_over,
            MarketTraded: self._take_trade,
            OfficialIndexPublished: self._take_official,
            FeedHealth: self._take_health,
            IndexCompared: self._take_compared,
            SettlementAverage: self._take_average,
            SettlementCompared: self._take_settled,
            MarketDefined: self._take_definition,
            MarketRoleChanged: self._take_role,
            MarketBookWithdrawn: self._take_withdrawal,
            BookWithdrawn: self._pass_over,
            FeedGap: self._take_gap,
            FeedClosed: self._take_end,
            ActorStarted: self._take_end,
        }

    def take(self, log: str, seq: int, message: Message) -> None:
        """Take one record."""
        self.indicators.take(log, message)
        self._takes[type(message)](log, seq, message)

    def settle(self) -> None:
        """End a turn: what was news is none any more."""
        self.changed = False
        self._cause_ns = self._turn_cause_ns or self._cause_ns
        self._turn_cause_ns = 0

    def cause_ns(self) -> int:
        """The receive stamp of the newest input of this turn, or of the last turn that had any."""
        return self._turn_cause_ns or self._cause_ns

    def freshness(self, now_ns: int) -> Freshness:
        """Fresh while index and market feed are; that no market runs, or has no strike, is no defect."""
        why_not = self.index.trouble(now_ns) or self._feed_reason
        if not why_not and abs(now_ns - self._feed_ns) > self._book_stale_ns:
            why_not = self._silent_reason
        if not why_not and not self.shelf.running:
            why_not = "Kalshi's feed has not named a running market yet"
        for ticker in self.shelf.running.values():
            market = self.shelf.markets.get(ticker)
            if not why_not and market is not None and not market.not_priced(now_ns):
                why_not = market.book_trouble(now_ns, self._book_stale_ns)
        return Freshness(not why_not, self._age_ms(now_ns), why_not)

    def _age_ms(self, now_ns: int) -> int:
        stamps = [m.quote.recv_ns for m in self.shelf.markets.values() if m.quote is not None]
        if self.index.value is not None:
            stamps.append(self.index.value.cause_ns)
        newest_ns = max(stamps, default=0)  # a value that was withheld before any quote came has no cause: 0
        return (now_ns - newest_ns) // 1_000_000 if newest_ns > 0 else -1

    def _news(self, stamp_ns: int) -> None:
        self.changed = True
        self._turn_cause_ns = max(self._turn_cause_ns, stamp_ns)

    # -- the index

    def _take_index(self, log: str, seq: int, value: IndexValue) -> None:
        if not value.chosen or value.index_id != INDEX_ID:
            return
        if self.index.take(value, seq):
            self._news(value.cause_ns)

    def _take_official(self, log: str, seq: int, published: OfficialIndexPublished) -> None:
        if published.index_id != INDEX_ID:
            return
        self.newest[OFFICIAL] = (log, seq)
        if self.index.take_official(published):
            self._news(published.recv_ns)

    def _take_compared(self, log: str, seq: int, compared: IndexCompared) -> None:
        value = self.index.value
        if compared.index_id == INDEX_ID and value is not None:
            self.measured.take(compared, value.method)
            self.newest["compared"] = (log, seq)

    def _take_average(self, log: str, seq: int, average: SettlementAverage) -> None:
        market = self.shelf.markets.get(average.ticker)
        if market is not None:
            market.averages[average.source] = average

    def _take_settled(self, log: str, seq: int, compared: SettlementCompared) -> None:
        self.compared.append(compared)

    # -- Kalshi

    def _take_quote(self, log: str, seq: int, quote: MarketQuoteChanged) -> None:
        market = self.shelf.market(quote.ticker)
        before = market.quote
        back = market.standing.quoted(quote.recv_ns)
        market.quote = quote
        market.quote_seq = seq
        if self.shelf.runs(quote.ticker) and (back or before is None or _touch(before) != _touch(quote)):
            self._news(quote.recv_ns)

    def _take_change(self, log: str, seq: int, changed: MarketBookChanged) -> None:
        self.shelf.market(changed.ticker).book_seq = seq
        if self.shelf.runs(changed.ticker):
            self._news(changed.recv_ns)

    def _take_book(self, log: str, seq: int, snapshot: MarketBookSnapshot) -> None:
        self.shelf.market(snapshot.ticker).book_seq = seq

    def _take_trade(self, log: str, seq: int, traded: MarketTraded) -> None:
        self.shelf.market(traded.ticker).trades.take(traded, seq)
        if self.shelf.runs(traded.ticker):
            self._news(traded.recv_ns)

    def _take_definition(self, log: str, seq: int, defined: MarketDefined) -> None:
        market = self.shelf.market(defined.ticker)
        before = market.defined
        market.define(defined, seq)
        if self.shelf.runs(defined.ticker) and (before is None or _pricing(before) != _pricing(defined)):
            self._news(defined.at_ns)

    def _take_role(self, log: str, seq: int, role: MarketRoleChanged) -> None:
        news, over = self.shelf.take_role(role)
        for ticker in over:
            self.indicators.forget(ticker)
        if news:
            self._news(role.at_ns)

    def _take_withdrawal(self, log: str, seq: int, withdrawn: MarketBookWithdrawn) -> None:
        stood = self.shelf.market(withdrawn.ticker).standing.withdraw()
        if stood and self.shelf.runs(withdrawn.ticker):
            self._news(withdrawn.at_ns)

    # -- other markets: only the indicators take them

    def _note(self, log: str, seq: int, quote: QuoteChanged | PolymarketQuote) -> None:
        self.newest[log] = (log, seq)

    def _pass_over(self, log: str, seq: int, withdrawn: BookWithdrawn | PolymarketWithdrawn) -> None:
        pass

    # -- every feed

    def _take_health(self, log: str, seq: int, health: FeedHealth) -> None:
        if log != MARKET_LOG:
            return
        self._feed_ns = health.at_ns
        self._feed_reason = "" if health.fresh else health.reason or "Kalshi's feed is not fresh"
        for market in self.shelf.markets.values():
            if market.standing.health(health):
                self._news(health.at_ns)

    def _take_gap(self, log: str, seq: int, gap: FeedGap) -> None:
        if log != MARKET_LOG:
            return
        for market in self.shelf.markets.values():
            if market.standing.gap(gap.to_ns):
                self._news(gap.to_ns)

    def _take_end(self, log: str, seq: int, end: FeedClosed | ActorStarted) -> None:
        if log != MARKET_LOG:
            return
        self._feed_reason = "Kalshi's feed is starting"
        for market in self.shelf.markets.values():
            if market.standing.withdraw():
                self._news(end.at_ns)


def _touch(quote: MarketQuoteChanged) -> tuple[int, int, int, int]:
    return quote.bid_e6, quote.bid_count_e2, quote.ask_e6, quote.ask_count_e2


def _pricing(defined: MarketDefined) -> tuple[object, ...]:
    return (
        defined.open_ns, defined.close_ns, defined.status, defined.strike_type, defined.strike_e6,
        defined.fee_type, defined.fee_multiplier,
    )  # fmt: skip
