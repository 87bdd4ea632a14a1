"""Whether what a feed said last still stands."""

from messages import FeedHealth

ABSENT = "absent"
WITHDRAWN = "withdrawn"
STALE = "stale"


class Standing:
    """How a quote stands, from the feed's own words. One object per book.

    A quote is as young as the feed's last word that it still stands: its own receive stamp or a health
    report that calls the feed fresh. Taken back (book withdrawn, feed closed, feed started anew, gap),
    it is gone until the next quote. A feed that calls itself not fresh takes it back until the next
    quote or the next report that it is fresh.
    """

    __slots__ = ("_confirmed_ns", "_doubted", "_quoted_ns", "_withdrawn")

    def __init__(self) -> None:
        self._quoted_ns = 0
        self._confirmed_ns = 0
        self._withdrawn = ABSENT
        self._doubted = False

    def heard(self) -> bool:
        """Whether there was ever a quote."""
        return self._withdrawn != ABSENT

    def held(self) -> bool:
        """Whether there is a quote that was not taken back, doubted or not."""
        return self._withdrawn == ""

    def stands(self) -> bool:
        """Whether there is a quote and nobody doubts it."""
        return self._withdrawn == "" and not self._doubted

    def quoted(self, recv_ns: int) -> bool:
        """Take a quote; say whether that brought the book back."""
        back = self._withdrawn != "" or self._doubted
        self._quoted_ns = recv_ns
        # A quote that is only said again bears its old stamp: it does not make the book older.
        if back or recv_ns > self._confirmed_ns:
            self._confirmed_ns = recv_ns
        self._withdrawn = ""
        self._doubted = False
        return back

    def withdraw(self) -> bool:
        """Take the quote back; say whether it stood."""
        stood = self.stands()
        if self._withdrawn == "":
            self._withdrawn = WITHDRAWN
        return stood

    def gap(self, to_ns: int) -> bool:
        """Take back what was quoted before the end of a gap; say whether it stood."""
        return self.withdraw() if self._quoted_ns < to_ns else False

    def health(self, health: FeedHealth) -> bool:
        """Take a feed's report on itself; say whether it changed anything but the age."""
        doubted = not health.fresh
        changed = doubted != self._doubted and self._withdrawn == ""
        self._doubted = doubted
        if health.fresh:
            self._confirmed_ns = health.at_ns
        return changed

    def trouble(self, now_ns: int, limit_ns: int) -> str:
        """Say why the quote must not be used: `absent`, `withdrawn`, `stale`; empty if it may.

        A stamp further in the future than the limit is as bad as one in the past: a clock jumped.
        """
        if self._withdrawn:
            return self._withdrawn
        if self._doubted:
            return WITHDRAWN
        if -limit_ns <= now_ns - self._confirmed_ns <= limit_ns:
            return ""
        return STALE

    def until_ns(self, limit_ns: int) -> int:
        """When the quote goes stale if the feed says nothing more."""
        return self._confirmed_ns + limit_ns
