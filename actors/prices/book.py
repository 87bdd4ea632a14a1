"""The order book of one symbol: scaled-integer levels, absolute sizes, cheap near the touch."""

from bisect import bisect_left, insort

from messages import Level

Quote = tuple[int, int, int, int]
"""Best bid, its size, best ask, its size; 0 and 0 where a side is empty."""


class Side:
    """The levels of one side.

    `keys` rises and its *last* element is the best: bids hold their prices, asks their negated prices.
    Markets change near the touch, and a list is cheapest to change near its end.
    """

    __slots__ = ("keys", "sign", "sizes")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.keys: list[int] = []
        self.sizes: dict[int, int] = {}

    def replace(self, levels: list[Level]) -> None:
        """Hold these levels and no others; any order, the last of one price counts."""
        self.sizes = {price: size for price, size in dict(levels).items() if size}
        self.keys = sorted([price * self.sign for price in self.sizes])

    def change(self, levels: list[Level]) -> None:
        """Set levels to their new sizes, in order. Size 0 removes; removing what is not there is normal."""
        sizes = self.sizes
        keys = self.keys
        sign = self.sign
        for price, size in levels:
            if size:
                if price not in sizes:
                    key = price * sign
                    if keys and key < keys[-1]:
                        insort(keys, key)
                    else:
                        keys.append(key)
                sizes[price] = size
            elif price in sizes:
                del sizes[price]
                key = price * sign
                if keys[-1] == key:
                    keys.pop()
                else:
                    del keys[bisect_left(keys, key)]

    def truncate(self, depth: int) -> list[Level]:
        """Keep the best `depth` levels; what fell off, as removals."""
        excess = len(self.keys) - depth
        if excess <= 0:
            return []
        fallen = [(key * self.sign, 0) for key in self.keys[:excess]]
        del self.keys[:excess]
        for price, _ in fallen:
            del self.sizes[price]
        return fallen

    def best(self, count: int) -> list[Level]:
        """The best levels, best first."""
        sizes = self.sizes
        if self.sign > 0:
            return [(key, sizes[key]) for key in self.keys[: -count - 1 : -1]]
        return [(-key, sizes[-key]) for key in self.keys[: -count - 1 : -1]]

    def levels(self) -> list[Level]:
        """All levels, best first."""
        return self.best(len(self.keys))


class Book:
    """Both sides. Knows no venue; what may be in it is decided by whoever fills it."""

    __slots__ = ("asks", "bids")

    def __init__(self) -> None:
        self.bids = Side(1)
        self.asks = Side(-1)

    def replace(self, bids: list[Level], asks: list[Level]) -> None:
        """Hold these levels and no others."""
        self.bids.replace(bids)
        self.asks.replace(asks)

    def change(self, bids: list[Level], asks: list[Level]) -> None:
        """Set levels of both sides to their new sizes."""
        if bids:
            self.bids.change(bids)
        if asks:
            self.asks.change(asks)

    def best(self) -> Quote:
        """The touch."""
        bid_keys = self.bids.keys
        ask_keys = self.asks.keys
        bid = bid_keys[-1] if bid_keys else 0
        ask = -ask_keys[-1] if ask_keys else 0
        return (bid, self.bids.sizes.get(bid, 0), ask, self.asks.sizes.get(ask, 0))

    def crossed(self) -> bool:
        """Whether somebody bids what somebody asks, or more. No true book shows that."""
        bid_keys = self.bids.keys
        ask_keys = self.asks.keys
        return bool(bid_keys and ask_keys and bid_keys[-1] >= -ask_keys[-1])
