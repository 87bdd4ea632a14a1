"""What the Kalshi feed says: markets, their books, trades, strikes and results.

Units throughout: prices in dollars x 10^6 (`_e6`), contract counts x 100 (`_e2`, Kalshi's own step),
times in nanoseconds since the epoch. Exact: no binary floating point between wire and message.
A book is held in YES prices on both sides: an ask at p is a NO bid at 1 - p. `frame` is the sequence
number, in the same log, of the FrameReceived that the message came from.
"""

from typing import ClassVar

from messages.base import Level, Message

DOLLAR_E6 = 1_000_000


class MarketDefined(Message, frozen=True, array_like=True, gc=False):
    """One market as far as it is known. Sent again whenever any of it changes; the newest holds.

    strike_e6, expiration_e6 (the settlement average): -1 while unknown. strike_source: `lifecycle`,
    `rest`, `previous` (the market before it settled there) or ``. status: Kalshi's own word. result:
    `yes`, `no`, `scalar` or ``. ticks: price ladder as [start_e6, end_e6, step_e6] rows, [] if unknown.
    fee_type, fee_multiplier: in force now, `` if unknown; fee_source: `series`, or `event` where the event
    has an override of its own.
    """

    kind: ClassVar[int] = 40
    ticker: str
    event_ticker: str
    series: str
    at_ns: int
    open_ns: int
    close_ns: int
    status: str
    strike_type: str
    strike_e6: int
    strike_source: str
    result: str
    expiration_e6: int
    ticks: list[tuple[int, int, int]]
    fee_type: str
    fee_multiplier: str
    frame: int = 0
    fee_source: str = ""


class MarketBookSnapshot(Message, frozen=True, array_like=True, gc=False):
    """The whole book of one market, in YES prices, best first. Replaces whatever was known.

    checkpoint: written by ourselves, at least every 10 s.
    """

    kind: ClassVar[int] = 41
    ticker: str
    frame: int
    recv_ns: int
    venue_ns: int
    sid: int
    seq: int
    bids: list[Level]
    asks: list[Level]
    checkpoint: bool


class MarketBookChanged(Message, frozen=True, array_like=True, gc=False):
    """One level's new absolute count (`count_e2`, 0 removes it) and the change that led there."""

    kind: ClassVar[int] = 42
    ticker: str
    frame: int
    recv_ns: int
    venue_ns: int
    sid: int
    seq: int
    is_bid: bool
    price_e6: int
    count_e2: int
    change_e2: int


class MarketBookWithdrawn(Message, frozen=True, array_like=True, gc=False):
    """The market's book is no longer to be trusted, until its next MarketBookSnapshot."""

    kind: ClassVar[int] = 43
    ticker: str
    frame: int
    at_ns: int
    reason: str


class MarketQuoteChanged(Message, frozen=True, array_like=True, gc=False):
    """Best bid or ask of a market changed. An empty side is -1 with count 0."""

    kind: ClassVar[int] = 44
    ticker: str
    frame: int
    recv_ns: int
    venue_ns: int
    bid_e6: int
    bid_count_e2: int
    ask_e6: int
    ask_count_e2: int


class MarketTraded(Message, frozen=True, array_like=True, gc=False):
    """One trade at a YES price. taker_buys_yes: the aggressor bought YES (or sold NO)."""

    kind: ClassVar[int] = 45
    ticker: str
    frame: int
    recv_ns: int
    venue_ns: int
    trade_id: str
    price_e6: int
    count_e2: int
    taker_buys_yes: bool
    is_block: bool


class MarketTicker(Message, frozen=True, array_like=True, gc=False):
    """Kalshi's own summary line of a market; -1 where it gives no value."""

    kind: ClassVar[int] = 46
    ticker: str
    frame: int
    recv_ns: int
    venue_ns: int
    last_e6: int
    bid_e6: int
    bid_count_e2: int
    ask_e6: int
    ask_count_e2: int
    volume_e2: int
    open_interest_e2: int


class MarketRoleChanged(Message, frozen=True, array_like=True, gc=False):
    """Which market of a series runs now and which comes next; empty where there is none.

    Of a series with several strikes at a time: the one that was nearest the index when they were chosen.
    """

    kind: ClassVar[int] = 47
    series: str
    at_ns: int
    running: str
    upcoming: str


class OfficialIndexPublished(Message, frozen=True, array_like=True, gc=False):
    """A value of the official index, relayed by Kalshi.

    source_ns: the index's own stamp. hz: 1 or 5. avg60_e6: mean of the last 60 s as Kalshi gives it;
    window_e6, window_count: the running average of the closing minute, -1 and 0 outside of it.
    """

    kind: ClassVar[int] = 48
    index_id: str
    frame: int
    recv_ns: int
    source_ns: int
    hz: int
    value_e6: int
    avg60_e6: int
    window_e6: int
    window_count: int


class MarketChecked(Message, frozen=True, array_like=True, gc=False):
    """A settled market was read once more by REST and held against everything said of it before.

    strike_e6, expiration_e6: as REST has them now, -1 where it has none. result: likewise, `` for none.
    differences: one clause each, with both figures; empty where all agree. frame: of that last reading.
    """

    kind: ClassVar[int] = 49
    ticker: str
    at_ns: int
    strike_e6: int
    result: str
    expiration_e6: int
    differences: list[str]
    frame: int
