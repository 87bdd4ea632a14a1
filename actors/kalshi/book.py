"""One market's book, exact, in YES prices on both sides."""

from bisect import bisect_left, insort

from actors.errors import BookError
from messages import DOLLAR_E6, Level

Quote = tuple[int, int, int, int]
"""Best bid, its count, best ask, its count: prices x 10^6, counts x 100; -1 and 0 for an empty side."""

EMPTY_QUOTE: Quote = (-1, 0, -1, 0)


class MarketBook:
    """Price levels with absolute counts. Prices x 10^6, counts x 100.

    Counts stand in a dict per side, prices in a sorted list beside it: a change of a known level, the
    usual case, touches the dict alone.
    """

    __slots__ = ("_ask_counts", "_ask_prices", "_bid_counts", "_bid_prices", "quote", "ticker")

    def __init__(self, ticker: str) -> None:
        self.ticker = ticker
        self.quote = EMPTY_QUOTE
        self._bid_counts: dict[int, int] = {}
        self._ask_counts: dict[int, int] = {}
        self._bid_prices: list[int] = []
        self._ask_prices: list[int] = []

    @property
    def crossed(self) -> bool:
        """A bid at or above an ask: cannot stand in a market that matches them."""
        bid, _, ask, _ = self.quote
        return bid >= ask > 0

    def replace(self, bids: list[Level], asks: list[Level]) -> None:
        """Forget everything and take these levels, in any order. *Raises* BookError."""
        self._bid_counts = self._checked(bids)
        self._ask_counts = self._checked(asks)
        self._bid_prices = sorted(self._bid_counts)
        self._ask_prices = sorted(self._ask_counts)
        self.refresh_quote()

    def change(self, is_bid: bool, price_e6: int, change_e2: int) -> int:
        """Add change_e2 to a level and return its new count; 0 drops it. *Raises* BookError."""
        counts = self._bid_counts if is_bid else self._ask_counts
        old = counts.get(price_e6)
        if old is None:
            if change_e2 > 0 and 0 < price_e6 < DOLLAR_E6:
                counts[price_e6] = change_e2
                insort(self._bid_prices if is_bid else self._ask_prices, price_e6)
                return change_e2
            if change_e2 == 0 and 0 < price_e6 < DOLLAR_E6:
                return 0
            raise self._impossible(is_bid, price_e6, 0, change_e2)
        count = old + change_e2
        if count > 0:
            counts[price_e6] = count
        elif count == 0:
            del counts[price_e6]
            prices = self._bid_prices if is_bid else self._ask_prices
            prices.pop(bisect_left(prices, price_e6))
        else:
            raise self._impossible(is_bid, price_e6, old, change_e2)
        return count

    def refresh_quote(self) -> bool:
        """Bring `quote` up to date after a change; True if it moved."""
        bid = bid_count = ask = ask_count = -1
        if self._bid_prices:
            bid = self._bid_prices[-1]
            bid_count = self._bid_counts[bid]
        else:
            bid_count = 0
        if self._ask_prices:
            ask = self._ask_prices[0]
            ask_count = self._ask_counts[ask]
        else:
            ask_count = 0
        quote = (bid, bid_count, ask, ask_count)
        if quote == self.quote:
            return False
        self.quote = quote
        return True

    def levels(self) -> tuple[list[Level], list[Level]]:
        """All bids, falling, and all asks, rising."""
        bids = [(price, self._bid_counts[price]) for price in reversed(self._bid_prices)]
        asks = [(price, self._ask_counts[price]) for price in self._ask_prices]
        return bids, asks

    def differences(self, bids: list[Level], asks: list[Level]) -> list[tuple[bool, int, int]]:
        """Changes (is_bid, price, change) that lead from this book to these levels; removals come first."""
        found: list[tuple[bool, int, int]] = []
        for is_bid, levels, counts in ((True, bids, self._bid_counts), (False, asks, self._ask_counts)):
            target = self._checked(levels)
            for price in counts.keys() | target.keys():
                change = target.get(price, 0) - counts.get(price, 0)
                if change:
                    found.append((is_bid, price, change))
        return sorted(found, key=lambda row: (row[2] > 0, row[0], row[1]))

    def _checked(self, levels: list[Level]) -> dict[int, int]:
        counts = dict(levels)
        if len(counts) != len(levels):
            message = f"Kalshi's book of {self.ticker} names a price twice"
            raise BookError(message)
        for price, count in levels:
            if not 0 < price < DOLLAR_E6 or count <= 0:
                message = (
                    f"Kalshi's book of {self.ticker} has {count / 100} contracts at ${price / DOLLAR_E6}"
                )
                raise BookError(message)
        return counts

    def _impossible(self, is_bid: bool, price_e6: int, old_e2: int, change_e2: int) -> BookError:
        side = "bid" if is_bid else "ask"
        return BookError(
            f"Kalshi changed {self.ticker} by {change_e2 / 100} at {side} ${price_e6 / DOLLAR_E6}, "
            f"where {old_e2 / 100} stood: our book no longer is theirs"
        )
