"""Kalshi's market side, moved by its recorded messages instead of by a path and the clock."""

from uuid import NAMESPACE_URL, uuid5

from messages import (
    ActorStarted,
    FeedClosed,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketDefined,
    MarketTicker,
    MarketTraded,
    Message,
    OfficialIndexPublished,
)
from messages.base import Level
from simulator.kalshi import frames
from simulator.kalshi.audience import Audience
from simulator.kalshi.contract_book import NO, YES, Delta, Print
from simulator.kalshi.exchange import Exchange
from simulator.kalshi.index import INDEX_ID
from simulator.kalshi.ladder import LADDERS, Ladder
from simulator.kalshi.market import ACTIVE, DETERMINED, FINALIZED, INACTIVE, Market, Traded
from simulator.kalshi.roll import ALL_SERIES
from simulator.recorded.index import fast_value, slow_value
from simulator.recorded.playhead import Playhead
from simulator.recorded.prices import ASKED_TO, NO_BOOK_YET
from simulator.recorded.world import RecordedWorld
from simulator.settings import KalshiSettings

KINDS = frozenset(
    kind.kind
    for kind in (
        ActorStarted,
        FeedClosed,
        MarketDefined,
        MarketBookSnapshot,
        MarketBookChanged,
        MarketBookWithdrawn,
        MarketTraded,
        MarketTicker,
        OfficialIndexPublished,
    )
)
_SERIES = {series.ticker: series for series in ALL_SERIES}
_STRIKES = ("", "greater_or_equal", "greater")
_KEPT = 200  # finished markets that stay in the REST answers
_E4 = 100  # millionths of a dollar
_CENT_E6 = 10_000


class RecordedContracts(Exchange):
    """The recorded markets under their own tickers, their times shifted to the present.

    A market whose book the recording does not know is quiet: nothing is said of it and its book reads as
    empty, until the recording's next whole book, which is sent as a snapshot that nobody asked for.
    """

    def __init__(
        self, settings: KalshiSettings, world: RecordedWorld, audience: Audience, playhead: Playhead
    ) -> None:
        super().__init__(settings, world, audience)
        self.unshown = 0
        """Messages and levels that the protocol, as it is simulated, cannot show."""
        self._playhead = playhead
        self._recorded_world = world
        self._markets: dict[str, Market] = {}
        self._times: dict[str, tuple[int, int]] = {}  # opening and close of a market as recorded
        self._delays = 0
        self._away = ""
        self._quiet: set[str] = set()

    # what the venue asks

    def begin(self, now_ns: int) -> None:
        """Wait for the recording."""

    def markets(self) -> list[Market]:
        return list(self._markets.values())

    def find(self, ticker: str) -> Market | None:
        return self._markets.get(ticker)

    def follow(self, now_ns: int) -> None:
        """Quotes do not make way for anything: they move as they did."""

    def step(self, now_ns: int) -> None:
        """Send the tickers that are due; where the recording had to wait, let the markets last longer."""
        if self._delays != self._playhead.delays:
            self._delays = self._playhead.delays
            for market in self._markets.values():
                self._place(market)
        self._send_tickers(now_ns)

    # what is recorded

    def play(self, message: Message, now_ns: int, times: int = 1) -> None:
        """Let happen what was recorded. times: how often a quote is told (`flood`)."""
        match message:
            case MarketBookChanged():
                self._change(message, now_ns, times)
            case OfficialIndexPublished():
                self._publish(message, now_ns)
            case MarketDefined():
                self._define(message, now_ns)
            case MarketBookSnapshot():
                self._replace(message, now_ns)
            case MarketTraded():
                self._trade(message, now_ns)
            case MarketTicker():
                self._sum_up(message)
            case MarketBookWithdrawn():
                self._hush(message.ticker)
            case ActorStarted():
                self.hush("its feed was started anew")
            case FeedClosed() if message.fault != ASKED_TO:
                self.hush(message.reason)

    def hush(self, why: str) -> None:
        """Say nothing of any market until its next whole book."""
        self._away = why
        for ticker in self._markets:
            self._hush(ticker)

    @property
    def quiet(self) -> str:
        """Why no market's book is served at all; empty while one is."""
        return self._away if self._markets else NO_BOOK_YET

    # books

    def _change(self, changed: MarketBookChanged, now_ns: int, times: int) -> None:
        market = self._markets.get(changed.ticker)
        if market is None or market.ticker in self._quiet:
            return
        rung = market.ladder.rung(changed.price_e6 // _E4)
        if rung is None or changed.price_e6 % _E4:
            self.unshown += 1
            return
        self._changed(market, market.book.put(YES if changed.is_bid else NO, rung, changed.count_e2), now_ns)
        for _ in range(times - 1):
            self._audience.quoted(market, now_ns)

    def _replace(self, snapshot: MarketBookSnapshot, now_ns: int) -> None:
        market = self._markets.get(snapshot.ticker)
        if market is None:
            return
        self._away = ""
        deltas = self._held(market, YES, snapshot.bids) + self._held(market, NO, snapshot.asks)
        if market.ticker in self._quiet:
            self._quiet.discard(market.ticker)
            self._audience.snapshot(market)
            self._unquoted[market.ticker] = market
        else:
            self._changed(market, deltas, now_ns)

    def _held(self, market: Market, side: str, levels: list[Level]) -> list[Delta]:
        """Let a side hold these levels and no others."""
        told = {}
        for price_e6, count_e2 in levels:
            rung = market.ladder.rung(price_e6 // _E4)
            if rung is None or price_e6 % _E4:
                self.unshown += 1
            else:
                told[rung] = count_e2
        sizes = market.book.yes if side == YES else market.book.no
        gone = [rung for rung, size in enumerate(sizes) if size and rung not in told]
        deltas = [delta for rung in gone for delta in market.book.put(side, rung, 0)]
        return deltas + [
            delta for rung, count in told.items() for delta in market.book.put(side, rung, count)
        ]

    def _hush(self, ticker: str) -> None:
        market = self._markets.get(ticker)
        if market is not None:
            self._quiet.add(ticker)
            self._unquoted.pop(ticker, None)
            market.book.clear()

    # trades, sums, index

    def _trade(self, trade: MarketTraded, now_ns: int) -> None:
        market = self._markets.get(trade.ticker)
        rung = market.ladder.rung(trade.price_e6 // _E4) if market is not None else None
        if market is None or rung is None or trade.is_block:
            self.unshown += 1
            return
        printed = Print(YES if trade.taker_buys_yes else NO, rung, trade.count_e2)
        traded = Traded(trade.trade_id, printed, now_ns)
        market.traded(*traded)
        self._audience.traded(market, traded)

    def _sum_up(self, ticker: MarketTicker) -> None:
        market = self._markets.get(ticker.ticker)
        if market is None:
            return
        market.volume = max(market.volume, ticker.volume_e2)
        if ticker.open_interest_e2 >= 0:
            market.open_interest = ticker.open_interest_e2
        if market.ticker not in self._quiet:
            self._unquoted[market.ticker] = market

    def _publish(self, value: OfficialIndexPublished, now_ns: int) -> None:
        if value.index_id != INDEX_ID:
            self.unshown += 1
            return
        self._recorded_world.index_usd = value.value_e6 / 1e6
        if value.hz == 1:
            self._audience.index(slow_value(value, self._playhead, now_ns))
        else:
            self._audience.index(fast_value(value, self._playhead, now_ns), fast=True)

    # the life of markets

    def _define(self, defined: MarketDefined, now_ns: int) -> None:
        if defined.series not in _SERIES or defined.strike_type not in _STRIKES:
            self.unshown += 1
            return
        market = self._markets.get(defined.ticker)
        is_new = market is None
        if market is None:
            market = self._make(defined, now_ns)
            self._markets[market.ticker] = market
            self._quiet.add(market.ticker)
        market.updated_ns = now_ns
        self._times[market.ticker] = defined.open_ns, defined.close_ns
        self._place(market)
        strike = _strike_cents(defined)
        was_struck, was_status, was_result = market.strike_cents, market.status, market.result
        market.strike_cents = market.strike_cents if strike is None else strike
        market.status = defined.status or market.status
        if defined.expiration_e6 >= 0:
            market.settled_cents = defined.expiration_e6 // _CENT_E6
        market.result = defined.result or market.result
        if market.result and not was_result:
            market.determined_ns = now_ns
        if market.status == FINALIZED and was_status != FINALIZED:
            market.finalized_ns = now_ns
        if is_new:
            self._announce(market)
        elif market.strike_cents != was_struck:
            self._audience.lifecycle(frames.struck(market))
        self._tell_status(market, was_status, was_result)
        self._forget_old()

    def _make(self, defined: MarketDefined, now_ns: int) -> Market:
        series = _SERIES[defined.series]
        return Market(
            series=defined.series,
            event_ticker=defined.event_ticker or defined.ticker.rpartition("-")[0],
            ticker=defined.ticker,
            market_id=str(uuid5(NAMESPACE_URL, defined.ticker)),
            ladder=_ladder(defined, series.ladder),
            at_least=defined.strike_type == "greater_or_equal" if defined.strike_type else series.fifteen,
            created_ns=now_ns,
            open_ns=0,
            close_ns=0,
            timer_s=1 if series.fifteen else 60,
            status=defined.status,
        )

    def _place(self, market: Market) -> None:
        """Put the market's times where they now lie in the present."""
        opens_ns, closes_ns = self._times[market.ticker]
        market.open_ns, market.close_ns = (
            self._playhead.served_ns(opens_ns),
            self._playhead.served_ns(closes_ns),
        )

    def _announce(self, market: Market) -> None:
        title = _SERIES[market.series].title
        if market.event_ticker not in self._events:
            self._events.add(market.event_ticker)
            self._audience.lifecycle(frames.event_created(market, title), "event_lifecycle")
        self._audience.lifecycle(frames.created(market, self.clock, title))

    def _tell_status(self, market: Market, was_status: str, was_result: str) -> None:
        audience = self._audience
        if {market.status, was_status} == {ACTIVE, INACTIVE}:
            audience.lifecycle(frames.switched(market, off=market.status == INACTIVE))
        if market.result and not was_result:
            audience.lifecycle(frames.determined(market))
        if market.status == FINALIZED and was_status not in (FINALIZED, ""):
            audience.lifecycle(frames.settled(market))
        if market.status in (DETERMINED, FINALIZED):
            self._hush(market.ticker)

    def _forget_old(self) -> None:
        finished = [market for market in self._markets.values() if market.status == FINALIZED]
        for market in finished[: max(0, len(finished) - _KEPT)]:
            del self._markets[market.ticker], self._times[market.ticker]
            self._quiet.discard(market.ticker)


def _strike_cents(defined: MarketDefined) -> int | None:
    # `previous` is our own guess from the market before; the venue had not said it yet.
    if defined.strike_e6 < 0 or defined.strike_source == "previous":
        return None
    return defined.strike_e6 // _CENT_E6


def _ladder(defined: MarketDefined, usual: Ladder) -> Ladder:
    """The ladder of these ticks; the usual one of its series where they are not known."""
    ranges = [(start // _E4, end // _E4, step // _E4) for start, end, step in defined.ticks]
    if not ranges:
        return usual
    known = next((ladder for ladder in LADDERS if ladder.rungs == Ladder("", ranges).rungs), None)
    return known or Ladder("recorded", ranges)
