"""The bytes of a log: segment header and record header. docs/log-format.md describes them for others.

All integers are little-endian. A segment file is named after the sequence number of its first record,
twenty digits and `.seg`. It starts with a 32-byte header; records follow without gaps.
"""

import struct
from typing import Final, NamedTuple
from zlib import crc32

from messages.base import Message
from messages.codec import decode
from messages.errors import CorruptLogError, ForeignLogError

SEGMENT_MAGIC: Final = b"KALSHLOG"
VERSION: Final = 1
SEGMENT_HEADER: Final = struct.Struct("<8sHHIQQ")
"""magic, version, flags (0), CRC-32 of all the others, first sequence number, creation time in ns."""

LAST: Final = 0x5AA5
"""Mark of a record that closes its append."""
MORE: Final = 0x5BA5
"""Mark of a record after which the same append goes on. Readers hand out whole appends only."""
LAST_BYTES: Final = LAST.to_bytes(2, "little")
MARK_PATTERN: Final = rb"\xa5[\x5a\x5b]"
MARK_AT: Final = 4
"""Where in a record its mark stands."""

RECORD_HEADER: Final = struct.Struct("<IHHIQQ")
"""CRC-32, mark, kind, payload length, sequence number, append time in ns since the epoch."""

RECORD_BODY: Final = struct.Struct("<HHIQQ")
"""The header without its CRC, which covers this and the payload."""

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


def pack_record(salt: int, mark: int, kind: int, seq: int, at_ns: int, payload: bytes) -> bytes:
    """Frame one record. salt: the CRC of its segment's header, where the record's own CRC starts from."""
    body = RECORD_BODY.pack(mark, kind, len(payload), seq, at_ns) + payload
    return crc32(body, salt).to_bytes(4, "little") + body


def whole_bytes(data: bytes, salt: int, first_seq: int, is_final: bool) -> int:
    """How many of these bytes, which begin with a record, are not part of an unfinished append.

    first_seq: number of that record; what claims a lower one behind it is a payload that looks like a
    record. is_final: nothing is unfinished, because a later segment exists; then 0 says that not even the
    first record is here in full.
    """
    if is_final and len(data) >= HEADER_BYTES:
        return len(data) if HEADER_BYTES + RECORD_HEADER.unpack_from(data)[3] <= len(data) else 0
    at = len(data)
    while (at := data.rfind(LAST_BYTES, MARK_AT, at)) >= 0:
        start = at - MARK_AT
        if start + HEADER_BYTES <= len(data):
            crc, _, _, length, seq, _ = RECORD_HEADER.unpack_from(data, start)
            end = start + HEADER_BYTES + length
            is_ours = end <= len(data) and length <= MOST_PAYLOAD_BYTES and seq >= first_seq
            if is_ours and crc == crc32(data[at:end], salt):
                return int(end)
        at += 1
    return 0


def pack_segment_header(first_seq: int, created_ns: int) -> bytes:
    """Make the 32 bytes that a segment starts with."""
    crc = _segment_crc(SEGMENT_HEADER.pack(SEGMENT_MAGIC, VERSION, 0, 0, first_seq, created_ns))
    return SEGMENT_HEADER.pack(SEGMENT_MAGIC, VERSION, 0, crc, first_seq, created_ns)


def check_segment_header(path: str, header: bytes, first_seq: int) -> int:
    """Refuse a segment that is not ours, of a later version, damaged, or under a wrong name.

    Returns its CRC, the salt of its records. Raises ForeignLogError, CorruptLogError.
    """
    magic, version, flags, crc, named_seq, _ = SEGMENT_HEADER.unpack(header)
    if magic != SEGMENT_MAGIC:
        message = f"{path} is not a log segment of this program"
        raise ForeignLogError(message)
    if (version, flags) != (VERSION, 0):
        message = f"{path} has log format {version}.{flags}; this program reads format {VERSION}.0"
        raise ForeignLogError(message)
    if crc != _segment_crc(header):
        raise CorruptLogError(path, 0, first_seq, "the checksum of the segment's header does not hold")
    if named_seq != first_seq:
        message = f"{path} starts with record {named_seq}, not with {first_seq} as its name says"
        raise ForeignLogError(message)
    return int(crc)


def salts(header: bytes) -> tuple[int, int]:
    """The salt as a damaged header says it, and as it follows from the header's other bytes."""
    return SEGMENT_HEADER.unpack(header)[3], _segment_crc(header)


def segment_name(first_seq: int) -> str:
    """Name the segment that starts with this record."""
    return f"{first_seq:020d}.seg"


def _segment_crc(header: bytes) -> int:
    return crc32(header[16:], crc32(header[:12]))
