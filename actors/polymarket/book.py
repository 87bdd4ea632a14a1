"""The book of one token, and whether it can be true."""

from collections.abc import Iterable

Touch = tuple[int, int, int, int]
"""Best bid, its size, best ask, its size, x 10^6; -1 and 0 for an empty side."""
NOTHING: Touch = (-1, 0, -1, 0)


class TokenBook:
    """Sizes by price, both x 10^6. A hundred or a thousand prices exist at all.

    came: a whole book is there. doubt: why it cannot be true as it is; empty when all is well.
    """

    __slots__ = ("asks", "bids", "came", "doubt")

    def __init__(self) -> None:
        self.bids: dict[int, int] = {}
        self.asks: dict[int, int] = {}
        self.came = False
        self.doubt = ""

    def await_book(self) -> None:
        """Hold nothing until the next whole book."""
        self.bids.clear()
        self.asks.clear()
        self.came = False
        self.doubt = ""

    def replace(self, bids: Iterable[tuple[int, int]], asks: Iterable[tuple[int, int]]) -> None:
        """Hold these levels and no others."""
        self.bids = {price: size for price, size in bids if size}
        self.asks = {price: size for price, size in asks if size}
        self.came = True
        self.doubt = ""

    def change(self, is_bid: bool, price_e6: int, size_e6: int) -> None:
        """Set one level to its new size; 0 removes it."""
        levels = self.bids if is_bid else self.asks
        if size_e6:
            levels[price_e6] = size_e6
        else:
            levels.pop(price_e6, None)

    def touch(self) -> Touch:
        """The best of both sides."""
        bid = max(self.bids, default=-1)
        ask = min(self.asks, default=-1)
        return (bid, self.bids.get(bid, 0), ask, self.asks.get(ask, 0))

    def judge(self, best_bid_e6: int, best_ask_e6: int) -> bool:
        """Hold the touch against the one that the venue names; say whether it is wrong a second time.

        A first contradiction is a doubt: the frame after it settles the matter either way.
        """
        bid, _, ask, _ = self.touch()
        if (bid, ask) == (best_bid_e6, best_ask_e6) and not 0 < ask <= bid:
            self.doubt = ""
            return False
        again = bool(self.doubt)
        self.doubt = (
            f"its best prices are {_words(bid, ask)}, Polymarket names {_words(best_bid_e6, best_ask_e6)}"
        )
        return again


def _words(bid_e6: int, ask_e6: int) -> str:
    return "/".join(f"{price / 1e6:g}" if price >= 0 else "none" for price in (bid_e6, ask_e6))
