"""One way of following Crypto.com's book: a depth, a period, and whole books or changes."""

from typing import NamedTuple

from simulator.book import Change
from simulator.session import Session
from simulator.venues.batch import Batch
from simulator.venues.cryptocom_frames import book_frame, update_frame
from simulator.venues.depth_view import DepthView
from simulator.venues.market import Market

_IDLE_NS = 5_000_000_000


class Manner(NamedTuple):
    """How a subscriber wants the book. whole: each frame is the whole of it."""

    depth: int
    period_ms: int
    whole: bool


class BookFeed:
    """Gathers changes and shows them to its members once a period.

    An update's pu is the u of the frame before it, whatever happened below the depth between the two.
    A book that rests for five seconds is shown by an update without levels whose u is its pu.
    """

    def __init__(self, market: Market, manner: Manner) -> None:
        self.members: dict[Session, None] = {}
        self._market = market
        self._manner = manner
        self._view = DepthView(market.book, manner.depth)
        self._batch = Batch()
        self._u = 0
        self._sent_ns = 0

    def join(self, session: Session, u: int, now_ns: int) -> None:
        """Show the book as it stands after update u, and go on from there."""
        if self.members:
            self.flush(u, now_ns)
        else:
            self._u, self._sent_ns = u, now_ns
        self.members[session] = None
        session.send(self._whole(now_ns))

    def note(self, changes: list[Change]) -> None:
        """Gather changes for the next frame."""
        self._batch.add(changes)

    def publish(self, u: int, now_ns: int) -> None:
        """Send what is due: after a period what has gathered, after five seconds in any case."""
        since_ns = now_ns - self._sent_ns
        if 0 <= since_ns < self._manner.period_ms * 1_000_000:
            return
        if self._batch:
            self.flush(u, now_ns)
        if self._manner.whole and self._sent_ns != now_ns:
            self._send(self._whole(now_ns), now_ns)
        elif not 0 <= now_ns - self._sent_ns < _IDLE_NS:
            self._send(self._update([], [], self._u, now_ns), now_ns)

    def flush(self, u: int, now_ns: int) -> None:
        """Send at once what has gathered, if it lies within the depth."""
        if not self._batch:
            return
        bids, asks = self._view.update(self._batch.changes())
        if not bids and not asks:
            return
        before, self._u = self._u, u
        whole = self._manner.whole
        self._send(self._whole(now_ns) if whole else self._update(bids, asks, before, now_ns), now_ns)

    def _whole(self, now_ns: int) -> str:
        bids, asks = self._view.snapshot()
        return book_frame(self._manner.depth, bids, asks, now_ns // 10**6, self._changed_ms(), self._u)

    def _update(
        self, bids: list[tuple[int, int]], asks: list[tuple[int, int]], before: int, now_ns: int
    ) -> str:
        at_ms = now_ns // 10**6
        return update_frame(self._manner.depth, bids, asks, at_ms, self._changed_ms(), self._u, before)

    def _changed_ms(self) -> int:
        return self._market.changed_ns // 10**6

    def _send(self, text: str, now_ns: int) -> None:
        self._sent_ns = now_ns
        for session in self.members:
            session.send(text)
