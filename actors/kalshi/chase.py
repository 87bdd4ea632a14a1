"""Repeated questions about one market, ever more slowly, until what is missing has come."""

from typing import Final

import msgspec

from actors.kalshi.requests import Requests

SECOND_NS: Final = 1_000_000_000
SHORTEST_WAIT_NS: Final = SECOND_NS // 4
LONGEST_WAIT_S: Final = 60.0


class Chase(msgspec.Struct):
    """phase: what is asked for: `definition`, `strike`, `result` or `check`."""

    phase: str
    due_ns: int
    tries: int = 0


class Chaser:
    """Asks `/markets/{ticker}` by REST when it is time. Pure: the time is an argument."""

    def __init__(self, requests: Requests, speed: float) -> None:
        self._requests = requests
        self._speed = speed
        self._chases: dict[str, Chase] = {}

    def ask(self, ticker: str, phase: str, first_ns: int, now_ns: int) -> None:
        """Want this of a market; the first time not before first_ns."""
        chase = self._chases.get(ticker)
        if chase is None or chase.phase != phase:
            chase = self._chases[ticker] = Chase(phase, first_ns)
        if now_ns < chase.due_ns or self._requests.is_pending(f"market:{ticker}"):
            return
        self._requests.ask(f"/markets/{ticker}", f"market:{ticker}")
        chase.due_ns = now_ns + self.wait_ns(min(LONGEST_WAIT_S, 1.5**chase.tries))
        chase.tries = min(chase.tries + 1, 40)

    def forget(self, ticker: str) -> None:
        self._chases.pop(ticker, None)

    def wait_ns(self, seconds: float) -> int:
        """How long so many market seconds really last; never so short that the venue is pestered."""
        return max(SHORTEST_WAIT_NS, int(seconds / self._speed * SECOND_NS))
