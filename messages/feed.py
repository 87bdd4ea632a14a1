"""What every feed says about its connection, whatever its venue."""

from typing import ClassVar

from messages.base import Message


class FrameReceived(Message, frozen=True, array_like=True, gc=False):
    """One frame or REST body as it came off the wire, written before anything parses it.

    conn: number of the connection in this log, counting from 1 over all restarts.
    recv_ns: wall clock when its last byte had been read. source: `ws`, or `GET /path?query STATUS`.
    """

    kind: ClassVar[int] = 10
    conn: int
    recv_ns: int
    source: str
    data: bytes


class FeedOpened(Message, frozen=True, array_like=True, gc=False):
    """A connection stands and its subscriptions are on their way.

    local: our end, `host:port`, so that a recording can be matched with a server's own. mode:
    `stream` or `poll`.
    """

    kind: ClassVar[int] = 11
    venue: str
    conn: int
    at_ns: int
    url: str
    local: str
    mode: str


class FeedClosed(Message, frozen=True, array_like=True, gc=False):
    """The connection is over, and why. Missing after a SIGKILL; `FeedGap` is not.

    fault: `none` (asked to stop), `venue`, `network`, `configuration` or `internal`.
    """

    kind: ClassVar[int] = 12
    venue: str
    conn: int
    at_ns: int
    reason: str
    fault: str


class FeedGap(Message, frozen=True, array_like=True, gc=False):
    """An interval without data: from the last frame of the old connection to the first of this one.

    from_ns is 0 for the first connection that this log ever saw.
    """

    kind: ClassVar[int] = 13
    venue: str
    conn: int
    from_ns: int
    to_ns: int
    reason: str


class FeedHealth(Message, frozen=True, array_like=True, gc=False):
    """How a feed does, once a second.

    fresh: every book it must keep is trusted and young. age_ms: since the last market data.
    frames, gaps, drifts: since the process started. latency_*: venue stamp to receipt over the last
    second, the estimated clock offset taken off; -1 where the venue stamps nothing. offset_ms: our
    clock minus the venue's, as estimated. reason: why it is not fresh.
    """

    kind: ClassVar[int] = 14
    venue: str
    conn: int
    at_ns: int
    fresh: bool
    age_ms: int
    frames: int
    gaps: int
    drifts: int
    latency_p50_ms: float
    latency_p99_ms: float
    offset_ms: float
    reason: str


class DriftSeen(Message, frozen=True, array_like=True, gc=False):
    """The venue said something that its documents do not name, or left out something that they do.

    what: `type`, `field`, `code`, `value`, `ack` or `channel`. count: so far, in this process; sent
    when a name is new, and again at each power of ten.
    """

    kind: ClassVar[int] = 15
    venue: str
    at_ns: int
    what: str
    name: str
    count: int
