"""Kraken's checksums, computed over the rebuilt book: the venue's own word on every state of it.

The best ten levels a side as text without dot and leading zeros, asks first; CRC-32 of that. The newest frame
that was told of in full is looked at: of several frames in one read, the last.

Source: docs.kraken.com/api/docs/guides/spot-ws-book-v2.
"""

import re
from heapq import nlargest, nsmallest
from typing import Final
from zlib import crc32

import msgspec

from messages import FrameReceived
from replay.audit.books import Books

LEVELS: Final = 10
USUAL_DECIMALS: Final = (1, 8)
"""Of BTC/USD, price and quantity, until the page of pairs is there."""
_CHECKSUM: Final = re.compile(rb'"checksum":\s*(\d+)')
_PAIRS: Final = "GET /0/public/AssetPairs"


class _Pair(msgspec.Struct, frozen=True):
    pair_decimals: int
    lot_decimals: int


class _Pairs(msgspec.Struct, frozen=True):
    result: dict[str, _Pair]


class Checksums:
    """Of one feed. compared: states of the book."""

    def __init__(self) -> None:
        self.compared = 0
        self._decimals = USUAL_DECIMALS
        self._told: tuple[int, int] | None = None

    def forget(self) -> None:
        """A run begins, or records are missing."""
        self._told = None

    def take(self, frame: FrameReceived, seq: int) -> None:
        """Note what a frame says of the book, or how its numbers are written."""
        if frame.source == "ws":
            if b'"channel":"book"' in frame.data[:40]:
                match = _CHECKSUM.search(frame.data, max(0, len(frame.data) - 120))
                self._told = (seq, int(match[1])) if match is not None else None
        elif frame.source.startswith(_PAIRS) and frame.source.endswith(" 200"):
            try:
                (pair,) = msgspec.json.decode(frame.data, type=_Pairs).result.values()
            except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
                return
            self._decimals = (pair.pair_decimals, pair.lot_decimals)

    def compare(self, books: Books) -> tuple[int, str] | None:
        """Hold the book against what the newest frame says of it, once: its number, and what is wrong."""
        told, self._told = self._told, None
        if told is None or len(books.books) != 1:
            return None
        (book,) = books.books.values()
        if not book.stands:
            return None
        self.compared += 1
        price, quantity = (10 ** (8 - decimals) for decimals in self._decimals)
        top = nsmallest(LEVELS, book.asks.sizes.items()) + nlargest(LEVELS, book.bids.sizes.items())
        text = "".join([f"{level // price}{size // quantity}" for level, size in top])
        seq, checksum = told
        return seq, "" if crc32(text.encode()) == checksum else "the venue's checksum does not fit the book"
