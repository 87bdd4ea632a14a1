"""The seam between a feed (socket, clock, log) and a venue's knowledge (bytes in, messages out).

An adapter is sans-I/O: it opens no socket, reads no clock, starts no thread, draws no random number.
Every call gets the time as an argument. One adapter object serves one connection: after a crash the
process is new, and so is the adapter.
"""

from typing import Protocol

import msgspec

from messages import Message


class Send(msgspec.Struct, frozen=True):
    """A text frame to send on the stream."""

    data: bytes


class Get(msgspec.Struct, frozen=True):
    """A REST GET to make. path: with its query, relative to the adapter's `rest_url`.

    tag: the adapter's own name for what it asked. Replies come back one at a time through `reply`,
    in any order, and always: a request that fails in the network comes back with status 0.
    """

    path: str
    tag: str


Output = Message | Send | Get


class Handshake(msgspec.Struct, frozen=True):
    """Where the stream is, and with which extra headers to knock.

    ping_s: pause between two protocol pings of ours; some venues cut off who pings more often. 0: none
    are sent, for a venue that may not answer them.
    """

    url: str
    headers: dict[str, str] = {}
    ping_s: float = 5.0


class Freshness(msgspec.Struct, frozen=True):
    """Whether what the feed shows can be trusted now. age_ms: of the newest market data, -1 for none."""

    fresh: bool
    age_ms: int
    why_not: str = ""


class Adapter(Protocol):
    """A venue's wire format. Whatever cannot be healed inside the protocol is raised as ActorsError."""

    venue: str
    rest_url: str

    def handshake(self, now_ns: int) -> Handshake | None:
        """Say where to connect; None: there is no stream, everything comes by REST."""

    def opened(self, conn: int, now_ns: int) -> list[Output]:
        """The connection stands (or polling begins): ask for what is needed."""

    def frame(self, data: bytes, recv_ns: int, ref: int) -> list[Output]:
        """Take one frame in, messages out. ref: its record's sequence number in this feed's log."""

    def reply(
        self, get: Get, status: int, body: bytes, retry_after_s: float, recv_ns: int, ref: int
    ) -> list[Output]:
        """Take one REST reply in. status 0: the network failed and body is the reason as text."""

    def tick(self, now_ns: int) -> list[Output]:
        """Do what is due: checkpoints, probes, deadlines. Called about ten times a second."""

    def round_trip(self, rtt_ns: int, now_ns: int) -> None:
        """Take the time that the stream's own ping took."""

    def pinged(self, now_ns: int) -> None:
        """The venue has sent a protocol ping; it is answered already."""

    def freshness(self, now_ns: int) -> Freshness:
        """Say whether every book that must stand does stand, and how old the newest data is."""

    def latency(self, now_ns: int) -> "LatencySummary":
        """Venue stamp to receipt since the last call, and forget it."""

    def counts(self) -> "AdapterCounts":
        """Gaps and drifts since the start."""


class LatencySummary(msgspec.Struct, frozen=True):
    """-1 where nothing was stamped."""

    p50_ms: float = -1.0
    p99_ms: float = -1.0
    offset_ms: float = 0.0


class AdapterCounts(msgspec.Struct, frozen=True):
    gaps: int = 0
    drifts: int = 0
