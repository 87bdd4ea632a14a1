"""Changes of a book that a venue gathers for some time and tells in one frame."""

from simulator.book import BID, Change

Levels = list[tuple[int, int]]


class Batch:
    """What one cadence of depth has not told yet. last: number of the last update told."""

    def __init__(self, last: int) -> None:
        self.last = last
        self._sizes: dict[tuple[str, int], int] = {}

    def add(self, changes: list[Change]) -> None:
        for side, price, size in changes:
            self._sizes[side, price] = size

    def take(self, last: int) -> tuple[int, Levels, Levels]:
        """Number of the update told before, bids and asks of the frame up to this one; begin anew."""
        before, self.last = self.last, last
        bids = [(price, size) for (side, price), size in self._sizes.items() if side == BID]
        asks = [(price, size) for (side, price), size in self._sizes.items() if side != BID]
        self._sizes.clear()
        return before, sorted(bids, reverse=True), sorted(asks)
