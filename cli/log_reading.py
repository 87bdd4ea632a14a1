"""Reading several actors' logs together, for the eyes of a person."""

import sys
from collections import deque
from pathlib import Path
from typing import NamedTuple

import msgspec

from messages import KINDS, Message
from messages.errors import CorruptLogError, LogGoneError, UnknownKindError
from messages.log import LogReader, Record

SEARCH_RECORDS = 1_000_000
"""How far back `newest` looks for what is rare, per log: about a second of reading."""


class Entry(NamedTuple):
    """A record, and the log that it stands in."""

    log: str
    record: Record

    def message(self) -> Message | None:
        """What was said; None for a kind of a later version, or bytes that are not what the kind says."""
        try:
            return self.record.message()
        except (UnknownKindError, msgspec.DecodeError):
            return None


def type_name(kind: int) -> str:
    known = KINDS.get(kind)
    return known.__name__ if known else f"kind {kind}"


class Logs:
    """Cursors into the logs of several actors. A log that does not exist yet is empty."""

    def __init__(self, data_dir: Path, names: list[str], kinds: frozenset[int]) -> None:
        self._kinds = kinds
        self._readers = {name: LogReader(data_dir / "log" / name) for name in names}

    def newest(self, limit: int) -> list[Entry]:
        """The last `limit` records over all logs by time; the cursors then stand behind them."""
        found = [
            Entry(name, record)
            for name, reader in self._readers.items()
            for record in newest(reader, limit, self._kinds)
        ]
        found.sort(key=lambda entry: entry.record.at_ns)
        return found[-limit:] if limit else []

    def more(self) -> list[Entry]:
        """What was added since, by time. Never blocks."""
        found = [
            Entry(name, record)
            for name, reader in self._readers.items()
            for record in read_on(reader, self._kinds)
        ]
        found.sort(key=lambda entry: entry.record.at_ns)
        return found

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()


def newest(reader: LogReader, limit: int, kinds: frozenset[int]) -> list[Record]:
    """The last records of these kinds, oldest first; the cursor then stands at the end of the log."""
    reader.seek_start()
    oldest = reader.next_seq
    reader.seek_end()
    end = reader.next_seq
    span = max(64, 4 * limit)
    kept: deque[Record] = deque(maxlen=limit)
    while limit:
        first = max(oldest, end - span)
        kept.clear()
        try:
            reader.seek_seq(first)
        except LogGoneError:  # deleted while we looked
            reader.seek_start()
        while reader.next_seq < end:
            kept.extend(read_on(reader, kinds))
            if reader.drained:
                break
        if len(kept) == limit or first == oldest or span >= SEARCH_RECORDS:
            break
        span *= 8
    return list(kept)


def read_on(reader: LogReader, kinds: frozenset[int]) -> list[Record]:
    """Read once; step over damage and over what retention took, with a word on stderr about either."""
    try:
        return reader.read(1000, kinds)
    except CorruptLogError as error:
        lost = reader.skip_damage()
        print(f"kalshi-actors: {error}; {lost} records are passed over.", file=sys.stderr)
    except LogGoneError as error:
        reader.seek_start()
        print(f"kalshi-actors: {error}; reading goes on there.", file=sys.stderr)
    return []
