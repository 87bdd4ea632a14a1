"""Every indicator of the running market together: what each is fed, and all their values at once."""

import math
from collections.abc import Callable
from typing import Any, Final

from actors.fees import Rounding
from actors.market_seconds import MarketSeconds
from actors.signal.indicators.cross import CrossMarket
from actors.signal.indicators.delay import NOTHING
from actors.signal.indicators.edge import edges
from actors.signal.indicators.followed import INDEX_ID, NO_MOMENTA, FollowedIndex
from actors.signal.indicators.gap import ProxyGap
from actors.signal.indicators.lead import VenueLead
from actors.signal.indicators.market import NO_VIEW, MarketIndicators
from actors.signal.indicators.polymarket import PolymarketGap
from actors.signal.indicators.settings import IndicatorSettings
from actors.signal.sources import MARKET_LOG, POLYMARKET_LOG
from messages import (
    ActorStarted,
    BookWithdrawn,
    FairValue,
    FeedClosed,
    FeedGap,
    FeedHealth,
    IndexCompared,
    IndexValue,
    Level,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketDefined,
    MarketQuoteChanged,
    MarketTraded,
    Message,
    OfficialIndexPublished,
    PolymarketQuote,
    PolymarketWithdrawn,
    QuoteChanged,
)

_MS_NS: Final = 1_000_000
_FORGET_AFTER_NS: Final = 60_000_000_000


class IndicatorSet:
    """Fed with every record that matters, it gives the indicators of the market that a fair value is of.

    Reads no clock: time comes with the records and with `values`. Several markets may be fed at once (the
    running one, the upcoming one, hourly strikes); each keeps its own state until `forget`.
    """

    def __init__(self, settings: IndicatorSettings, seconds: MarketSeconds, rounding: Rounding) -> None:
        self._settings = settings
        self._seconds = seconds
        self._rounding = rounding
        speed = seconds.speed
        self._index = FollowedIndex(speed)
        self._markets: dict[str, MarketIndicators] = {}
        self._lead = VenueLead(
            settings.lead_half_life_s, settings.lead_warm_up_s, round(settings.lead_stale_s * 1e9), speed
        )
        self._gap = ProxyGap(settings.gap_window, settings.gap_least, round(settings.gap_stale_s * 1e9))
        self._cross = CrossMarket(settings.cross_series)
        self._polymarket = PolymarketGap(round(settings.polymarket_stale_s * 1e9))
        self._takers: dict[type[Message], Callable[[Any], None]] = {
            IndexValue: self.take_index,
            OfficialIndexPublished: self.take_official,
            IndexCompared: self.take_compared,
            MarketDefined: self.take_definition,
            MarketBookSnapshot: self.take_book,
            MarketBookChanged: self.take_change,
            MarketQuoteChanged: self.take_quote,
            MarketTraded: self.take_trade,
            QuoteChanged: self.take_venue_quote,
            PolymarketQuote: self.take_polymarket,
        }

    def take(self, log: str, message: Message) -> None:
        """Take any record of any log that is listened to; what is of no use here is passed over."""
        taker = self._takers.get(message.__class__)
        if taker is not None:
            taker(message)
        elif isinstance(message, MarketBookWithdrawn):
            self.withdraw(message.ticker)
        elif isinstance(message, PolymarketWithdrawn):
            self.withdraw_polymarket()
        elif isinstance(message, BookWithdrawn):
            self.withdraw_venue(message.venue)
        elif isinstance(message, FeedHealth):
            self.take_health(log, message)
        elif isinstance(message, FeedGap):
            self._take_gap(log, message)
        elif isinstance(message, (FeedClosed, ActorStarted)):
            self._take_loss(log)

    # -- the index

    def take_index(self, value: IndexValue) -> None:
        """Take a value of the chosen method, whether or not it moved; others are passed over."""
        if not value.chosen or value.index_id != INDEX_ID:
            return
        if self._index.take(value):
            self._lead.forget()
        for market in self._markets.values():
            market.start_usd = self._index.began(market.open_ns) or market.start_usd

    def take_official(self, published: OfficialIndexPublished) -> None:
        """Take a value of the official index, of either stream."""
        if published.index_id == INDEX_ID:
            self._gap.take_official(published.recv_ns, published.source_ns, published.value_e6 / 1e6)

    def take_compared(self, compared: IndexCompared) -> None:
        """Take how far each method was off in one second."""
        for error in compared.errors:
            if error.method == self._index.method and compared.index_id == INDEX_ID:
                self._gap.take_error(error.method, compared.stamp_ns, error.error_bps)

    # -- Kalshi

    def take_definition(self, defined: MarketDefined) -> None:
        """Take a market's definition: of our series, or of the one whose strikes are set against ours."""
        if not self._cross.define(defined):
            self._market(defined.ticker, defined.at_ns).define(defined)

    def take_book(self, snapshot: MarketBookSnapshot) -> None:
        """Take a whole book."""
        if not self._cross.follows(snapshot.ticker):
            market = self._market(snapshot.ticker, snapshot.recv_ns)
            market.book(snapshot.recv_ns, snapshot.bids, snapshot.asks)

    def take_change(self, changed: MarketBookChanged) -> None:
        """Take one level's new count."""
        market = self._markets.get(changed.ticker)
        if market is not None:
            market.change(changed.recv_ns, changed.is_bid, changed.price_e6, changed.count_e2)

    def take_quote(self, quote: MarketQuoteChanged) -> None:
        """Take a market's best bid and ask; only of the hourly strikes: ours have their whole books."""
        if self._cross.follows(quote.ticker):
            self._cross.quote(quote.ticker, quote.recv_ns, quote.bid_e6, quote.ask_e6)

    def take_trade(self, traded: MarketTraded) -> None:
        """Take a trade."""
        if not traded.is_block and not self._cross.follows(traded.ticker):
            market = self._market(traded.ticker, traded.recv_ns)
            market.trade(traded.recv_ns, traded.price_e6, traded.count_e2, buys_yes=traded.taker_buys_yes)

    def withdraw(self, ticker: str) -> None:
        """Trust no book of this market until its next snapshot; begin its windows anew."""
        if ticker in self._markets:
            self._markets[ticker].withdraw(trades=False)
        self._cross.withdraw(ticker)

    def withdraw_all(self) -> None:
        """The same for every market, and for its trades: the feed closed, started anew, or has a gap."""
        for market in self._markets.values():
            market.withdraw(trades=True)
        self._cross.withdraw_all()

    def forget(self, ticker: str) -> None:
        """Drop a market that is over."""
        self._markets.pop(ticker, None)

    def _market(self, ticker: str, at_ns: int) -> MarketIndicators:
        market = self._markets.get(ticker)
        if market is None:
            # Settled markets speak once more after they were dropped: what is new sweeps out what is over.
            over_ns = at_ns - _FORGET_AFTER_NS
            self._markets = {name: one for name, one in self._markets.items() if not one.over(over_ns)}
            self._cross.forget(over_ns)
            market = MarketIndicators(self._settings, self._seconds.speed, self._rounding)
            self._markets[ticker] = market
        return market

    # -- others

    def take_venue_quote(self, quote: QuoteChanged) -> None:
        """Take the quote of a venue that may lead the index."""
        self._lead.take(quote.venue, quote.recv_ns, quote.bid_e8, quote.ask_e8)

    def withdraw_venue(self, venue: str) -> None:
        """Trust no quote of this venue until its next one."""
        self._lead.withdraw(venue)

    def take_polymarket(self, quote: PolymarketQuote) -> None:
        """Take the quote of Polymarket's Up token for the running quarter hour."""
        start_usd = max(0, quote.start_e8) / 1e8
        self._polymarket.take(quote.end_ns, quote.recv_ns, quote.bid_e6, quote.ask_e6, start_usd)

    def withdraw_polymarket(self) -> None:
        """Trust no quote of Polymarket until its next one."""
        self._polymarket.standing.withdraw()

    def take_health(self, log: str, health: FeedHealth) -> None:
        """Take a feed's report on itself. Kalshi's shows in the fair value, which gives no quote then."""
        if log == POLYMARKET_LOG:
            self._polymarket.health(health)
        elif log != MARKET_LOG:
            self._lead.health(log, health)

    def _take_gap(self, log: str, gap: FeedGap) -> None:
        if log == MARKET_LOG:
            for market in self._markets.values():
                if market.ladder.recv_ns < gap.to_ns:
                    market.withdraw(trades=True)
            self._cross.gap(gap.to_ns)
        elif log == POLYMARKET_LOG:
            self._polymarket.standing.gap(gap.to_ns)
        else:
            self._lead.gap(log, gap.to_ns)

    def _take_loss(self, log: str) -> None:
        if log == MARKET_LOG:
            self.withdraw_all()
        elif log == POLYMARKET_LOG:
            self.withdraw_polymarket()
        else:
            self.withdraw_venue(log)

    # -- out

    def values(self, now_ns: int, fair: FairValue) -> tuple[list[float], list[int]]:
        """Every indicator in the order of INDICATORS, and the age in ms of the oldest input of each.

        Positive speaks for YES, in the edges of NO as well: the values `edge-no` and `maker-edge-no` are
        what buying NO would bring, with the sign turned round. `delay-age` and `delay-absorbed` say how long
        and how much, not which way. NaN: none, and its age is -1. The ages are of the newest record of each
        input, not of the window's first. Call it once for every fair value said, in the order of their
        times: the delay remembers them, and the venues' usual distance is learnt from them. fair: index_usd
        0 means that the index must not be used, bid_e6 and ask_e6 both -1 that the book must not.
        """
        market = self._markets.get(fair.ticker)
        line = self._index.line
        has_index = fair.index_usd > 0.0 and line.level > 0.0
        has_book = market is not None and market.ladder.stands and (fair.bid_e6 >= 0 or fair.ask_e6 >= 0)
        probability = math.nan if fair.withheld else fair.probability
        index_ms = (now_ns - line.at_ns) // _MS_NS
        book_ms = traded_ms = 0
        view, order_flow, trade_flow, late = NO_VIEW, math.nan, math.nan, NOTHING
        value_area = vwap_distance = cross = polymarket = math.nan
        cross_ns = 0
        if market is not None:
            if has_book:
                view = market.view()
                order_flow, trade_flow = market.flows(now_ns)
                value_area, vwap_distance = market.profile(view.mid_usd)
                book_ms = (now_ns - market.ladder.recv_ns) // _MS_NS
                traded_ms = (now_ns - market.traded_ns) // _MS_NS
            late = market.lateness(now_ns, probability, view.mid_usd, line)
            if has_book and market.threshold_usd > 0.0:
                implied, cross_ns = self._cross.implied(market.close_ns, market.threshold_usd)
                cross = implied - view.mid_usd
            if has_index and has_book:
                left_s = self._seconds.market_s(market.close_ns - now_ns)
                polymarket = self._polymarket.value(
                    now_ns, market.close_ns, market.start_usd, left_s, fair, view.mid_usd
                )
        made = edges(probability, view.costs)
        momenta = NO_MOMENTA
        lead = gap = math.nan
        lead_ns = 0
        if has_index:
            momenta = self._index.momenta(now_ns, fair.sigma)
            lead, lead_ns = self._lead.value(now_ns, line.level)
            gap = self._gap.value(now_ns, self._index.method, self._index.usd)
        both_ms = max(index_ms, book_ms)
        values = [
            made.yes, made.no, made.maker_yes, made.maker_no,
            late.rest_usd, late.age_s, late.absorbed,
            *momenta,
            view.imbalance, view.micro_price_usd, order_flow, trade_flow,
            lead, gap, value_area, vwap_distance, cross, polymarket,
        ]  # fmt: skip
        ages_ms = [
            both_ms, both_ms, both_ms, both_ms,
            both_ms, both_ms, both_ms,
            index_ms, index_ms, index_ms,
            book_ms, book_ms, book_ms, traded_ms,
            max(index_ms, (now_ns - lead_ns) // _MS_NS),
            max(index_ms, (now_ns - self._gap.recv_ns) // _MS_NS),
            book_ms, book_ms,
            max(book_ms, (now_ns - cross_ns) // _MS_NS),
            max(both_ms, (now_ns - self._polymarket.recv_ns) // _MS_NS),
        ]  # fmt: skip
        for place, value in enumerate(values):
            if value != value:  # NaN: none
                ages_ms[place] = -1
        return values, ages_ms

    def levels(self, ticker: str, most: int) -> tuple[list[Level], list[Level]]:
        """The best bids and asks of a market as (price_e6, count_e2), best first; empty while not trusted."""
        market = self._markets.get(ticker)
        if market is None:
            return [], []
        return market.ladder.bids.best(most), market.ladder.asks.best(most)
