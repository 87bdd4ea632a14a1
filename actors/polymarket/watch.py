"""Deaf or merely quiet, as far as Polymarket lets one tell."""

from actors.errors import DeafError

SOCKET_NS = 12_000_000_000
"""Our PING goes out every five seconds; two without PONG, and nobody is there."""
QUIET_NS = 20_000_000_000
"""A running market's book silent for longer is asked after by REST."""


class Watch:
    """Two clocks and one piece of evidence.

    REST answers come from a cache of unknown age, so one that differs from our book proves nothing. Two that
    differ from each other, both asked for after 20 s of silence, say that the market moves without us.
    """

    def __init__(self, now_ns: int) -> None:
        self.frame_ns = now_ns
        self._book_ns = now_ns
        self._touch: tuple[float, float] | None = None

    def moved(self, recv_ns: int) -> None:
        """A book was sent or changed: whatever was suspected is settled."""
        self._book_ns = recv_ns
        self._touch = None

    def quiet(self, now_ns: int) -> bool:
        """Whether the books have been silent for long enough to ask by REST."""
        return now_ns - self._book_ns > QUIET_NS

    def seen(self, touch: tuple[float, float] | None, asked_ns: int) -> None:
        """Take the touch that REST has shown to a question of asked_ns. Raises DeafError."""
        if touch is None or not self.quiet(asked_ns):
            return
        if self._touch is not None and self._touch != touch:
            silent_s = (asked_ns - self._book_ns) / 1e9
            raise DeafError(f"Polymarket's books have been silent for {silent_s:.0f} s while its pages move")
        self._touch = touch

    def check(self, now_ns: int) -> None:
        """Raise DeafError if the socket is silent for too long."""
        if now_ns - self.frame_ns > SOCKET_NS:
            silent_s = (now_ns - self.frame_ns) / 1e9
            raise DeafError(f"Polymarket has sent nothing for {silent_s:.1f} s")
