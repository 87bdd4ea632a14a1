"""One readable line for each message of the store. Pure."""

from collections.abc import Callable
from typing import Any

from messages import Message, SegmentStored, StoreTrimmed, StoreTroubled


def _stored(m: SegmentStored) -> str:
    kept = (m.archive_bytes + m.tables_bytes) / 1e6
    lost = f", {m.lost} DAMAGED records lost" if m.lost else ""
    return (
        f"{m.log} {m.first} to {m.last} stored: {m.records} records, {m.segment_bytes / 1e6:.1f} MB "
        f"as {kept:.1f} MB in {m.took_ms / 1000:.1f} s{lost}"
    )


def _trimmed(m: StoreTrimmed) -> str:
    freed = f"{m.freed_bytes / 1e6:.1f} MB"
    return f"{m.log} {m.first} to {m.last} deleted by the limit of {m.limit}: {freed} free"


def _troubled(m: StoreTroubled) -> str:
    where = f"{m.log} from {m.first} on"
    return f"{where} is not stored: {m.reason}" if m.reason else f"{where} can be stored again"


WORDS: dict[type[Message], Callable[[Any], str]] = {
    SegmentStored: _stored,
    StoreTrimmed: _trimmed,
    StoreTroubled: _troubled,
}
