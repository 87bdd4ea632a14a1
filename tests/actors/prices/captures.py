"""Recorded sessions of the real venues, used in place; tests are skipped where they are absent."""

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from actors.adapter import Output
from actors.prices.venue import VenueAdapter
from messages import BookChanged, BookSnapshot, BookWithdrawn, Message

CAPTURES = Path(__file__).parents[4] / "shared" / "reference" / "captures"
START_NS = 1_783_465_200_000_000_000


def lines(path: str) -> list[bytes]:
    """Frames of a recording, one a line."""
    file = CAPTURES / path
    if not file.exists():
        pytest.skip(f"no recording at {file}")
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return raw.splitlines()


def received(path: str) -> list[bytes]:
    """Received frames of a cryptofeed recording: `<time>: <json>`; others start with an address."""
    return [line.split(b": ", 1)[1] for line in lines(path) if line[:1].isdigit()]


def fed(adapter: VenueAdapter, frames: list[bytes]) -> list[Output]:
    """Everything the adapter says to the frames, a millisecond apart."""
    out = list(adapter.opened(1, START_NS))
    for number, frame in enumerate(frames, start=1):
        out += adapter.frame(frame, START_NS + number * 1_000_000, number)
    return out


def counted(outputs: list[Output]) -> dict[str, int]:
    """Number of messages by type."""
    counts: dict[str, int] = {}
    for output in outputs:
        if isinstance(output, Message):
            counts[type(output).__name__] = counts.get(type(output).__name__, 0) + 1
    return counts


class Follower:
    """A listener's book, from messages alone, as plainly as can be."""

    def __init__(self) -> None:
        self.bids: dict[int, int] = {}
        self.asks: dict[int, int] = {}
        self.stands = False

    def follow(self, outputs: list[Any]) -> "Follower":
        for message in outputs:
            if isinstance(message, BookSnapshot):
                self.bids, self.asks, self.stands = dict(message.bids), dict(message.asks), True
            elif isinstance(message, BookWithdrawn):
                self.stands = False
            elif isinstance(message, BookChanged):
                for side, levels in ((self.bids, message.bids), (self.asks, message.asks)):
                    for price, size in levels:
                        side[price] = size
                        if not size:
                            del side[price]
                assert max(self.bids) < min(self.asks)
        return self


def loads(frame: bytes) -> Any:
    return orjson.loads(frame)
