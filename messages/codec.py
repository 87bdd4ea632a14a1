"""Message <-> bytes. The only place that knows the encoding (MessagePack arrays, fields by position)."""

from typing import Any, Final

import msgspec

from messages import contract, control, decision, feed, index, market, paper, polymarket, store
from messages.base import Message
from messages.errors import UnknownKindError

MESSAGE_TYPES: Final[tuple[type[Message], ...]] = (
    control.ActorStarted,
    control.ActorStopped,
    control.Turn,
    control.ActorStateChanged,
    control.RecordsLost,
    feed.FrameReceived,
    feed.FeedOpened,
    feed.FeedClosed,
    feed.FeedGap,
    feed.FeedHealth,
    feed.DriftSeen,
    market.BookSnapshot,
    market.BookChanged,
    market.BookWithdrawn,
    market.QuoteChanged,
    market.TradePrinted,
    market.DayVolume,
    polymarket.PolymarketDefined,
    polymarket.PolymarketQuote,
    polymarket.PolymarketWithdrawn,
    polymarket.PolymarketResolved,
    contract.MarketDefined,
    contract.MarketBookSnapshot,
    contract.MarketBookChanged,
    contract.MarketBookWithdrawn,
    contract.MarketQuoteChanged,
    contract.MarketTraded,
    contract.MarketTicker,
    contract.MarketRoleChanged,
    contract.OfficialIndexPublished,
    contract.MarketChecked,
    index.IndexValue,
    index.IndexCompared,
    index.SettlementAverage,
    index.SettlementCompared,
    decision.FairValue,
    decision.Signal,
    decision.Indicators,
    decision.Decision,
    decision.DecisionWithheld,
    decision.SettlementMismatch,
    decision.VolatilityState,
    paper.PaperOrder,
    paper.PaperFill,
    paper.PaperRefused,
    paper.PaperSettled,
    paper.PaperAccount,
    store.SegmentStored,
    store.StoreTrimmed,
    store.StoreTroubled,
)
KINDS: Final[dict[int, type[Message]]] = {cls.kind: cls for cls in MESSAGE_TYPES}


def kinds(*types: type[Message]) -> frozenset[int]:
    """The kinds of these messages, as readers of logs ask for them."""
    return frozenset(one.kind for one in types)


encode = msgspec.msgpack.Encoder().encode
"""Message -> payload bytes. The kind is not in the payload; the record header carries it."""

_BEAT_ENCODER: Final = msgspec.json.Encoder()
_BEAT_DECODER: Final = msgspec.json.Decoder(control.Beat | control.Died)

_DECODERS: Final[dict[int, msgspec.msgpack.Decoder[Any]]] = {
    cls.kind: msgspec.msgpack.Decoder(cls) for cls in MESSAGE_TYPES
}


def decode(kind: int, payload: bytes | memoryview) -> Message:
    """Turn a record's payload back into its message.

    Raises UnknownKindError for a kind of a later version, msgspec.DecodeError for bytes that are not
    what the kind says.
    """
    decoder = _DECODERS.get(kind)
    if decoder is None:
        message = f"message kind {kind} is not known to this version"
        raise UnknownKindError(message)
    try:
        decoded: Message = decoder.decode(payload)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from error
    return decoded


def encode_beat(said: control.Beat | control.Died) -> bytes:
    """Beat or Died -> one newline-terminated line of JSON, as it goes to the supervisor."""
    return _BEAT_ENCODER.encode(said) + b"\n"


def decode_beat(line: bytes | bytearray) -> control.Beat | control.Died | None:
    """One line from a child -> what it says, or None where the line is not what it should be."""
    try:
        said: control.Beat | control.Died = _BEAT_DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return said


def to_json_fields(message: Message) -> dict[str, Any]:
    """Name a message's fields for people and scripts: {"type": ..., field: value, ...}."""
    fields = msgspec.to_builtins({name: getattr(message, name) for name in message.__struct_fields__})
    return {"type": type(message).__name__, **fields}
