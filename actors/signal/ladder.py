"""The levels of one Kalshi market as its feed tells them: exact integers, best first to read."""

from bisect import bisect_left

from messages import Level

Touch = tuple[int, int, int, int]
"""Best bid, its count, best ask, its count: dollars x 10^6, contracts x 100; -1 and 0 for an empty side."""

EMPTY: Touch = (-1, 0, -1, 0)


class Side:
    """One side's levels. Keys rise towards the touch: bids by price, asks by negated price."""

    __slots__ = ("_sign", "counts", "keys")

    def __init__(self, is_bid: bool) -> None:
        self._sign = 1 if is_bid else -1
        self.keys: list[int] = []
        self.counts: list[int] = []

    def replace(self, levels: list[Level]) -> None:
        """Hold these (price_e6, count_e2) and no others, in any order."""
        held = sorted((self._sign * price, count) for price, count in levels if count > 0)
        self.keys = [key for key, _ in held]
        self.counts = [count for _, count in held]

    def set(self, price_e6: int, count_e2: int) -> bool:
        """Set one level's count; 0 removes it. Say whether it is the best level, or was."""
        key = self._sign * price_e6
        keys = self.keys
        place = bisect_left(keys, key)
        if place < len(keys) and keys[place] == key:
            best = place == len(keys) - 1
            if count_e2 > 0:
                self.counts[place] = count_e2
            else:
                del keys[place], self.counts[place]
            return best
        if count_e2 > 0:
            keys.insert(place, key)
            self.counts.insert(place, count_e2)
            return place == len(keys) - 1
        return False

    def best(self, most: int) -> list[Level]:
        """The best `most` levels as (price_e6, count_e2), best first."""
        sign = self._sign
        return [
            (sign * key, count)
            for key, count in zip(self.keys[: -most - 1 : -1], self.counts[: -most - 1 : -1], strict=True)
        ]

    def best_counts(self, most: int) -> list[int]:
        """The counts of the best `most` levels, best first."""
        return self.counts[: -most - 1 : -1]

    def fills(self, count_e2: int) -> list[Level]:
        """What an order for so many would meet, best first; less where less stands."""
        found: list[Level] = []
        left = count_e2
        for place in range(len(self.keys) - 1, -1, -1):
            if left <= 0:
                break
            taken = min(left, self.counts[place])
            found.append((self._sign * self.keys[place], taken))
            left -= taken
        return found


class Ladder:
    """Both sides of one market's book, in YES prices, and whether they may be used.

    Nothing is held before the first snapshot, nor between a withdrawal and the next one; what changes
    then is not applied to anything.
    """

    __slots__ = ("asks", "bids", "recv_ns", "stands", "touch")

    def __init__(self) -> None:
        self.bids = Side(is_bid=True)
        self.asks = Side(is_bid=False)
        self.recv_ns = 0
        """Receive stamp of the newest record that the levels rest on."""
        self.stands = False
        self.touch = EMPTY
        """The best of either side."""

    def replace(self, recv_ns: int, bids: list[Level], asks: list[Level]) -> None:
        """Take a snapshot."""
        self.bids.replace(bids)
        self.asks.replace(asks)
        self.touch = self._best()
        self.recv_ns = recv_ns
        self.stands = True

    def change(self, recv_ns: int, is_bid: bool, price_e6: int, count_e2: int) -> None:
        """Take one level's new count."""
        if self.stands:
            if (self.bids if is_bid else self.asks).set(price_e6, count_e2):
                self.touch = self._best()
            self.recv_ns = recv_ns

    def withdraw(self) -> None:
        """Trust nothing until the next snapshot."""
        self.stands = False
        self.bids.replace([])
        self.asks.replace([])
        self.touch = EMPTY

    def _best(self) -> Touch:
        bids, asks = self.bids, self.asks
        return (
            bids.keys[-1] if bids.keys else -1,
            bids.counts[-1] if bids.keys else 0,
            -asks.keys[-1] if asks.keys else -1,
            asks.counts[-1] if asks.keys else 0,
        )
