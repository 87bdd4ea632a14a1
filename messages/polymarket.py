"""What the Polymarket feed says: its quarter hours, the quotes of Up, and how they end.

It settles on a different source (one price of Chainlink's BTC/USD stream at the end against one at the
start), so no position that spans it and Kalshi is ever riskless.

Units throughout: prices of a token in dollars x 10^6 and counts of tokens x 10^6 (`_e6`), bitcoin prices in
USD x 10^8 (`_e8`), times in nanoseconds since the epoch. `frame` is the sequence number, in the same log, of
the FrameReceived that the message came from. A quarter hour is known by its slug,
`btc-updown-15m-<unix start>`.
"""

from typing import ClassVar

from messages.base import Message


class PolymarketDefined(Message, frozen=True, array_like=True, gc=False):
    """One quarter hour as far as it is known. Sent again whenever any of it changes; the newest holds.

    start_ns, end_ns: as the slug names them. up_token, down_token: ids of the two outcomes' tokens.
    tick_e6: step of their prices now. start_e8: the price that it started at by its own source, -1 while
    Polymarket has not told it.
    """

    kind: ClassVar[int] = 30
    slug: str
    frame: int
    at_ns: int
    start_ns: int
    end_ns: int
    condition_id: str
    up_token: str
    down_token: str
    tick_e6: int
    start_e8: int


class PolymarketQuote(Message, frozen=True, array_like=True, gc=False):
    """Best bid or ask of the Up token of the running quarter hour changed, in price or in size.

    An empty side is -1 with size 0. end_ns, start_e8: as in PolymarketDefined. The Down token's book is the
    same book seen from the other side. Said again at least every 10 s.
    """

    kind: ClassVar[int] = 31
    slug: str
    frame: int
    recv_ns: int
    venue_ns: int
    end_ns: int
    bid_e6: int
    bid_size_e6: int
    ask_e6: int
    ask_size_e6: int
    start_e8: int


class PolymarketWithdrawn(Message, frozen=True, array_like=True, gc=False):
    """The quote no longer holds, until the next PolymarketQuote: the book is in doubt, or time is up."""

    kind: ClassVar[int] = 32
    slug: str
    frame: int
    at_ns: int
    reason: str


class PolymarketResolved(Message, frozen=True, array_like=True, gc=False):
    """A quarter hour was decided. outcome: `up` or `down`, by its own source."""

    kind: ClassVar[int] = 33
    slug: str
    frame: int
    at_ns: int
    outcome: str
