"""REST requests at a polite pace: asked for by name, sent when the rate allows, slower after a refusal."""

from actors.adapter import Get

SECOND_NS = 1_000_000_000
LONGEST_PAUSE_S = 60.0
SLOWEST_SHARE = 1 / 16
RECOVERY = 1.02
"""Growth of the rate with each good answer, after it was halved."""
MOST_IN_FLIGHT = 2


class Requests:
    """A queue of GETs. At most `rate_per_s` leave in a second, at most two wait for their answers.

    429: nothing is sent for as long as `Retry-After` says, or for 1, 2, 4 … 60 s where it says nothing
    (Kalshi does not), the rate is halved, and recovers by 2 % with every good answer.
    """

    def __init__(self, rate_per_s: float) -> None:
        self._full_rate = rate_per_s
        self._rate = rate_per_s
        self._next_ns = 0
        self._refusals = 0
        self._waiting: dict[str, str] = {}
        self._in_flight: set[str] = set()
        self.failures = 0
        self.trouble = ""
        self.trouble_fault = ""

    def ask(self, path: str, tag: str, urgent: bool = False) -> None:
        """Want this once. Asked again while it waits or is under way, it stays one request."""
        if tag in self._waiting or tag in self._in_flight:
            return
        if urgent:
            self._waiting = {tag: path, **self._waiting}
        else:
            self._waiting[tag] = path

    def is_pending(self, tag: str) -> bool:
        return tag in self._waiting or tag in self._in_flight

    def due(self, now_ns: int) -> list[Get]:
        """Give what may be sent now."""
        out: list[Get] = []
        while self._waiting and len(self._in_flight) < MOST_IN_FLIGHT and now_ns >= self._next_ns:
            tag, path = next(iter(self._waiting.items()))
            del self._waiting[tag]
            self._in_flight.add(tag)
            out.append(Get(path, tag))
            # A second of burst: the start need not wait, and a late tick does not slow us down.
            self._next_ns = max(self._next_ns, now_ns - SECOND_NS) + int(SECOND_NS / self._rate)
        return out

    def answered(self, get: Get, status: int, body: bytes, retry_after_s: float, now_ns: int) -> bool:
        """Take note of an answer; True if it is one to read (2xx, or 404 for what is not there yet)."""
        self._in_flight.discard(get.tag)
        if status == 429:
            self._refusals += 1
            self._rate = max(self._rate / 2, self._full_rate * SLOWEST_SHARE)
            pause_s = retry_after_s or min(LONGEST_PAUSE_S, 2.0 ** min(self._refusals - 1, 6))
            self._next_ns = max(self._next_ns, now_ns + int(pause_s * SECOND_NS))
            self.trouble, self.trouble_fault = "Kalshi's REST says too many requests", "venue"
            return False
        if 200 <= status < 300 or status == 404:
            self._refusals = 0
            self._rate = min(self._full_rate, self._rate * RECOVERY)
            self.failures = 0
            self.trouble = ""
            return True
        self.failures += 1
        self._next_ns = max(self._next_ns, now_ns + min(self.failures, 10) * SECOND_NS // 4)
        said = body[:160].decode("utf-8", "replace").strip()
        if status == 0:
            self.trouble, self.trouble_fault = f"Kalshi's REST cannot be reached: {said}", "network"
        else:
            self.trouble, self.trouble_fault = f"Kalshi's REST answers {status}: {said}", "venue"
        return False
