"""The market side: index, rolling markets, and quotes that follow the fair value."""

import random
from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple
from uuid import UUID

from simulator.kalshi import frames
from simulator.kalshi.audience import Audience
from simulator.kalshi.clock import MarketClock, in_thursday_pause
from simulator.kalshi.contract_book import NO, YES, Delta
from simulator.kalshi.fair import expected_probability, mean_fade
from simulator.kalshi.gap import IndexGap
from simulator.kalshi.index import OfficialIndex
from simulator.kalshi.market import ACTIVE, INACTIVE, Market, Traded
from simulator.kalshi.roll import (
    CLOSED_NOW,
    CREATED,
    DETERMINED_NOW,
    FIFTEEN,
    HOURLY,
    OPENED,
    SETTLED,
    STRUCK,
    Happening,
    Roll,
)
from simulator.official import to_cents
from simulator.publisher import PER_SECOND
from simulator.settings import KalshiSettings
from simulator.world import TURN_S, TURN_STEPS, World

_HOURLY_PART = 0.05  # of the messages, for all strikes of the hourly series together
_TRADE_PART = 0.06  # of the changes are trades
_TICKER_NS = 100_000_000  # the least distance of two tickers of one market
_CATCH_UP = 30  # index values of a channel sent in one go; older ones are recorded only
_SECOND_SIDE_S = 0.3  # after the strike the book is one-sided for so long
_CLEARED_S = 0.3  # after the close resting orders are cancelled
_MOST_DEBT = 20  # messages that orders which made way may cost later turns


class Seen(NamedTuple):
    """What makers knew at one time. usual_usd: where the index stands as a rule when the path is where it is;
    off_usd: how far it was from there, lasts_s: for how long, in market seconds. log_vol: of World."""

    at_ns: int
    usual_usd: float
    off_usd: float
    lasts_s: float
    log_vol: float


class Exchange:
    """Moves all markets. Driven by `step` alone: it reads no clock."""

    def __init__(self, settings: KalshiSettings, world: World, audience: Audience) -> None:
        self.clock = MarketClock(world.speed)
        self.trading = True
        self.rolls: list[Roll] = []
        self._settings = settings
        self._audience = audience
        self._world = world
        self._rng = random.Random(f"{world.seed}/kalshi/markets")
        self.official: OfficialIndex
        self._seen: deque[Seen] = deque()  # oldest first: the first is what quotes rest on
        self._gap = IndexGap(TURN_S)
        self._delay_ns = self.clock.seconds_ns(settings.quote_delay_ms / 1e3)
        self._later: list[tuple[int, Callable[[int], None]]] = []
        self._unquoted: dict[str, Market] = {}  # changed since their last ticker
        self._quoted_ns: dict[str, int] = {}
        self._events: set[str] = set()
        self._debt = 0
        self._published = 0  # number of the last value taken over from the index's publisher
        self._bias = 0.0

    def begin(self, now_ns: int) -> None:
        """Open for business in the middle of a window."""
        value_usd = self._world.index(now_ns)
        self.official = OfficialIndex(self.clock, to_cents(value_usd), now_ns)
        self._see(now_ns)
        for series in (FIFTEEN, HOURLY) if self._settings.hourly_strikes else (FIFTEEN,):
            roll = Roll(series, self.clock, self.official, self._rng, self._settings.hourly_strikes)
            roll.begin(now_ns)
            self.rolls.append(roll)
            for market in roll.running():
                self._fill(market, (YES, NO), now_ns)
        self._events = {market.event_ticker for market in self.markets()}

    def markets(self) -> list[Market]:
        return [market for roll in self.rolls for market in roll.markets]

    def find(self, ticker: str) -> Market | None:
        return next((market for market in self.markets() if market.ticker == ticker), None)

    def follow(self, now_ns: int) -> None:
        """The path has moved: whatever stands in the way of what makers know now is withdrawn at once."""
        self._see(now_ns)
        for market in self._quoting(*self.rolls):
            position = self._position(market, now_ns)
            gone = market.book.make_way(position)
            if gone:
                self._changed(market, gone, now_ns)
                self._debt = min(self._debt + len(gone), _MOST_DEBT)

    def step(self, now_ns: int) -> None:
        """The world has moved by a step."""
        if self._world.is_turn():
            self.turn(now_ns)

    def turn(self, now_ns: int) -> None:
        """Move on by TURN_STEPS: index, lifecycle, orders, tickers."""
        self._publish_index(now_ns)
        for roll in self.rolls:
            for happening in roll.turn(now_ns):
                self._happened(happening, roll, now_ns)
        self._keep_hours(now_ns)
        due = [entry for entry in self._later if entry[0] <= now_ns]
        if due:
            self._later = [entry for entry in self._later if entry[0] > now_ns]
            for _, action in due:
                action(now_ns)
        self._trade_and_quote(now_ns)
        self._send_tickers(now_ns)

    # the index

    def _see(self, now_ns: int) -> None:
        world, gap = self._world, self._gap
        usual_usd, off_usd = world.spot() + gap.usual_usd, gap.usd - gap.usual_usd
        lasts_s = gap.lasts_s() * world.speed
        self._seen.append(Seen(now_ns, usual_usd, off_usd, lasts_s, world.log_volatility()))
        while len(self._seen) > 1 and self._seen[1].at_ns <= now_ns - self._delay_ns:
            self._seen.popleft()

    def _publish_index(self, now_ns: int) -> None:
        self._gap.look(self._world.index(now_ns) - self._world.spot())
        fresh = self._world.publisher.since(self._published)
        begun = []
        for value in fresh:
            self._published = value.number
            if value.number % PER_SECOND == 0:
                begun += self.official.advance(value.cents, value.stamp_ns)[-1:]
        for second in begun[-_CATCH_UP:]:
            self._audience.index(frames.index_value(self.official, self.clock, second, now_ns))
        for value in fresh[-_CATCH_UP:]:
            self._audience.index(frames.fast_index_value(value.cents, value.stamp_ns, now_ns), fast=True)

    # the life of markets

    def _happened(self, happening: Happening, roll: Roll, now_ns: int) -> None:
        kind, market = happening
        audience = self._audience
        if kind == CREATED:
            if market.event_ticker not in self._events:
                self._events.add(market.event_ticker)
                audience.lifecycle(frames.event_created(market, roll.series.title), "event_lifecycle")
                if roll.series is HOURLY:
                    fees = frames.fee_update(market.event_ticker, "quadratic", 1)
                    audience.lifecycle(fees, "event_fee_update")
            audience.lifecycle(frames.created(market, self.clock, roll.series.title))
        elif kind == OPENED and market.strike_cents is not None:
            self._fill(market, (YES, NO), now_ns)
        elif kind == STRUCK:
            audience.lifecycle(frames.struck(market))
            sides = (YES, NO) if self._rng.random() < 0.5 else (NO, YES)
            self._fill(market, sides[:1], now_ns)
            self._after(_SECOND_SIDE_S, now_ns, lambda at_ns: self._fill(market, sides[1:], at_ns))
        elif kind == CLOSED_NOW:
            audience.snapshot(market)
            self._after(_CLEARED_S, now_ns, lambda at_ns: self._clear(market, at_ns))
        elif kind == DETERMINED_NOW:
            audience.lifecycle(frames.determined(market))
        elif kind == SETTLED:
            audience.lifecycle(frames.settled(market))

    def _after(self, market_s: float, now_ns: int, action: Callable[[int], None]) -> None:
        self._later.append((now_ns + self.clock.seconds_ns(market_s), action))

    def _keep_hours(self, now_ns: int) -> None:
        """The Thursday pause: markets go inactive, orders and streams end; later the markets come back."""
        trading = not (self._settings.thursday_pause and in_thursday_pause(now_ns))
        if trading and self.trading:
            return
        begins, self.trading = self.trading, trading
        for market in self.markets():
            if market.status == (INACTIVE if trading else ACTIVE):
                market.status, market.updated_ns = ACTIVE if trading else INACTIVE, now_ns
                self._audience.lifecycle(frames.switched(market, off=not trading))
                if trading and market.strike_cents is not None:
                    self._fill(market, (YES, NO), now_ns)
                elif not trading:
                    self._clear(market, now_ns)
        if begins:
            self._audience.dismiss()

    # orders

    def _fill(self, market: Market, sides: tuple[str, ...], now_ns: int) -> None:
        if market.status != ACTIVE:
            return
        position = self._position(market, now_ns)
        for side in sides:
            self._changed(market, market.book.fill(position, self._rng, side), now_ns)

    def _clear(self, market: Market, now_ns: int) -> None:
        self._changed(market, market.book.clear(), now_ns)

    def _changed(self, market: Market, deltas: Iterable[Delta], now_ns: int) -> None:
        for delta in deltas:
            self._audience.book_changed(market, delta, now_ns)
        self._unquoted[market.ticker] = market

    def _trade_and_quote(self, now_ns: int) -> None:
        """Spend this turn's messages; a trade takes two, which the next turn gives back."""
        budget = self._world.due("kalshi", TURN_STEPS) - self._debt
        quarter, hourly = self._quoting(self.rolls[0]), self._quoting(*self.rolls[1:])
        self._bias = self._bias * 0.99 + self._rng.gauss(0.0, self._settings.quote_noise * 0.14)
        positions: dict[str, float] = {}
        while budget > 0:
            markets = hourly if hourly and self._rng.random() < _HOURLY_PART else quarter or hourly
            if not markets:
                budget = 0
                break
            market = markets[int(self._rng.random() * len(markets))]
            if market.ticker not in positions:
                positions[market.ticker] = self._position(market, now_ns)
            budget -= self._change_one(market, positions[market.ticker], now_ns)
        self._debt = -budget

    @staticmethod
    def _quoting(*rolls: Roll) -> list[Market]:
        running = [market for roll in rolls for market in roll.running()]
        return [m for m in running if m.book.best_bid() >= 0 or m.book.best_ask() >= 0]

    def _change_one(self, market: Market, position: float, now_ns: int) -> int:
        """One order or one trade; the number of messages it made."""
        if self._rng.random() < _TRADE_PART:
            made = market.book.trade(self._rng)
            if made is not None:
                printed, delta = made
                trade_id = str(UUID(int=self._rng.getrandbits(128), version=4))
                traded = Traded(trade_id, printed, now_ns)
                market.traded(*traded)
                self._changed(market, (delta,), now_ns)
                self._audience.traded(market, traded)
                return 2
        delta_made = market.book.move(position, self._rng)
        self._changed(market, (delta_made,) if delta_made else (), now_ns)
        return 1

    def _position(self, market: Market, now_ns: int) -> float:
        """Where quotes centre: the fair value by what makers knew, with noise, as a place on the ladder."""
        seen = self._seen[0]
        left_s = max((market.close_ns - now_ns) / 1e9 * self.clock.speed, 0.0)
        known, cents = self.official.known(market.close_ns)
        spot_usd = seen.usual_usd + seen.off_usd * mean_fade(left_s, known, seen.lasts_s)
        least_cents = (market.strike_cents or 0) + (not market.at_least)
        fair = expected_probability(spot_usd, least_cents, seen.log_vol, left_s, known, cents)
        return market.ladder.position(min(max(fair + self._bias * 4 * fair * (1 - fair), 0.0), 1.0))

    def _send_tickers(self, now_ns: int) -> None:
        for ticker, market in list(self._unquoted.items()):
            if now_ns - self._quoted_ns.get(ticker, 0) >= _TICKER_NS:
                self._quoted_ns[ticker] = now_ns
                del self._unquoted[ticker]
                self._audience.quoted(market, now_ns)
