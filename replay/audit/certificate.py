"""The certificate: what was looked at in a session, what was found, and whether it holds."""

from typing import Final

import msgspec

RECORDS: Final = "records"
COUNTS: Final = "counts"
FRAMES: Final = "frames"
SEQUENCES: Final = "sequences"
BOOKS: Final = "books"
READERS: Final = "readers"
GAPS: Final = "gaps"
STORE: Final = "store"
CHECKS: Final = (RECORDS, COUNTS, FRAMES, SEQUENCES, BOOKS, READERS, GAPS, STORE)
"""What can fail, in the order in which it is told."""

OURS: Final = "ours"
VENUE: Final = "venue"
ROLLOVER: Final = "rollover"
OUTAGE: Final = "outage"
MAINTENANCE: Final = "maintenance"
UNEXPLAINED: Final = "unexplained"
CAUSES: Final = (OURS, VENUE, ROLLOVER, OUTAGE, MAINTENANCE, UNEXPLAINED)
"""Whose a gap is. ours: this program, this machine, or who runs it. venue: it closed, refused, fell silent or
sent what cannot be right. rollover: a market ended and the next was taken up. outage: the network in between.
maintenance: an announced pause of the venue. unexplained: the record does not say, and that fails."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that somebody who relies on the session must know.

    check: one of CHECKS. fails: the certificate does not hold because of it. first, last: sequence numbers of
    the records in question, 0 where there are none. at_ns: when, 0 unknown.
    """

    check: str
    log: str
    what: str
    fails: bool = True
    first: int = 0
    last: int = 0
    at_ns: int = 0


class Check(msgspec.Struct, frozen=True):
    """What was looked at, how often, and what did not hold. said: one clause."""

    name: str
    holds: bool
    looked_at: int
    failed: int
    said: str


class Gap(msgspec.Struct, frozen=True):
    """An interval in which a log lacks what it should hold. cause: one of CAUSES.

    what: `connection` (no frames), `book` (a book that was withdrawn) or `process` (no run of the actor).
    name: the symbol or market of a book, else empty. to_ns: 0 while it lasts.
    """

    log: str
    what: str
    name: str
    cause: str
    from_ns: int
    to_ns: int
    length_s: float
    reason: str


class Clock(msgspec.Struct, frozen=True):
    """Our clock minus the venue's, ms, over the session's FeedHealth; drift_ppm: its slope.

    None: too little was stamped, or for too short a time, to say.
    """

    samples: int = 0
    median_ms: float | None = None
    least_ms: float | None = None
    most_ms: float | None = None
    drift_ppm: float | None = None


class Disk(msgspec.Struct, frozen=True):
    """How late frames were in the log: append time less receive stamp, ms.

    stalls: frames appended more than `STALL_MS` after their receipt.
    """

    frames: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    max_at_ns: int = 0
    stalls: int = 0
    stalled_s: float = 0.0


class Stream(msgspec.Struct, frozen=True):
    """One log in the session. Numbers of 0: it has none of these.

    first_seq, last_seq: of its records of this session. received: frames that the feed says it received.
    stored: those of them in the log.
    numbered: messages of the venue that bear a number of its own. books: snapshots that the book rebuilt from
    the changes was held against, REST answers among them in rest. checksums: of the venue's own, likewise.
    digest: SHA-256 over the bytes of its records of this session, headers included, in order.
    """

    log: str
    records: int = 0
    bytes: int = 0
    first_seq: int = 0
    last_seq: int = 0
    runs: int = 0
    connections: int = 0
    received: int = 0
    stored: int = 0
    numbered: int = 0
    books: int = 0
    rest: int = 0
    checksums: int = 0
    changes: int = 0
    clock: Clock = Clock()
    disk: Disk = Disk()
    digest: str = ""


class Certificate(msgspec.Struct, frozen=True):
    """All of it. holds: nothing was found that fails.

    running: the session was still being written; then it is certified up to until_ns. ended: as the session's
    own record says it. digest: SHA-256 over name and digest of every log, so two copies can be compared.
    """

    session: str
    mode: str
    version: str
    from_ns: int
    until_ns: int
    running: bool
    ended: str
    holds: bool
    checks: list[Check]
    findings: list[Finding]
    gaps: list[Gap]
    streams: list[Stream]
    records: int
    bytes: int
    digest: str


STALL_MS: Final = 100.0
"""A frame that is written later than this after its receipt waited for something, mostly the disk."""


def plain(certificate: Certificate) -> dict[str, object]:
    """The certificate as plain objects, for JSON."""
    told: dict[str, object] = msgspec.to_builtins(certificate)
    return told
