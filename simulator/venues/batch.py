"""Changes of a book that a venue gathers for some time and tells in one frame."""

from simulator.book import BID, Change

Levels = list[tuple[int, int]]


class Batch:
    """What one cadence has not told yet. last: number of the last update told, where they have one."""

    def __init__(self, last: int = 0) -> None:
        self.last = last
        self._newest: dict[tuple[str, int], Change] = {}

    def __len__(self) -> int:
        return len(self._newest)

    def add(self, changes: list[Change]) -> None:
        for change in changes:
            self._newest[change.side, change.price] = change

    def changes(self) -> list[Change]:
        """The newest change of each level, in the order of the first ones; begin anew."""
        changes = list(self._newest.values())
        self._newest.clear()
        return changes

    def take(self, last: int = 0) -> tuple[int, Levels, Levels]:
        """Number of the update told before, bids and asks of the frame up to this one; begin anew."""
        before, self.last = self.last, last
        changes = self.changes()
        bids = [(price, size) for side, price, size in changes if side == BID]
        asks = [(price, size) for side, price, size in changes if side != BID]
        return before, sorted(bids, reverse=True), sorted(asks)
