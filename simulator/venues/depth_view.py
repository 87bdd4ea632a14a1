"""A book as the subscribers of a limited depth hold it: which levels a frame must name to keep it true."""

from simulator.book import ASK, BID, Change, SimBook

Level = tuple[int, int]


class DepthView:
    """The best `depth` levels of each side, and what of them a frame must name.

    A frame names the levels that vanished, then those that are new or changed. A level that others
    pushed out is not named: the client cuts its sides to the depth, and must.
    """

    def __init__(self, book: SimBook, depth: int) -> None:
        self.depth = depth
        self._book = book
        self._edge: dict[str, int | None] = {}  # worst price held, None while the side is not full
        self.rebase()

    def rebase(self) -> None:
        """Take the book as it is now as known to all."""
        self._edge = {side: self._worst(levels) for side, levels in self._sides()}

    def snapshot(self) -> tuple[list[Level], list[Level]]:
        """Bids and asks, best first."""
        return self._book.bids(self.depth), self._book.asks(self.depth)

    def update(self, changes: list[Change]) -> tuple[list[Level], list[Level]]:
        """Bids and asks to name for these changes; both empty when they lie below the depth."""
        named: dict[str, list[Level]] = {}
        for side, levels in self._sides():
            direction = 1 if side == BID else -1
            known_to, shown_to = self._edge[side], self._worst(levels)
            gone: list[Level] = []
            fresh: dict[int, int] = {}
            for change in changes:
                if change.side != side:
                    continue
                if change.size == 0:
                    if known_to is None or (change.price - known_to) * direction >= 0:
                        gone.append((change.price, 0))
                elif shown_to is None or (change.price - shown_to) * direction >= 0:
                    fresh[change.price] = change.size
            if known_to is not None:
                # Levels that come into view from below because others vanished.
                for price, size in reversed(levels):
                    if (price - known_to) * direction >= 0:
                        break
                    fresh.setdefault(price, size)
            named[side] = gone + list(fresh.items())
            self._edge[side] = shown_to
        return named[BID], named[ASK]

    def _sides(self) -> list[tuple[str, list[Level]]]:
        bids, asks = self.snapshot()
        return [(BID, bids), (ASK, asks)]

    def _worst(self, levels: list[Level]) -> int | None:
        return levels[-1][0] if len(levels) == self.depth else None
