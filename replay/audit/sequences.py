"""The venues' own numbers, read once more from the raw frames: is one missing?

Only what is needed is decoded, by shapes of its own: the adapters' judgement is not asked. Which venue counts
what is what its documents say (see actors/prices/venues). Kraken, Bitstamp, itBit, LMAX, the older protocol
of Gemini, and Polymarket number nothing that must be without a hole.
"""

from abc import ABC, abstractmethod
from typing import Any, Final

import msgspec

from actors.kalshi.sequence import SequenceCounter, Verdict


class Numbers(ABC):
    """One connection's numbers. counted: messages that bore one."""

    def __init__(self) -> None:
        self.counted = 0
        self.opened()

    @abstractmethod
    def opened(self) -> None:
        """A new connection: the count begins anew."""

    @abstractmethod
    def take(self, data: bytes) -> str:
        """Read a frame; say which numbers are missing, or nothing."""


class _Match(msgspec.Struct, frozen=True, gc=False):
    type: str = ""
    trade_id: int = 0


class TradeIds(Numbers):
    """Coinbase: trades bear numbers without a hole, the only ones of its feed."""

    _decode = msgspec.json.Decoder(_Match).decode

    def opened(self) -> None:
        self._last = 0

    def take(self, data: bytes) -> str:
        if b"match" not in data[:40]:
            return ""
        match = self._decode(data)
        last = self._last
        if match.type == "last_match":
            self._last = match.trade_id
        elif match.type == "match":
            self.counted += 1
            self._last = max(last, match.trade_id)
            if last and match.trade_id > last + 1:
                return f"trades {last + 1} to {match.trade_id - 1} are missing"
        return ""


class _Depth(msgspec.Struct, frozen=True, gc=False):
    e: str = ""
    U: int = 0
    u: int = 0


class _Wrapped(msgspec.Struct, frozen=True, gc=False):
    data: _Depth = _Depth()


class UpdateIds(Numbers):
    """Binance, Binance.US, Gemini: each depthUpdate bears first and last number; they follow each other.

    Source: of Gemini the recordings, where an update may begin with the last number of the one before.
    """

    _flat = msgspec.json.Decoder(_Depth).decode
    _wrapped = msgspec.json.Decoder(_Wrapped).decode

    def opened(self) -> None:
        self._last = 0

    def take(self, data: bytes) -> str:
        if b"depthUpdate" not in data[:120]:
            return ""
        update = self._wrapped(data).data if data.startswith(b'{"stream"') else self._flat(data)
        last = self._last
        if update.e != "depthUpdate" or update.u <= last:
            return ""
        self.counted += 1
        self._last = update.u
        first = update.U
        if last and first > last + 1:
            return f"updates {last + 1} to {first - 1} are missing"
        return ""


class _Update(msgspec.Struct, frozen=True, gc=False):
    u: int = 0
    pu: int = 0


class _Result(msgspec.Struct, frozen=True, gc=False):
    channel: str = ""
    data: list[_Update] = []


class _Pushed(msgspec.Struct, frozen=True, gc=False):
    result: _Result = _Result()


class LinkedIds(Numbers):
    """Crypto.com: each update names the one that it follows."""

    _decode = msgspec.json.Decoder(_Pushed).decode

    def opened(self) -> None:
        self._last = 0

    def take(self, data: bytes) -> str:
        if b'"book' not in data:
            return ""
        result = self._decode(data).result
        missing = ""
        for update in result.data:
            if result.channel == "book.update":
                self.counted += 1
                if self._last and update.pu != self._last != update.u:
                    missing = f"updates between {self._last} and {update.pu} are missing"
            elif result.channel != "book":
                break
            self._last = update.u
        return missing


class _Ranged(msgspec.Struct, frozen=True, gc=False):
    sequenceNumberRange: tuple[int, int] = (0, 0)  # noqa: N815 - the venue's own name


class _Level2(msgspec.Struct, frozen=True, gc=False):
    type: str = ""
    data: _Ranged = _Ranged()


class Ranges(Numbers):
    """Bullish: frames bear ranges of numbers. A hole in front of a whole book loses nothing."""

    _decode = msgspec.json.Decoder(_Level2).decode

    def opened(self) -> None:
        self._last = 0

    def take(self, data: bytes) -> str:
        if b"sequenceNumberRange" not in data:
            return ""
        frame = self._decode(data)
        first, end = frame.data.sequenceNumberRange
        last, self._last = self._last, end
        self.counted += 1
        if last and end < last:
            return f"the numbers fell from {last} to {end}"
        if last and first > last + 1 and frame.type == "update":
            return f"updates {last + 1} to {first - 1} are missing"
        return ""


class _Numbered(msgspec.Struct, frozen=True, gc=False):
    type: str = ""
    sid: int = -1
    seq: int | None = None


class Subscriptions(Numbers):
    """Kalshi: one count for each subscription; acknowledgements may or may not take part in it."""

    _decode = msgspec.json.Decoder(_Numbered).decode
    _replies = frozenset({"subscribed", "ok", "unsubscribed", "error"})

    def opened(self) -> None:
        self._counters: dict[int, SequenceCounter] = {}

    def take(self, data: bytes) -> str:
        frame = self._decode(data)
        seq = frame.seq
        if seq is None:
            return ""
        counter = self._counters.get(frame.sid)
        if counter is None:
            counter = self._counters[frame.sid] = SequenceCounter()
        self.counted += 1
        if seq == counter.next:
            counter.last, counter.next = seq, seq + 1
            return ""
        before = counter.last
        is_reply = frame.type in self._replies
        verdict = counter.acknowledgement(seq) if is_reply else counter.data(seq)
        if verdict in (Verdict.GAP, Verdict.LOST):
            return f"number {seq} of subscription {frame.sid} follows {before}"
        return ""


_READERS: Final[dict[str, type[Numbers]]] = {
    "coinbase": TradeIds,
    "binance": UpdateIds,
    "binance_us": UpdateIds,
    "gemini": UpdateIds,
    "cryptocom": LinkedIds,
    "bullish": Ranges,
    "kalshi": Subscriptions,
}


def numbers_of(venue: str) -> Numbers | None:
    """Who reads a venue's numbers; None where it has none."""
    reader: Any = _READERS.get(venue)
    return reader() if reader is not None else None
