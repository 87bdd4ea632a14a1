"""The bytes of a log: segment header and record header. docs/log-format.md describes them for others.

All integers are little-endian. A segment file is named after the sequence number of its first record,
twenty digits and `.seg`. It starts with a 32-byte header; records follow without gaps.
"""

import struct
from typing import Final, NamedTuple
from zlib import crc32

from messages.base import Message
from messages.codec import decode
from messages.errors import ForeignLogError

SEGMENT_MAGIC: Final = b"KALSHLOG"
VERSION: Final = 1
SEGMENT_HEADER: Final = struct.Struct("<8sHHIQQ")
"""magic, version, flags, CRC-32 of the rest, first sequence number, creation time in ns."""

RECORD_MAGIC: Final = 0xA55A
RECORD_MAGIC_BYTES: Final = RECORD_MAGIC.to_bytes(2, "little")
RECORD_HEADER: Final = struct.Struct("<HHIIQQ")
"""magic, kind, payload length, CRC-32, sequence number, append time in ns since the epoch."""

RECORD_BODY: Final = struct.Struct("<HIQQ")
"""What the CRC covers before the payload: kind, length, sequence number, append time."""

HEADER_BYTES: Final = RECORD_HEADER.size
MOST_PAYLOAD_BYTES: Final = 64 * 1024 * 1024


class Record(NamedTuple):
    """One record: a message and where it stands."""

    seq: int
    at_ns: int
    kind: int
    payload: bytes

    def message(self) -> Message:
        """Decode the payload. Raises UnknownKindError, msgspec.DecodeError."""
        return decode(self.kind, self.payload)


def pack_record(kind: int, seq: int, at_ns: int, payload: bytes) -> bytes:
    """Frame one record."""
    length = len(payload)
    crc = crc32(payload, crc32(RECORD_BODY.pack(kind, length, seq, at_ns)))
    return RECORD_HEADER.pack(RECORD_MAGIC, kind, length, crc, seq, at_ns) + payload


def crc_holds(kind: int, length: int, crc: int, seq: int, at_ns: int, payload: bytes | memoryview) -> bool:
    """Check a record's checksum."""
    return crc == crc32(payload, crc32(RECORD_BODY.pack(kind, length, seq, at_ns)))


def pack_segment_header(first_seq: int, created_ns: int) -> bytes:
    """Make the 32 bytes that a segment starts with."""
    rest = struct.pack("<QQ", first_seq, created_ns)
    return SEGMENT_HEADER.pack(SEGMENT_MAGIC, VERSION, 0, crc32(rest), first_seq, created_ns)


def check_segment_header(path: str, header: bytes, first_seq: int) -> None:
    """Refuse a segment that is not ours, of a later version, or under a wrong name.

    Raises ForeignLogError.
    """
    if len(header) < SEGMENT_HEADER.size or header[:8] != SEGMENT_MAGIC:
        message = f"{path} is not a log segment of this program"
        raise ForeignLogError(message)
    _, version, _, crc, named_seq, created_ns = SEGMENT_HEADER.unpack_from(header)
    if version != VERSION:
        message = f"{path} has log format {version}; this program reads format {VERSION}"
        raise ForeignLogError(message)
    if crc != crc32(struct.pack("<QQ", named_seq, created_ns)) or named_seq != first_seq:
        message = f"{path} does not start with record {first_seq} as its name says"
        raise ForeignLogError(message)


def segment_name(first_seq: int) -> str:
    """Name the segment that starts with this record."""
    return f"{first_seq:020d}.seg"
