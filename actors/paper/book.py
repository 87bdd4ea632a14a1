"""One market's levels as they stand, less what paper orders have taken of them."""

from collections.abc import Iterable

from messages import DOLLAR_E6, Level

BUY, SELL = "buy", "sell"
YES, NO = "yes", "no"


def meets_asks(action: str, side: str) -> bool:
    """Tell which ladder an order meets: asks for a buyer of YES or a seller of NO, bids for the others."""
    return (action == BUY) == (side == YES)


def price_of_side(side: str, yes_price_e6: int) -> int:
    """Turn a YES price into one of that side, and back."""
    return yes_price_e6 if side == YES else DOLLAR_E6 - yes_price_e6


class PaperBook:
    """Counts per level, in YES prices x 10^6 and contracts x 100.

    What a paper order has taken stays taken for as long as its level stands: the market does not know of
    it, so it shows the same contracts again, but nobody can buy them twice.
    """

    __slots__ = ("_levels", "_taken")

    def __init__(self) -> None:
        self._levels: dict[bool, dict[int, int]] = {True: {}, False: {}}
        self._taken: dict[bool, dict[int, int]] = {True: {}, False: {}}

    def replace(self, bids: Iterable[Level], asks: Iterable[Level]) -> None:
        """Take a whole book in place of what was known."""
        for is_bid, levels in ((True, bids), (False, asks)):
            standing = self._levels[is_bid] = dict(levels)
            self._taken[is_bid] = {
                price: min(count, standing[price])
                for price, count in self._taken[is_bid].items()
                if price in standing
            }

    def change(self, is_bid: bool, price_e6: int, count_e2: int) -> None:
        """Take a level's new count; 0 removes it."""
        taken = self._taken[is_bid]
        if count_e2:
            self._levels[is_bid][price_e6] = count_e2
            if taken and taken.get(price_e6, 0) > count_e2:
                taken[price_e6] = count_e2
        else:
            self._levels[is_bid].pop(price_e6, None)
            if taken:
                taken.pop(price_e6, None)

    def offered(self, action: str, side: str) -> list[Level]:
        """What an order could take, best first, in prices of its side."""
        is_bid = not meets_asks(action, side)
        taken = self._taken[is_bid]
        return [
            (price_of_side(side, price), count - taken.get(price, 0))
            for price, count in sorted(self._levels[is_bid].items(), reverse=is_bid)
            if count > taken.get(price, 0)
        ]

    def take(self, action: str, side: str, price_e6: int, count_e2: int) -> None:
        """Note that a paper order took so many at a price of its side."""
        taken = self._taken[not meets_asks(action, side)]
        price_e6 = price_of_side(side, price_e6)
        taken[price_e6] = taken.get(price_e6, 0) + count_e2

    def taken(self) -> list[tuple[bool, int, int]]:
        """All that is taken: (whether a bid, price_e6, count_e2)."""
        return [
            (is_bid, price, count)
            for is_bid, levels in self._taken.items()
            for price, count in sorted(levels.items())
        ]

    def restore(self, is_bid: bool, price_e6: int, count_e2: int) -> None:
        """Take up again what was taken before a restart; it holds if the level turns out to stand."""
        self._taken[is_bid][price_e6] = count_e2
