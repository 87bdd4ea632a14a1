"""Finding a lost update by what the venue's REST book says of each level."""

from actors.prices.book import Book, Side
from messages import Level

COMPARED_LEVELS = 100


class LossCheck:
    """Tells a book that is wrong from one that is a moment ahead of, or behind, the REST book.

    A venue without sequence and checksum loses an update and nobody notices, until the level is changed
    again. Our book and its REST book differ in something nearly always; a level of ours is wrong when
    two REST books, asked for further apart than their answers can be old, contradict it in the same
    size, and the stream has not touched it from before the first until after the second. A REST book
    that repeats the one before proves nothing: it may come from a cache.

    doubts: levels, as signed prices (bids above zero, asks below), with the size that REST shows.
    trusted: two REST books in a row have contradicted no level twice. One that does so from the first is
    not made as the stream's is, and accuses nobody.
    """

    def __init__(self) -> None:
        self.doubts: dict[int, int] = {}
        self.trusted = False
        self._touched: set[int] = set()
        self._last: tuple[list[Level], list[Level]] | None = None

    def asked(self) -> None:
        """A REST book has been asked for: what the stream touches from now on is not to be judged by it."""
        self._touched.clear()

    def touched(self, side: Side, price_e8: int) -> None:
        """The stream has said something of this level."""
        key = price_e8 * side.sign
        self._touched.add(key)
        self.doubts.pop(key, None)

    def compare(self, book: Book, bids: list[Level], asks: list[Level]) -> list[int]:
        """Take a REST book, in any order; the prices of our book that are wrong."""
        theirs = (_best(book.bids, bids), _best(book.asks, asks))
        if theirs == self._last:
            return []
        first, self._last = self._last is None, theirs
        found = self._contradictions(book.bids, theirs[0]) | self._contradictions(book.asks, theirs[1])
        wrong = [abs(key) for key, size in found.items() if self.doubts.get(key) == size]
        self.doubts = found
        self.trusted = self.trusted or not (first or wrong)
        return sorted(wrong)

    def _contradictions(self, ours: Side, theirs: list[Level]) -> dict[int, int]:
        if not theirs:
            return {}
        worst = theirs[-1][0] * ours.sign
        shown = dict(theirs)
        prices = shown.keys() | {p for p, _ in ours.best(COMPARED_LEVELS) if p * ours.sign >= worst}
        return {
            price * ours.sign: shown.get(price, 0)
            for price in prices
            if ours.sizes.get(price, 0) != shown.get(price, 0) and price * ours.sign not in self._touched
        }


def _best(side: Side, levels: list[Level]) -> list[Level]:
    there = [level for level in levels if level[1]]
    return sorted(there, key=lambda level: level[0] * side.sign, reverse=True)[:COMPARED_LEVELS]
