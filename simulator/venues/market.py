"""One exchange's BTC-USD market: the book, the trades and the figures of the last 24 hours."""

import time
from collections import deque
from typing import NamedTuple

from simulator.book import Change, SimBook
from simulator.world import World

SIZE_DECIMALS = 8  # every exchange counts bitcoin in units of 1e-8; books and trades here do too
LOTS_PER_BTC = 10**SIZE_DECIMALS
_DAY_NS = 86_400 * 1_000_000_000
_TRADES_KEPT = 1_000


class Profile(NamedTuple):
    """What tells one exchange's market from another's.

    tick_usd is one unit of a price, with price_decimals digits behind the point. gap_ticks: usual
    distance between levels. changes: levels that a usual book event touches. trade_share: which part
    of the market's events are trades. move_frames, trade_frames: in how many frames a subscriber of
    book, trades and ticker hears of either. shown_levels: how many levels a side the public stream shows
    at most; 0: all of them.
    """

    tick_usd: float
    price_decimals: int
    level_btc: float
    levels: int
    gap_ticks: float
    changes: int
    trade_share: float
    move_frames: int
    trade_frames: int
    day_volume_btc: float
    first_trade_id: int
    shown_levels: int = 0


class Deal(NamedTuple):
    """A trade as every exchange knows it. taker: `buy` or `sell`. price in ticks, size in 1e-8 BTC.

    maker_no, taker_no: 128-bit numbers from which venues make their order ids.
    """

    trade_id: int
    taker: str
    price: int
    size: int
    at_ns: int
    maker_no: int
    taker_no: int


class Market:
    """Book, trades and day figures, moved by the world's price; nothing here knows a wire format."""

    def __init__(self, name: str, world: World, profile: Profile) -> None:
        now_ns = time.time_ns()
        self.name = name
        self.profile = profile
        self._rng = world.rng(name)
        mid_usd = world.price(name)
        lots = int(profile.level_btc * LOTS_PER_BTC)
        self.book = SimBook(profile.tick_usd, lots, profile.levels, profile.gap_ticks, mid_usd, self._rng)
        world.publisher.follow(name, self.book, profile.price_decimals, profile.shown_levels)
        self.changed_ns = now_ns
        self.deals: deque[Deal] = deque(maxlen=_TRADES_KEPT)  # oldest first
        mid = self.book.best_bid()
        self.day_open = int(mid * (1 + self._rng.gauss(0.0, 0.01)))
        self.day_high = int(max(mid, self.day_open) * (1 + abs(self._rng.gauss(0.0, 0.004))))
        self.day_low = int(min(mid, self.day_open) * (1 - abs(self._rng.gauss(0.0, 0.004))))
        self._volume = profile.day_volume_btc * LOTS_PER_BTC * self._rng.uniform(0.95, 1.05)
        self._turnover = self._volume * (mid + self.day_open) / 2
        self._day_ns = now_ns
        self._trade_id = profile.first_trade_id + self._rng.randrange(1_000_000)
        for age in range(60, 0, -1):  # a market that opens today has had a yesterday
            self._deal(now_ns - age * 700_000_000)

    def move(self, now_ns: int, world: World) -> list[Change]:
        """Let the book follow the world's price; say what changed."""
        self.changed_ns = now_ns
        n_changes = 1 + int(self._rng.expovariate(1.0 / self.profile.changes))
        return self.book.evolve(world.price(self.name), self._rng, n_changes)

    def trade(self, now_ns: int) -> tuple[Deal, Change]:
        """Let somebody take from the touch: the trade, and what it left of the level."""
        self.changed_ns = now_ns
        taken, change = self.book.trade(self._rng)
        deal = self._record(taken.taker, taken.price, taken.size, now_ns)
        return deal, change

    def print(self, taker: str, price: int, size: int, now_ns: int) -> Deal:
        """Count a trade that was decided elsewhere; the book is not touched."""
        self.changed_ns = now_ns
        return self._record(taker, price, size, now_ns)

    def is_trade_next(self) -> bool:
        return self._rng.random() < self.profile.trade_share

    def last(self) -> Deal:
        """The newest trade; there always is one."""
        return self.deals[-1]

    def recent(self, limit: int) -> list[Deal]:
        """The newest trades, newest first."""
        return [self.deals[-n] for n in range(1, min(limit, len(self.deals)) + 1)]

    def day_volume(self, now_ns: int) -> int:
        """Bitcoin traded in the last 24 hours, in 1e-8 BTC."""
        self._age(now_ns)
        return int(self._volume)

    def day_turnover(self, now_ns: int) -> int:
        """Dollars traded in the last 24 hours, in ticks times 1e-8 BTC."""
        self._age(now_ns)
        return int(self._turnover)

    def set_day_volume(self, volume: int, now_ns: int) -> None:
        """Take what was traded in the last 24 hours, in 1e-8 BTC, as told; the mean price stays."""
        price = self.vwap(now_ns)
        self._volume, self._turnover = float(volume), float(volume * price)

    def vwap(self, now_ns: int) -> int:
        """Volume-weighted average price of the last 24 hours, in ticks."""
        return self.day_turnover(now_ns) // max(1, self.day_volume(now_ns))

    def forget_deals(self, now_ns: int) -> None:
        """Let the tape begin with one trade at the touch: there always is a last one."""
        self.deals.clear()
        self._deal(now_ns)

    def _deal(self, at_ns: int) -> None:
        buys = self._rng.random() < 0.5
        price = self.book.best_ask() if buys else self.book.best_bid()
        size = 1 + int(self._rng.expovariate(4.0 / (self.profile.level_btc * LOTS_PER_BTC)))
        self._record("buy" if buys else "sell", price, size, at_ns)

    def _record(self, taker: str, price: int, size: int, at_ns: int) -> Deal:
        self._trade_id += 1
        number = self._rng.getrandbits
        deal = Deal(self._trade_id, taker, price, size, at_ns, number(128), number(128))
        self.deals.append(deal)
        self.day_high = max(self.day_high, price)
        self.day_low = min(self.day_low, price)
        self._age(at_ns)
        self._volume += size
        self._turnover += size * price
        return deal

    def _age(self, now_ns: int) -> None:
        # What was traded 24 h ago leaves the window at the window's mean rate.
        kept = 1.0 - max(0, now_ns - self._day_ns) / _DAY_NS
        self._volume *= kept
        self._turnover *= kept
        self._day_ns = max(self._day_ns, now_ns)
