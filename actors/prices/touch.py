"""Finding a lost update by what the venue's own ticker says of the touch."""

from actors.prices.book import Quote

APART_NS = 1_000_000_000


class _SideCheck:
    """One side, with prices turned so that the better one is the greater."""

    def __init__(self) -> None:
        self._ghost = False
        self._price = 0
        self._since_ns = 0

    def compare(self, ours: int, theirs: int, at_ns: int) -> bool:
        ghost = ours > theirs
        price = ours if ghost else theirs
        if ours == theirs:
            self._since_ns = 0
        elif self._since_ns and (ghost, price) == (self._ghost, self._price):
            return at_ns - self._since_ns >= APART_NS
        else:
            self._ghost, self._price, self._since_ns = ghost, price, at_ns
        return False

    def follow(self, ours: int) -> None:
        if (ours != self._price) if self._ghost else (ours >= self._price):
            self._since_ns = 0


class TouchCheck:
    """Tells a book that is wrong from one that is a moment behind the ticker.

    A venue without sequence and checksum loses an update and nobody notices: the level that should have
    gone stays at the touch (a ghost), or one that should be there is missing. Our book and the ticker
    disagree all the time for some milliseconds; a book is wrong when two tickers, a second or more apart,
    contradict it in the same price and it stood by that price all the time between.
    """

    def __init__(self) -> None:
        self._bid = _SideCheck()
        self._ask = _SideCheck()

    def compare(self, quote: Quote, bid_e8: int, ask_e8: int, at_ns: int) -> bool:
        """Take a ticker; whether the book is wrong."""
        wrong_bid = self._bid.compare(quote[0], bid_e8, at_ns)
        wrong_ask = self._ask.compare(-quote[2], -ask_e8, at_ns)
        return wrong_bid or wrong_ask

    def follow(self, quote: Quote) -> None:
        """Drop what our own book has moved away from. Call it several times a second."""
        self._bid.follow(quote[0])
        self._ask.follow(-quote[2])
