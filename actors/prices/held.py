"""Changes of a book that wait for the snapshot they belong to."""

from typing import NamedTuple

from messages import Level


class Update(NamedTuple):
    """One frame of changes. first, last: the venue's numbers of the updates in it."""

    first: int
    last: int
    bids: list[Level]
    asks: list[Level]
    venue_ns: int


class HeldUpdates:
    """A run of updates without a hole, to be joined to a snapshot that comes by another way.

    The snapshot bears the number of the last update in it. It fits if it reaches up to the run or into
    it; one that is older would leave a hole.
    """

    def __init__(self) -> None:
        self._run: list[Update] = []

    def hold(self, update: Update) -> None:
        """Keep one; after a hole, what was held before it is of no use any more."""
        if self._run and update.first > self._run[-1].last + 1:
            self._run.clear()
        self._run.append(update)

    def fits(self, snapshot_last: int) -> bool:
        """Whether nothing is missing between the snapshot and the run."""
        return not self._run or self._run[0].first <= snapshot_last + 1

    def after(self, snapshot_last: int) -> list[Update]:
        """Give out those that the snapshot does not hold yet, and forget all."""
        run, self._run = self._run, []
        return [update for update in run if update.last > snapshot_last]
