"""What actors and the supervisor say to each other, and what an actor notes about its own run."""

from typing import Any, ClassVar

import msgspec

from messages.base import Message


class ActorStarted(Message, frozen=True, array_like=True, gc=False):
    """First record of every run of an actor. From here its state starts empty.

    session: name of the supervisor's run. settings: the actor's configuration as JSON.
    """

    kind: ClassVar[int] = 1
    name: str
    session: str
    pid: int
    at_ns: int
    version: str
    settings: str


class ActorStopped(Message, frozen=True, array_like=True, gc=False):
    """Last record of a run that ended in good order or by its own error; a SIGKILL leaves none.

    fault: `none` or who must act: `venue`, `network`, `machine`, `configuration`, `internal`.
    """

    kind: ClassVar[int] = 2
    name: str
    at_ns: int
    reason: str
    fault: str


class Read(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A run of records taken from one log: first to last sequence number, both included."""

    log: str
    first: int
    last: int


class Turn(Message, frozen=True, array_like=True, gc=False):
    """One turn of a listener: what it read, in which order, and what time it was.

    Written together with what the listener said in that turn, in one append. now_ns is the only clock
    the listener saw. caught_up False: it was still rolling its state forward and said nothing.
    Replaying the reads in this order, with these times, gives the same words again.
    """

    kind: ClassVar[int] = 3
    now_ns: int
    reads: list[Read]
    caught_up: bool


class ActorStateChanged(Message, frozen=True, array_like=True, gc=False):
    """The supervisor has moved a child from one state to another. In the supervisor's own log.

    was, now: `stopped`, `starting`, `running`, `backoff`, `failed` or `stopping`. reason: one clause.
    pid: of the process that it is about, also if that has just ended; 0 before there is one. restarts:
    since the supervisor started. delay_s: until the next start, in `backoff` and `failed`; else 0.
    """

    kind: ClassVar[int] = 4
    name: str
    at_ns: int
    was: str
    now: str
    reason: str
    pid: int
    restarts: int
    delay_s: float


class RecordsLost(Message, frozen=True, array_like=True, gc=False):
    """A listener met damage in a log and went on behind it; what stood there it never saw.

    first to last: the sequence numbers it missed, both included.
    """

    kind: ClassVar[int] = 5
    log: str
    at_ns: int
    first: int
    last: int
    reason: str


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    """A child's working loop has turned. Goes to the supervisor over the child's own pipe.

    ready: it has done what it was started for at least once. fresh: what it says now rests on current
    data; why_not says what is missing. data_age_s: of the newest data, -1 where there is none. good_s:
    how long data has been good without a break. received, sent, lag: records in, records out, records
    that wait unread. latency_*_ms: of its inputs, -1 unknown. rss_mb, cpu_pct: of this process.
    """

    ready: bool
    fresh: bool
    why_not: str = ""
    data_age_s: float = -1.0
    good_s: float = 0.0
    received: int = 0
    sent: int = 0
    lag: int = 0
    latency_p50_ms: float = -1.0
    latency_p99_ms: float = -1.0
    rss_mb: float = 0.0
    cpu_pct: float = 0.0
    detail: dict[str, Any] = {}


class Died(msgspec.Struct, frozen=True, tag="died"):
    """A child's last word before it exits by its own error.

    reason: one sentence. fault: who must act: `venue`, `network`, `machine`, `configuration`, `internal`.
    retry_after_s: what the venue asked for; 0 when it asked for nothing.
    """

    reason: str
    fault: str
    retry_after_s: float = 0.0


class Assignment(msgspec.Struct, frozen=True):
    """All that a child is given when it starts.

    listens: the logs it reads, in reading order. doorbell_fd: its own, readable when one of them grew;
    -1 if it listens to none. ring_fds: doorbells of those who listen to it. beat_fd: a datagram or
    stream socket to the supervisor for Beat and Died, newline-terminated JSON; -1 in tests. log:
    how logs are kept, the fields of messages.log.LogSettings.
    """

    name: str
    session: str
    data_dir: str
    settings: dict[str, Any]
    listens: list[str] = []
    doorbell_fd: int = -1
    ring_fds: list[int] = []
    beat_fd: int = -1
    log: dict[str, Any] = {}
