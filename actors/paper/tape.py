"""The market feed's records, held back until no order can meet the book before them."""

from collections import deque
from typing import NamedTuple

from messages import ActorStarted, FeedGap, MarketBookChanged, MarketBookSnapshot, Message

HELD_NS = 2_000_000_000
"""How long a record is held: a decision that reaches us later than this finds its book gone."""
CLOCK_JUMP_NS = 5_000_000_000
"""A stamp this far behind those before it: the clock was set back."""


class Entry(NamedTuple):
    """A record, its number in the market feed's log, and when it was true."""

    at_ns: int
    seq: int
    message: Message


class Tape:
    """Records by their own stamps, which never fall. heard_ns: the newest; passed_ns: up to which books
    have been brought. A reader of several logs gets a decision after records that are younger than it;
    since these wait here, the order still meets the book that stood at its own time.
    """

    def __init__(self) -> None:
        self._held: deque[Entry] = deque()
        self._last_ns = 0
        self.heard_ns = 0
        self.passed_ns = 0
        self.passed_seq = 0

    def take(self, seq: int, message: Message) -> list[Entry]:
        """Take a record. Returns what must be passed at once, because the clock was set back."""
        at_ns = stamp_ns(message)
        overtaken: list[Entry] = []
        if at_ns < self.heard_ns - CLOCK_JUMP_NS:
            overtaken = self.until(self.heard_ns)
            self.heard_ns = self.passed_ns = self._last_ns = at_ns
        self.heard_ns = max(self.heard_ns, at_ns)
        self._held.append(Entry(self.heard_ns, seq, message))
        return overtaken

    def until(self, at_ns: int) -> list[Entry]:
        """Pass all records up to a time, that time included."""
        passed: list[Entry] = []
        held = self._held
        while held and held[0].at_ns <= at_ns:
            passed.append(held.popleft())
        if passed:
            self._last_ns, self.passed_seq, _ = passed[-1]
        self.passed_ns = max(self.passed_ns, min(at_ns, self.heard_ns))
        return passed

    def settled(self) -> list[Entry]:
        """Pass what has been held long enough."""
        return self.until(self.heard_ns - HELD_NS)

    def blind(self, at_ns: int, limit_ns: int) -> str:
        """Say why nobody saw the market at a time up to which all is passed; empty if somebody did.

        limit_ns: longest silence from the last record before to the first one after.
        """
        silent = f"Kalshi's feed was silent for more than {limit_ns / 1e9:g} s"
        if not self._held:
            return silent
        following = self._held[0]
        if isinstance(following.message, ActorStarted):
            return "Kalshi's feed was not running"
        if isinstance(following.message, FeedGap) and following.message.from_ns <= at_ns:
            return "Kalshi's feed had a gap"
        return silent if following.at_ns - self._last_ns > limit_ns else ""


def stamp_ns(message: Message) -> int:
    """When a record of the market feed's log was true."""
    if isinstance(message, (MarketBookChanged, MarketBookSnapshot)):
        return message.recv_ns
    at_ns: int = message.to_ns if isinstance(message, FeedGap) else message.at_ns  # type: ignore[attr-defined]
    return at_ns
