"""How a series' markets come and go: created, opened, given a strike, closed, determined, settled."""

import random
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from simulator.kalshi.clock import MarketClock
from simulator.kalshi.index import OfficialIndex, dollars
from simulator.kalshi.ladder import LINEAR, TAPERED, Ladder
from simulator.kalshi.market import ACTIVE, CLOSED, FINALIZED, INACTIVE, INITIALIZED, Market
from simulator.official import to_cents
from simulator.world import START_USD, VOLATILITY

CREATED = "created"
STRUCK = "struck"
OPENED = "opened"
CLOSED_NOW = "closed"
DETERMINED_NOW = "determined"
SETTLED = "settled"

STRIKE_AFTER_S = 0.7  # after the open, when the strike of a quarter hour appears
DETERMINED_AFTER_S = 3.0  # after the close
SETTLED_AFTER_S = 6.0
_KEPT = 200  # finished markets that stay in the REST answers


@dataclass(frozen=True)
class Series:
    """What the markets of a series have in common. Times in market seconds."""

    ticker: str
    title: str
    frequency: str
    window_s: int
    ahead: int  # windows that exist before they open
    settled_after_s: float
    ladder: Ladder
    fifteen: bool  # strike from the previous settlement; otherwise a few fixed strikes around the price


FIFTEEN = Series("KXBTC15M", "Bitcoin price up down", "fifteen_min", 900, 4, SETTLED_AFTER_S, TAPERED, True)
HOURLY = Series("KXBTCD", "Bitcoin price Above/below", "hourly", 3600, 1, 60.0, LINEAR, False)
ALL_SERIES = (FIFTEEN, HOURLY)


class Happening(NamedTuple):
    """Something befell a market."""

    kind: str
    market: Market


class Roll:
    """All markets of one series, oldest first, moved on by the clock alone. strikes: of each hour."""

    def __init__(
        self, series: Series, clock: MarketClock, index: OfficialIndex, rng: random.Random, strikes: int = 5
    ) -> None:
        self.series = series
        self._strikes = strikes
        self.markets: list[Market] = []
        self._clock = clock
        self._index = index
        self._rng = rng
        self._last_close = 0  # number of the newest window created

    def begin(self, now_ns: int) -> None:
        """Start in the middle of life: one market runs, the next ones are there."""
        running = self._running_window(now_ns)
        for number in range(running, running + self.series.ahead + 1):
            self._create(number, now_ns)
        for market in self.markets:
            if market.open_ns <= now_ns:
                self._open_late(market, now_ns)

    def running(self) -> list[Market]:
        """The markets that trade now."""
        return [market for market in self.markets if market.status == ACTIVE]

    def turn(self, now_ns: int) -> list[Happening]:
        """What is due by now, in order."""
        happened = []
        wanted = self._running_window(now_ns) + self.series.ahead
        for number in range(max(self._last_close + 1, wanted - self.series.ahead), wanted + 1):
            happened += [Happening(CREATED, market) for market in self._create(number, now_ns)]
        for market in self.markets:
            if market.status != FINALIZED:
                happened += self._age(market, now_ns)
        finished = sum(market.status == FINALIZED for market in self.markets)
        if finished > _KEPT:
            del self.markets[: finished - _KEPT]
        return happened

    def _running_window(self, now_ns: int) -> int:
        """The number of the window that ends next; windows are counted from the epoch."""
        return self._clock.second(now_ns) // self.series.window_s + 1

    def _age(self, market: Market, now_ns: int) -> list[Happening]:
        clock, happened = self._clock, []
        if market.status == INITIALIZED and now_ns >= market.open_ns:
            market.status, market.updated_ns = ACTIVE, market.open_ns
            happened.append(Happening(OPENED, market))
        if (
            market.status == ACTIVE
            and market.strike_cents is None
            and now_ns >= market.open_ns + clock.seconds_ns(STRIKE_AFTER_S)
        ):
            market.strike_cents = self._index.settlement(market.open_ns)
            market.updated_ns = now_ns
            happened.append(Happening(STRUCK, market))
        if market.status in (ACTIVE, INACTIVE) and now_ns >= market.close_ns:
            market.status, market.updated_ns = CLOSED, now_ns
            happened.append(Happening(CLOSED_NOW, market))
        after_ns = now_ns - market.close_ns
        if market.status == CLOSED and after_ns >= clock.seconds_ns(DETERMINED_AFTER_S):
            market.determine(self._index.settlement(market.close_ns), now_ns)
            happened.append(Happening(DETERMINED_NOW, market))
        if market.result and after_ns >= clock.seconds_ns(self.series.settled_after_s):
            market.status, market.finalized_ns, market.updated_ns = FINALIZED, now_ns, now_ns
            happened.append(Happening(SETTLED, market))
        return happened

    def _create(self, number: int, now_ns: int) -> list[Market]:
        close_ns = self._clock.stamp_ns(number * self.series.window_s)
        self._last_close = number
        date, suffix = self._clock.ticker_time(close_ns, hourly=not self.series.fifteen)
        event = f"{self.series.ticker}-{date}"
        made = [self._make(event, suffix, None, close_ns, now_ns)] if self.series.fifteen else []
        if not self.series.fifteen:
            middle = round(self._index.cents(self._index.last_second) / 25_000)
            for step in range(self._strikes):
                strike = (middle + step - self._strikes // 2) * 25_000 - 1
                made.append(self._make(event, f"T{dollars(strike)}", strike, close_ns, now_ns))
        self.markets += made
        return made

    def _make(self, event: str, suffix: str, strike: int | None, close_ns: int, now_ns: int) -> Market:
        return Market(
            series=self.series.ticker,
            event_ticker=event,
            ticker=f"{event}-{suffix}",
            market_id=str(UUID(int=self._rng.getrandbits(128), version=4)),
            ladder=self.series.ladder,
            at_least=self.series.fifteen,
            created_ns=now_ns,
            open_ns=self._clock.stamp_ns(self._clock.second(close_ns) - self.series.window_s),
            close_ns=close_ns,
            timer_s=1 if self.series.fifteen else 60,
            strike_cents=strike,
        )

    def _open_late(self, market: Market, now_ns: int) -> None:
        """Open a market whose window began before the simulator did."""
        market.status, market.updated_ns = ACTIVE, market.open_ns
        if market.strike_cents is None:
            elapsed_s = (now_ns - market.open_ns) / 1e9 * self._clock.speed
            moved = self._rng.gauss(0.0, START_USD * VOLATILITY * elapsed_s**0.5)
            market.strike_cents = self._index.cents(self._index.last_second) + to_cents(abs(moved)) * (
                1 if moved > 0 else -1
            )
