"""What two sides knew of one market's quote, and when: the stream's changes, the poller's readings."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

SLACK_NS = 1_000_000_000
"""How much older than its request a REST answer may be and still be recognised."""
DOLLAR_E6 = 1_000_000


class Quote(NamedTuple):
    """Best bid and ask in USD x 10^6, -1 for an empty side. at_ns: when the stream brought it."""

    at_ns: int
    bid_e6: int
    ask_e6: int

    @property
    def prices(self) -> tuple[int, int]:
        return self.bid_e6, self.ask_e6


class Poll(NamedTuple):
    """One answered REST request for a book. sent_ns, recv_ns: when it was asked and when answered."""

    sent_ns: int
    recv_ns: int
    bid_e6: int
    ask_e6: int

    @property
    def prices(self) -> tuple[int, int]:
        return self.bid_e6, self.ask_e6


class Seen(NamedTuple):
    """A poll and the stream's quote that it showed, by position; -1 where the stream never had such a one."""

    poll: Poll
    quote: int


def offered_e6(prices: tuple[int, int], side: str) -> int:
    """What one contract of a side costs at these prices, -1 where nobody offers it."""
    bid_e6, ask_e6 = prices
    if side == "yes":
        return ask_e6
    return DOLLAR_E6 - bid_e6 if bid_e6 >= 0 else -1


def is_offered(prices: tuple[int, int], side: str, price_e6: int) -> bool:
    """Whether a side can be had at this price or better."""
    return 0 <= offered_e6(prices, side) <= price_e6


def thin(polls: Sequence[Poll], every_s: float) -> list[Poll]:
    """The polls that somebody who asks less often would have made."""
    kept: list[Poll] = []
    for poll in polls:
        if not kept or poll.sent_ns - kept[-1].sent_ns >= every_s * 0.95e9:
            kept.append(poll)
    return kept


def recognise(quotes: Sequence[Quote], polls: Sequence[Poll]) -> list[Seen]:
    """Find the stream's quote that each poll showed: the newest of the same prices that stood while it was
    under way; else the nearest up to a second before, or after, as the stream too may lag."""
    starts = [quote.at_ns for quote in quotes]
    seen = []
    for poll in polls:
        oldest = max(0, bisect_right(starts, poll.sent_ns - SLACK_NS) - 1)
        first = max(0, bisect_right(starts, poll.sent_ns) - 1)
        behind = bisect_right(starts, poll.recv_ns)
        newest = bisect_right(starts, poll.recv_ns + SLACK_NS)
        order = (*range(behind - 1, first - 1, -1), *range(first - 1, oldest - 1, -1), *range(behind, newest))
        seen.append(Seen(poll, next((n for n in order if quotes[n].prices == poll.prices), -1)))
    return seen
