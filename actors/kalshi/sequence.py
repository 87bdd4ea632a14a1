"""The sequence number of one subscription: one more with every message, over all of its markets."""

from enum import Enum

MOST_REPEATS = 20
"""So many stale numbers in a row are no repetition: the venue counts from somewhere else now."""


class Verdict(Enum):
    NEXT = "next"
    REPEATED = "repeated"
    GAP = "gap"
    LOST = "lost"


class SequenceCounter:
    """Judges each number of one sid.

    Whether acknowledgements (`ok`, `unsubscribed`, scoped errors) take a number of the same sequence is
    not documented. Both readings are accepted: one that carries the next number advances the counter,
    and a following message may carry that number again, or the one after it. One that runs ahead is
    reported as a gap, yet the counter stays: it may belong to another count.
    """

    __slots__ = ("_acknowledged", "_repeats", "last", "next")

    def __init__(self) -> None:
        self.last: int | None = None
        self.next = -1
        """The number that is right without further thought; -1 while it takes some. For hot paths."""
        self._repeats = 0
        self._acknowledged: int | None = None

    def data(self, seq: int) -> Verdict:
        """Judge a message with data. After GAP the counter goes on from this number."""
        if seq == self.next:
            self.last = seq
            self.next = seq + 1
            return Verdict.NEXT
        last, acknowledged = self.last, self._acknowledged
        if last is None or seq == last + 1 or (acknowledged is not None and 0 <= seq - acknowledged <= 1):
            return self._go_on(seq, Verdict.NEXT)
        if seq > last:
            return self._go_on(seq, Verdict.GAP)
        self._repeats += 1
        self.next = -1
        return Verdict.REPEATED if self._repeats < MOST_REPEATS else Verdict.LOST

    def acknowledgement(self, seq: int) -> Verdict:
        """Judge an acknowledgement. One that lies behind belongs to another count and says nothing."""
        last = self.last
        if last is None or seq <= last:
            return Verdict.NEXT
        self._acknowledged = seq
        self.next = -1
        if seq > last + 1:
            return Verdict.GAP
        self.last = seq
        return Verdict.NEXT

    def _go_on(self, seq: int, verdict: Verdict) -> Verdict:
        self.last = seq
        self.next = seq + 1
        self._repeats = 0
        self._acknowledged = None
        return verdict
