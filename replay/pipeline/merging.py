"""Recorded logs, read as one in the order in which their records were appended."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from messages import Message, decode
from messages.errors import UnknownKindError
from messages.log import LogReader
from replay.errors import DamagedRecordError
from replay.records import Missing, read_on

HOLE = -1
"""In place of a kind: what stood there cannot be read."""


class Source(NamedTuple):
    """A stretch of a log: the records of these kinds appended at or after from_ns and before to_ns."""

    log: str
    kinds: frozenset[int]
    from_ns: int
    to_ns: int


Item = tuple[int, int, int, int, Message | Missing]
"""Append time, place of the log among the sources, sequence number, kind, message; or HOLE and what is
missing, at the time of the record in front of it."""


class Merged:
    """Several stretches of logs as one, by append time; of equal times by the logs' order, then by number.

    Each record is decoded once. A few thousand records a log are in memory at a time. passed: records gone
    past, kinds that nobody wanted included. missing: what could not be read. Raises DamagedRecordError for
    bytes that are no message though their checksum holds.
    """

    def __init__(self, data_dir: Path, sources: Sequence[Source]) -> None:
        self.missing: list[Missing] = []
        self._streams = [
            _Stream(data_dir, place, source, self.missing.append) for place, source in enumerate(sources)
        ]

    @property
    def passed(self) -> int:
        return sum(stream.passed for stream in self._streams)

    @property
    def share(self) -> float:
        """How much of all is done, 0 to 1."""
        return self.passed / max(1, sum(stream.total for stream in self._streams))

    def blocks(self) -> Iterator[list[Item]]:
        """Yield the records in order, some hundreds or thousands at a time."""
        while True:
            for stream in self._streams:
                if not stream.ahead and not stream.is_over:
                    stream.read()
            going = [stream.ahead[-1][0] for stream in self._streams if not stream.is_over]
            if not going:
                break
            # Behind the first stretch that ends nothing is certain yet, nor at its last moment.
            certain_ns = min(going)
            block = [item for stream in self._streams for item in stream.before(certain_ns)]
            if block:
                block.sort()
                yield block
            else:
                for stream in self._streams:
                    if not stream.is_over and stream.ahead[-1][0] == certain_ns:
                        stream.read()
        block = [item for stream in self._streams for item in stream.ahead]
        block.sort()
        if block:
            yield block

    def close(self) -> None:
        for stream in self._streams:
            stream.close()


class _Stream:
    """One source. ahead: read and not handed out yet, never empty before it is over."""

    def __init__(
        self, data_dir: Path, place: int, source: Source, missing: Callable[[Missing], None]
    ) -> None:
        self._place = place
        self._log = source.log
        self._kinds = source.kinds
        self._missing = missing
        self._reader = LogReader(data_dir / "log" / source.log)
        self._reader.seek_time(source.to_ns)
        self._end = self._reader.next_seq
        self._reader.seek_time(source.from_ns)
        self._begin = self._reader.next_seq
        self._at_ns = source.from_ns
        self.ahead: list[Item] = []
        self.is_over = self._begin >= self._end
        self.total = max(0, self._end - self._begin)

    @property
    def passed(self) -> int:
        return max(0, min(self._end, self._reader.next_seq) - self._begin)

    def read(self) -> None:
        """Read until there is more, or until it is over."""
        reader, place, end = self._reader, self._place, self._end
        had = len(self.ahead)
        while len(self.ahead) == had and not self.is_over:
            records, hole = read_on(self._log, reader, self._kinds)
            if records:
                try:
                    self.ahead += [
                        (at_ns, place, seq, kind, decode(kind, payload))
                        for seq, at_ns, kind, payload in records
                        if seq < end
                    ]
                except (UnknownKindError, msgspec.DecodeError) as error:
                    message = f"a record of {self._log} cannot be read: {error}"
                    raise DamagedRecordError(message) from None
                self._at_ns = records[-1].at_ns
            if hole is not None and hole.first < end:
                hole = hole._replace(last=min(hole.last, end - 1))
                self._missing(hole)
                self.ahead.append((self._at_ns, place, hole.first, HOLE, hole))
            self.is_over = reader.drained or reader.next_seq >= end

    def before(self, at_ns: int) -> list[Item]:
        """Hand out what was appended before a time."""
        ahead = self.ahead
        low, high = 0, len(ahead)
        while low < high:
            middle = (low + high) // 2
            if ahead[middle][0] < at_ns:
                low = middle + 1
            else:
                high = middle
        self.ahead = ahead[low:]
        return ahead[:low]

    def close(self) -> None:
        self._reader.close()


def sources(
    wanted: Sequence[Mapping[str, frozenset[int]]], from_ns: Mapping[str, int], to_ns: int
) -> list[Source]:
    """What several listeners want, each log once. from_ns: by log, where its first reader begins."""
    kinds: dict[str, frozenset[int]] = {}
    for logs in wanted:
        for log, of_log in logs.items():
            kinds[log] = kinds.get(log, frozenset()) | of_log
    return [Source(log, of_log, from_ns[log], to_ns) for log, of_log in kinds.items()]
