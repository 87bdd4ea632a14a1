"""Deaf or merely quiet: deciding from silence and evidence whether a connection still tells the market."""

import msgspec

from actors.errors import DeafError

EVIDENCE_APART_NS = 1_000_000_000
FIRST_BOOK_NS = 10_000_000_000


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How silent a venue may be.

    socket_s: without any frame at all, beyond which the connection is dead: above the venue's own
    heartbeat, or above our probe where it has none. quiet_s: without a book frame, beyond which the
    venue is asked by other ways. rest_lag_s: how old its REST answers may be; what it says is no
    evidence until the book has been silent for longer. probe_s: pause between two questions. refused_s:
    how long a venue that has refused one with 429 or 418, and named no time, is asked nothing more.
    gathers_s: how late the book's channel may tell what others have told at once, because it gathers
    changes for some time.
    """

    socket_s: float
    quiet_s: float = 3.0
    rest_lag_s: float = 2.0
    probe_s: float = 2.0
    refused_s: float = 30.0
    gathers_s: float = 0.0


class DeafWatch:
    """Two clocks and a list of evidence.

    A socket silent for longer than the venue's heartbeat is deaf. A book silent for long is only
    suspicious: a quiet market looks the same. It is deaf when two observations, a second or more apart
    and with no book frame since before the first, say that the market moved without it.
    """

    def __init__(self, venue: str, limits: Limits) -> None:
        self._venue = venue
        self._limits = limits
        self._socket_ns = int(limits.socket_s * 1e9)
        self._quiet_ns = int(limits.quiet_s * 1e9)
        self._lag_ns = int(limits.rest_lag_s * 1e9)
        self._gathers_ns = int(limits.gathers_s * 1e9)
        self.frame_ns = 0
        self.book_ns = 0
        self.has_book = False
        self._opened_ns = 0
        self._evidence = ""
        self._suspected_ns = 0

    def opened(self, now_ns: int) -> None:
        """The connection stands: both clocks start."""
        self.frame_ns = now_ns
        self.book_ns = now_ns
        self._opened_ns = now_ns

    def book_moved(self, recv_ns: int) -> None:
        """A book frame came: whatever was suspected is settled."""
        self.book_ns = recv_ns
        self._evidence = ""

    def quiet(self, now_ns: int) -> bool:
        """Whether the book has been silent for long enough to ask by other ways."""
        return now_ns - self.book_ns >= self._quiet_ns

    def counts(self, seen_ns: int, lagging: bool) -> bool:
        """Whether something seen at seen_ns can tell of the time after the last book frame.

        lagging: it comes from a source that may be as old as the venue's REST answers.
        """
        return seen_ns - self.book_ns >= (
            max(self._lag_ns, EVIDENCE_APART_NS) if lagging else EVIDENCE_APART_NS
        )

    def evidence(self, what: str, at_ns: int) -> None:
        """Take one observation that the market moved while the book stood still.

        Raises DeafError at the second one.
        """
        if not self._evidence:
            self._evidence = what
            self._suspected_ns = at_ns
        elif at_ns - self._suspected_ns >= EVIDENCE_APART_NS:
            silent_s = (at_ns - self.book_ns) / 1e9
            raise DeafError(f"{self._venue}'s book has been silent for {silent_s:.1f} s while {what}")

    def suspicion(self, now_ns: int) -> str:
        """What speaks against the book, once its channel has had the time to follow; else empty."""
        return self._evidence if now_ns - self._suspected_ns >= self._gathers_ns else ""

    def check(self, now_ns: int) -> None:
        """Raise DeafError if the socket is silent for too long, or no book ever came."""
        if now_ns - self.frame_ns > self._socket_ns:
            silent_s = (now_ns - self.frame_ns) / 1e9
            raise DeafError(f"{self._venue} has sent nothing for {silent_s:.1f} s")
        if not self.has_book and now_ns - self._opened_ns > FIRST_BOOK_NS:
            raise DeafError(f"{self._venue} has sent no book within {FIRST_BOOK_NS // 10**9} s")
