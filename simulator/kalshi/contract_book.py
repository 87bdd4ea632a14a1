"""The order book of one contract: YES bids below, NO bids above, both by the rung of their YES price."""

import math
import random
from typing import NamedTuple

from simulator.kalshi.ladder import Ladder

YES = "yes"
NO = "no"


class Delta(NamedTuple):
    """A level grew or shrank by so many hundredths of a contract."""

    side: str
    rung: int
    change: int


class Print(NamedTuple):
    """A trade: what the taker bought, at which rung of the YES ladder, how many hundredths."""

    taker: str
    rung: int
    hundredths: int


class ContractBook:
    """Sizes in hundredths of a contract per rung, never crossed: best YES bid below best NO bid's rung."""

    def __init__(self, ladder: Ladder) -> None:
        self.ladder = ladder
        self.yes = [0] * len(ladder.rungs)
        self.no = [0] * len(ladder.rungs)
        self._bid = -1
        self._ask = -1

    def best_bid(self) -> int:
        """Rung of the best YES bid, -1 without one."""
        return self._bid

    def best_ask(self) -> int:
        """Rung of the best YES ask, which is the best NO bid; -1 without one."""
        return self._ask

    def move(self, position: float, rng: random.Random) -> Delta | None:
        """Make one change that brings the book towards quotes around this position on the ladder.

        Orders in the way go first, one at a time; then the touch comes nearer; then sizes change.
        """
        bid, ask = self._bid, self._ask
        bid_limit = min(math.floor(position), self.ladder.top)
        ask_limit = max(math.floor(position) + 1, 0)
        if bid > bid_limit:
            return self._set(YES, bid, 0)
        if 0 <= ask < ask_limit:
            return self._set(NO, ask, 0)
        if bid < bid_limit and (bid < bid_limit - 1 or rng.random() < 0.3):
            step = bid + 1 + int(rng.random() * (bid_limit - bid)) if bid >= 0 else bid_limit
            return self._set(YES, step, self._draw(rng, 0))
        nearest = ask if ask >= 0 else self.ladder.top + 1
        if nearest > ask_limit and ask_limit <= self.ladder.top and rng.random() < 0.7:
            step = nearest - 1 - int(rng.random() * (nearest - ask_limit)) if ask >= 0 else ask_limit
            return self._set(NO, step, self._draw(rng, 0))
        return self._stir(bid, ask, rng)

    def make_way(self, position: float) -> list[Delta]:
        """Withdraw at once whatever stands in the way of quotes around this position on the ladder."""
        gone = []
        while self._bid > min(math.floor(position), self.ladder.top):
            gone.append(self._set(YES, self._bid, 0))
        while 0 <= self._ask < max(math.floor(position) + 1, 0):
            gone.append(self._set(NO, self._ask, 0))
        return gone

    def trade(self, rng: random.Random) -> tuple[Print, Delta] | None:
        """Somebody takes from the touch; None where that side is empty."""
        buys_yes = rng.random() < 0.5
        rung = self.best_ask() if buys_yes else self.best_bid()
        if rung < 0:
            return None
        side, sizes = (NO, self.no) if buys_yes else (YES, self.yes)
        count = min(sizes[rung], max(1, int(rng.expovariate(1 / 2500.0))))
        return Print(YES if buys_yes else NO, rung, count), self._set(side, rung, sizes[rung] - count)

    def put(self, side: str, rung: int, size: int) -> list[Delta]:
        """Let a level hold so much; what that changed, one delta or none."""
        held = (self.yes if side == YES else self.no)[rung]
        return [self._set(side, rung, size)] if size != held else []

    def clear(self) -> list[Delta]:
        """Withdraw everything."""
        deltas = [self._set(YES, rung, 0) for rung, size in enumerate(self.yes) if size]
        return deltas + [self._set(NO, rung, 0) for rung, size in enumerate(self.no) if size]

    def fill(self, position: float, rng: random.Random, side: str) -> list[Delta]:
        """Lay a side out at once, from the touch outwards."""
        middle = math.floor(position)
        if side == YES:
            rungs = range(min(middle, self.ladder.top), max(-1, middle - 60), -1)
        else:
            rungs = range(max(middle + 1, 0), min(self.ladder.top + 1, middle + 61))
        return [
            self._set(side, rung, self._draw(rng, depth))
            for depth, rung in enumerate(rungs)
            if depth < 2 or rng.random() < 0.8
        ]

    def _stir(self, bid: int, ask: int, rng: random.Random) -> Delta | None:
        on_yes = ask < 0 or (bid >= 0 and rng.random() < 0.5)
        touch, direction, sizes = (bid, -1, self.yes) if on_yes else (ask, 1, self.no)
        if touch < 0:
            return None
        depth = int(rng.expovariate(0.15))
        rung = touch + direction * depth
        if not 0 <= rung <= self.ladder.top:
            rung, depth = touch, 0
        size = 0 if depth > 1 and rng.random() < 0.15 else self._draw(rng, depth)
        if size == sizes[rung]:
            size += 100
        return self._set(YES if on_yes else NO, rung, size)

    def _set(self, side: str, rung: int, size: int) -> Delta:
        sizes = self.yes if side == YES else self.no
        change = size - sizes[rung]
        sizes[rung] = size
        if side == YES:
            self._bid = self._next(sizes, rung, self._bid, -1) if rung >= self._bid else self._bid
        elif self._ask < 0 or rung <= self._ask:
            self._ask = self._next(sizes, rung, self._ask, 1)
        return Delta(side, rung, change)

    def _next(self, sizes: list[int], rung: int, best: int, outward: int) -> int:
        """The best rung of a side after its rung at or before the best changed."""
        if sizes[rung] == 0 and rung != best:
            return best
        while 0 <= rung <= self.ladder.top and not sizes[rung]:
            rung += outward
        return rung if 0 <= rung <= self.ladder.top else -1

    def _draw(self, rng: random.Random, depth: int) -> int:
        whole = 1 + int(rng.lognormvariate(3.5, 1.2) * (1.0 + depth / 6.0))
        # Some orders are fractional, in steps of a hundredth.
        return whole * 100 + (rng.randrange(100) if rng.random() < 0.25 else 0)
