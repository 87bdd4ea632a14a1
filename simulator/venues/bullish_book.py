"""Bullish's order book path: l2Orderbook (whole books, some a second) and l1Orderbook (every touch)."""

from simulator.book import Change
from simulator.session import Session
from simulator.venues.bullish_commands import CommandStream
from simulator.venues.bullish_frames import SYMBOL, level1, level2, milliseconds, pair
from simulator.venues.market import Market

L2 = "l2Orderbook"
L1 = "l1Orderbook"
_EVERY_NS = 300_000_000  # as recorded in production in October 2024
_AGAIN_NS = 1_000_000_000
_CUT_EVERY = 200  # frames of which one has a stamp cut short
_NUMBERS = {L1: 1, L2: 2}


class Sequence:
    """The number of the book's present state: one count for both topics and the REST page."""

    def __init__(self, number: int) -> None:
        self.number = number


class BookStream(CommandStream):
    """Every change of the book takes a number; a frame of l2Orderbook names all since the one before.

    A book that stands still is sent again once a second, on both topics, under a new number and with its
    old stamp.
    """

    topics = (L2, L1)

    def __init__(self, market: Market, sequence: Sequence) -> None:
        super().__init__(market)
        self._sequence = sequence
        self._first = 0  # number of the first change that no frame has shown; 0: there is none
        self._sent_ns = 0
        self._frames = 0

    def first(self, topic: str, now_ns: int) -> str:
        number = self._sequence.number
        if topic == L1:
            return level1("snapshot", self.market, number, now_ns)
        return self._level2(number, now_ns)

    def confirmed(self, done: str, topic: str) -> str:
        return f"Successfully {done} ( {SYMBOL} {_NUMBERS[topic]})"

    def join(self, session: Session, topic: str, now_ns: int) -> None:
        # So that the frame after this snapshot begins with the number that follows the snapshot's.
        self.flush(now_ns)
        super().join(session, topic, now_ns)

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        self._count(now_ns)
        if now_ns - self._sent_ns >= _EVERY_NS:
            self.flush(now_ns)

    def heartbeat(self, now_ns: int) -> None:
        super().heartbeat(now_ns)
        if not self._first and now_ns - self._sent_ns >= _AGAIN_NS:
            self._count(now_ns)
        if now_ns - self._sent_ns >= _EVERY_NS:
            self.flush(now_ns)

    def flush(self, now_ns: int) -> None:
        if not self._first:
            return
        if self.members[L2]:
            self.show(L2, self._level2(self._first, now_ns), now_ns)
        self._first = 0
        self._sent_ns = now_ns

    def is_change(self, text: str) -> bool:
        return text.startswith('{"type":"snapshot","dataType":"V1TALevel2"')

    def crossed(self, change: str) -> list[str]:
        """The frame with one more bid, above the best ask."""
        head, _, tail = change.partition('"bids":[')
        comma = "" if tail.startswith("]") else ","
        return [f'{head}"bids":[{pair(self.market.book.best_ask() + 25, 12_345_678)}{comma}{tail}']

    def _count(self, now_ns: int) -> None:
        self._sequence.number += 1
        self._first = self._first or self._sequence.number
        if self.members[L1]:
            self.show(L1, level1("update", self.market, self._sequence.number, now_ns), now_ns)

    def _level2(self, first: int, now_ns: int) -> str:
        self._frames += 1
        stamp = milliseconds(self.market.changed_ns)
        if self._frames % _CUT_EVERY == 0:
            stamp = stamp[:7]
        return level2(self.market, first, self._sequence.number, stamp, now_ns)
