"""Asking Polymarket's REST pages: one question at a time, and none for a while after a refusal."""

from actors.adapter import Get
from actors.errors import AddressRefusedError

VENUE = "polymarket"
REFUSED_NS = 10_000_000_000


class Pages:
    """trouble: why the last question brought nothing; empty when it did."""

    def __init__(self) -> None:
        self.trouble = ""
        self.asked_ns = 0
        self._pending = False
        self._next_ns = 0

    def ask(self, slug: str, now_ns: int) -> Get | None:
        """Ask about one quarter hour, if the time is right."""
        if self._pending or now_ns < self._next_ns:
            return None
        self._pending = True
        self.asked_ns = now_ns
        return Get(f"/events?slug={slug}", slug)

    def answered(self, get: Get, status: int, body: bytes, retry_after_s: float, now_ns: int) -> bool:
        """Take note of an answer; True if it is one to read. Raises AddressRefusedError."""
        self._pending = False
        self.trouble = ""
        if status == 200:
            return True
        if status in AddressRefusedError.statuses:
            raise AddressRefusedError(VENUE, get.path, status, body)
        self._next_ns = now_ns + max(REFUSED_NS, round(retry_after_s * 1e9))
        said = body[:160].decode("utf-8", "replace").strip()
        self.trouble = f"its pages cannot be reached: {said}" if status == 0 else f"its pages answer {status}"
        return False
