"""One simulated quarter hour: its tokens, its one book seen from both sides, its start and its end.

Prices are of Up, in thousandths of a dollar; sizes in hundredths of a token. What stands at p for Up stands
at 1 - p for Down on the other side.
"""

import hashlib
import math
import random
from typing import NamedTuple

DOLLAR = 1000
COARSE, FINE = 10, 1  # ticks, in thousandths
_EXTREME = 40  # nearer than this to either end the tick becomes fine
_LEVELS = 12
_AT_ONCE = 8  # changes in one frame at most


class Change(NamedTuple):
    """One level's new size, 0 removes it."""

    is_bid: bool
    price: int
    size: int


class Quarter:
    """second: the market second it starts at. start_usd: None before it has begun. up_won: None before it
    is decided."""

    def __init__(self, second: int, start_ns: int, end_ns: int) -> None:
        self.second = second
        self.start_ns = start_ns
        self.end_ns = end_ns
        self.slug = f"btc-updown-15m-{second}"
        self.condition_id = "0x" + hashlib.sha256(self.slug.encode()).hexdigest()
        self.up, self.down = (
            str(int.from_bytes(hashlib.sha256(f"{self.slug}/{side}".encode()).digest()))
            for side in ("up", "down")
        )
        self.tick = COARSE
        self.start_usd: float | None = None
        self.up_won: bool | None = None
        self.announced = False
        self.last = DOLLAR // 2
        self.bids: dict[int, int] = {}
        self.asks: dict[int, int] = {}

    def fair(self, price_usd: float, volatility: float, left_s: float) -> float:
        """Worth of Up: the chance that the price at the end is at least that of the start."""
        if self.start_usd is None:
            return 0.5
        sd_usd = price_usd * volatility * math.sqrt(max(left_s, 0.05))
        return 0.5 * math.erfc(-(price_usd - self.start_usd) / (sd_usd * math.sqrt(2.0)))

    def best(self) -> tuple[int, int]:
        """Best bid and ask of Up; 0 and 1000 for an empty side."""
        return max(self.bids, default=0), min(self.asks, default=DOLLAR)

    def fill(self, fair: float, rng: random.Random) -> None:
        """Lay the book out around a price."""
        bid, ask = self._touch(fair)
        for depth in range(_LEVELS):
            for is_bid, price in ((True, bid - depth * self.tick), (False, ask + depth * self.tick)):
                if 0 < price < DOLLAR:
                    self._set(Change(is_bid, price, _size(rng)))

    def follow(self, fair: float, rng: random.Random) -> list[Change]:
        """Changes of one moment that bring the book to a price; where it stands there, one of a size."""
        bid, ask = self._touch(fair)
        changes: list[Change] = []
        while len(changes) < _AT_ONCE:
            best_bid, best_ask = self.best()
            if self.bids and best_bid > bid:
                changes.append(self._set(Change(True, best_bid, 0)))
            elif self.asks and best_ask < ask:
                changes.append(self._set(Change(False, best_ask, 0)))
            elif 0 < bid != best_bid:
                changes.append(self._set(Change(True, bid, _size(rng))))
            elif DOLLAR > ask != best_ask:
                changes.append(self._set(Change(False, ask, _size(rng))))
            else:
                break
        return changes or [self._stir(bid, ask, rng)]

    def trade(self, rng: random.Random) -> tuple[bool, int, int, Change] | None:
        """Somebody takes from the touch: whether Up was bought, price, size, and what it left."""
        buys = rng.random() < 0.5
        levels = self.asks if buys else self.bids
        if not levels:
            return None
        price = min(levels) if buys else max(levels)
        size = min(levels[price], _size(rng))
        self.last = price
        return buys, price, size, self._set(Change(not buys, price, levels[price] - size))

    def refine(self) -> bool:
        """Make the tick fine for good once the price is extreme; say whether that is new."""
        bid, ask = self.best()
        if self.tick == FINE or not (bid > DOLLAR - _EXTREME or ask < _EXTREME):
            return False
        self.tick = FINE
        return True

    def _stir(self, bid: int, ask: int, rng: random.Random) -> Change:
        is_bid = rng.random() < 0.5 if self.bids and self.asks else bool(self.bids)
        depth = int(rng.random() * _LEVELS)
        price = bid - depth * self.tick if is_bid else ask + depth * self.tick
        if not 0 < price < DOLLAR:
            price = bid if is_bid else ask
        return self._set(Change(is_bid, price, _size(rng)))

    def _touch(self, fair: float) -> tuple[int, int]:
        bid = math.floor((fair * DOLLAR - self.tick / 2) / self.tick) * self.tick
        bid = min(max(bid, 0), DOLLAR - self.tick)
        return bid, bid + self.tick

    def _set(self, change: Change) -> Change:
        levels = self.bids if change.is_bid else self.asks
        if change.size:
            levels[change.price] = change.size
        else:
            levels.pop(change.price, None)
        return change


def _size(rng: random.Random) -> int:
    return 500 + int(rng.lognormvariate(9.0, 1.0))
