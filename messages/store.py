"""What the store says: which segments of the logs it has put away, and which of those it let go."""

from typing import ClassVar

from messages.base import Message


class SegmentStored(Message, frozen=True, array_like=True, gc=False):
    """A closed segment of a log stands in the store, whole and on the disk; the log may let it go.

    first, last: its sequence numbers, damaged records included. records, lost: sound ones, and those that
    damage made unreadable. segment_bytes: as it lay in the log. archive_bytes, tables_bytes: in the store.
    took_ms: from its first byte read.
    """

    kind: ClassVar[int] = 90
    log: str
    first: int
    last: int
    at_ns: int
    records: int
    lost: int
    segment_bytes: int
    archive_bytes: int
    tables_bytes: int
    took_ms: float


class StoreTrimmed(Message, frozen=True, array_like=True, gc=False):
    """A stored segment was deleted, because the store's limit of `age` or `size` (limit) asked for it.

    first, last: its sequence numbers. freed_bytes: of archive and tables.
    """

    kind: ClassVar[int] = 91
    log: str
    first: int
    last: int
    at_ns: int
    freed_bytes: int
    limit: str


class StoreTroubled(Message, frozen=True, array_like=True, gc=False):
    """Something keeps a segment from being stored; it stays in its log and is tried again.

    first: of its sequence numbers. reason: one sentence; empty when the trouble is over.
    """

    kind: ClassVar[int] = 92
    log: str
    first: int
    at_ns: int
    reason: str
