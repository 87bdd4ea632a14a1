"""When to ask a venue's REST ticker: for the volume, or because the book is suspiciously silent."""

FAILED_PAUSE_NS = 5_000_000_000


class TickerQuestions:
    """Decides when to ask; at most one question at a time, and none while the venue wants peace.

    poll_s: pause between two questions that nothing else calls for; 0: ask only once, and on suspicion;
    None: on suspicion alone. probe_s: pause between two questions on suspicion. refused_s: peace for a
    venue that says 429 or 418 and names no time.
    """

    def __init__(self, poll_s: float | None, probe_s: float, refused_s: float = 30.0) -> None:
        self._poll_ns = -1 if poll_s is None else int(poll_s * 1e9)
        self._probe_ns = int(probe_s * 1e9)
        self._refused_ns = int(refused_s * 1e9)
        self.asked_ns = 0
        self._asking = False
        self._not_before_ns = 0

    def due(self, now_ns: int, suspicious: bool) -> bool:
        """Whether to ask now; a yes counts as asked."""
        if self._asking or self.wants_peace(now_ns):
            return False
        since_ns = now_ns - self.asked_ns
        first = not self.asked_ns and self._poll_ns >= 0
        if first or 0 < self._poll_ns <= since_ns or (suspicious and since_ns >= self._probe_ns):
            self._asking = True
            self.asked_ns = now_ns
            return True
        return False

    def wants_peace(self, now_ns: int) -> bool:
        """Whether the venue is to be asked nothing at all for now."""
        return now_ns < self._not_before_ns

    def answered(self) -> None:
        """The question that was asked has come to its end, good or bad."""
        self._asking = False

    def refused(self, status: int, retry_after_s: float, recv_ns: int) -> None:
        """Take a failure of this or any other question to the same host.

        A venue that says 429 or 418, or names a time, is left in peace for as long as it says.
        """
        if retry_after_s > 0:
            pause_ns = int(retry_after_s * 1e9)
        else:
            pause_ns = self._refused_ns if status in (418, 429) else FAILED_PAUSE_NS
        self._not_before_ns = max(self._not_before_ns, recv_ns + pause_ns)
