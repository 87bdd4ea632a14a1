"""What price actors say: books, quotes, trades and volumes of bitcoin exchanges.

Units throughout: prices in USD x 10^8 (`_e8`), sizes in BTC x 10^8 (`_e8`), times in nanoseconds
since the epoch. `frame` is the sequence number, in the same log, of the FrameReceived that the
message came from. `venue_ns` is the venue's own stamp, 0 where it gives none.
"""

from typing import ClassVar

from messages.base import Level, Message


class BookSnapshot(Message, frozen=True, array_like=True, gc=False):
    """The whole book of one symbol. Replaces whatever was known.

    bids fall, asks rise: best first. checkpoint: written by ourselves (at least every 10 s) from the
    deltas so far, so that a listener can start here; False: the venue sent it.
    """

    kind: ClassVar[int] = 20
    venue: str
    symbol: str
    frame: int
    recv_ns: int
    venue_ns: int
    bids: list[Level]
    asks: list[Level]
    checkpoint: bool


class BookChanged(Message, frozen=True, array_like=True, gc=False):
    """Levels that changed, each with its new absolute size; 0 removes the level."""

    kind: ClassVar[int] = 21
    venue: str
    symbol: str
    frame: int
    recv_ns: int
    venue_ns: int
    bids: list[Level]
    asks: list[Level]


class BookWithdrawn(Message, frozen=True, array_like=True, gc=False):
    """The book is no longer to be trusted, until the next BookSnapshot."""

    kind: ClassVar[int] = 22
    venue: str
    symbol: str
    frame: int
    at_ns: int
    reason: str


class QuoteChanged(Message, frozen=True, array_like=True, gc=False):
    """The best bid or ask changed, in price or in size. 0/0 where a side is empty."""

    kind: ClassVar[int] = 23
    venue: str
    symbol: str
    frame: int
    recv_ns: int
    venue_ns: int
    bid_e8: int
    bid_size_e8: int
    ask_e8: int
    ask_size_e8: int


class TradePrinted(Message, frozen=True, array_like=True, gc=False):
    """One trade. taker_buys: the aggressor bought, whatever side the venue itself reports."""

    kind: ClassVar[int] = 24
    venue: str
    symbol: str
    frame: int
    recv_ns: int
    venue_ns: int
    trade_id: str
    price_e8: int
    size_e8: int
    taker_buys: bool


class DayVolume(Message, frozen=True, array_like=True, gc=False):
    """Volume of the last 24 hours in BTC, as the venue reports it."""

    kind: ClassVar[int] = 25
    venue: str
    symbol: str
    frame: int
    recv_ns: int
    volume_e8: int
