"""What actors say, and the log in which they say it. Imports nothing of the other packages."""

from messages.base import Level, Message
from messages.codec import KINDS, MESSAGE_TYPES, decode, decode_beat, encode, encode_beat, to_json_fields
from messages.contract import (
    DOLLAR_E6,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    MarketTicker,
    MarketTraded,
    OfficialIndexPublished,
)
from messages.control import (
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    Assignment,
    Beat,
    Died,
    Read,
    Turn,
)
from messages.decision import FairValue, Signal
from messages.feed import DriftSeen, FeedClosed, FeedGap, FeedHealth, FeedOpened, FrameReceived
from messages.index import IndexValue, LeftOut, Share
from messages.market import (
    BookChanged,
    BookSnapshot,
    BookWithdrawn,
    DayVolume,
    QuoteChanged,
    TradePrinted,
)

__all__ = [
    "DOLLAR_E6",
    "KINDS",
    "MESSAGE_TYPES",
    "ActorStarted",
    "ActorStateChanged",
    "ActorStopped",
    "Assignment",
    "Beat",
    "BookChanged",
    "BookSnapshot",
    "BookWithdrawn",
    "DayVolume",
    "Died",
    "DriftSeen",
    "FairValue",
    "FeedClosed",
    "FeedGap",
    "FeedHealth",
    "FeedOpened",
    "FrameReceived",
    "IndexValue",
    "LeftOut",
    "Level",
    "MarketBookChanged",
    "MarketBookSnapshot",
    "MarketBookWithdrawn",
    "MarketDefined",
    "MarketQuoteChanged",
    "MarketRoleChanged",
    "MarketTicker",
    "MarketTraded",
    "Message",
    "OfficialIndexPublished",
    "QuoteChanged",
    "Read",
    "Share",
    "Signal",
    "TradePrinted",
    "Turn",
    "decode",
    "decode_beat",
    "encode",
    "encode_beat",
    "to_json_fields",
]
