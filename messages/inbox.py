"""A listener's inbox: several logs read in an order that can be written down and played again."""

import select
import time
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from pathlib import Path
from typing import NamedTuple

from messages import doorbell
from messages.control import Read
from messages.errors import CorruptLogError
from messages.log import LogReader, Record
from messages.log.reader import REST_S

CATCH_UP_SLICE_NS = 500_000_000


class Batch(NamedTuple):
    """What one turn takes in. records: (log, record) in reading order. reads: the same as runs of
    sequence numbers, the passed-over kinds included. drained: nothing more waits. lost: what stood where
    a log is damaged, and why it could not be read."""

    records: list[tuple[str, Record]]
    reads: list[Read]
    drained: bool
    lost: Sequence[tuple[Read, str]] = ()


class LogInbox:
    """Reads logs in a fixed order, woken by a doorbell.

    wanted: log name -> kinds to be handed out; None: all. Every record of every log is passed once, in
    each log's own order; the order between logs is what `Batch.reads` says. Damage is stepped over and
    told: to fail on it again at every restart would help nobody.
    """

    def __init__(self, log_root: Path, wanted: Mapping[str, frozenset[int] | None], doorbell_fd: int) -> None:
        self._wanted = dict(wanted)
        self._readers = {log: LogReader(log_root / log) for log in wanted}
        self._doorbell_fd = doorbell_fd
        self._poll = select.poll()
        if doorbell_fd >= 0:
            self._poll.register(doorbell_fd, select.POLLIN)
        self._rang = False
        self._rang_in_vain = False

    def wait(self, timeout_s: float) -> None:
        """Sleep until a log has grown or the time is over."""
        now_s = time.monotonic()
        if not all(reader.look(now_s) for reader in self._readers.values()):
            return
        if self._rang_in_vain:  # a log may have gone on in another file since the last look
            timeout_s = min(timeout_s, REST_S)
        self._rang = bool(self._poll.poll(max(0.0, timeout_s) * 1000))
        if self._rang:
            doorbell.clear(self._doorbell_fd)

    def take(self, limit: int = 500) -> Batch:
        """Take what is there, at most `limit` of each log."""
        records: list[tuple[str, Record]] = []
        reads: list[Read] = []
        lost: list[tuple[Read, str]] = []
        drained = True
        now_s = time.monotonic()
        for log, reader in self._readers.items():
            if reader.rests(now_s):
                continue
            first = reader.next_seq
            try:
                for record in reader.read(limit, self._wanted[log], thorough=False):
                    records.append((log, record))  # noqa: PERF401 - a generator costs more than it saves
            except CorruptLogError as error:
                stepped = _step_over(log, reader, error)
                lost += stepped
                drained = drained and not stepped
                continue
            if reader.next_seq > first:
                reads.append(Read(log, first, reader.next_seq - 1))
            drained = drained and reader.drained
        self._rang_in_vain = self._rang and not reads
        return Batch(records, reads, drained, lost)

    def roll_back(self, from_ns: Mapping[str, int]) -> None:
        """Go back in each log to the first record at or after a time."""
        for log, reader in self._readers.items():
            reader.seek_time(from_ns[log])

    def catch_up(self) -> Iterator[Batch]:
        """Yield what lies between here and the end, merged by append time, in slices of half a second.

        Later `take` goes on behind it.
        """
        lost: list[tuple[Read, str]] = []
        streams = [_stream(log, reader, self._wanted[log], lost) for log, reader in self._readers.items()]
        slice_end_ns = 0
        records: list[tuple[str, Record]] = []
        reads: list[Read] = []
        for at_ns, log, first, record in merge(*streams, key=lambda item: item[0]):
            if at_ns >= slice_end_ns:
                if reads:
                    yield Batch(records, reads, False)
                records, reads = [], []
                slice_end_ns = at_ns + CATCH_UP_SLICE_NS
            records.append((log, record))
            if reads and reads[-1].log == log:
                first = reads.pop().first
            reads.append(Read(log, first, record.seq))
        yield Batch(records, reads, True, lost)

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()


def _stream(
    log: str, reader: LogReader, kinds: frozenset[int] | None, lost: list[tuple[Read, str]]
) -> Iterator[tuple[int, str, int, Record]]:
    first = reader.next_seq
    while True:
        try:
            records = reader.read(1000, kinds)
        except CorruptLogError as error:
            stepped = _step_over(log, reader, error)
            if not stepped:
                return  # nothing sound stands behind it (yet)
            lost += stepped
            first = reader.next_seq
            continue
        for record in records:
            yield record.at_ns, log, first, record
            first = record.seq + 1
        if reader.drained:
            return


def _step_over(log: str, reader: LogReader, error: CorruptLogError) -> list[tuple[Read, str]]:
    first = reader.next_seq
    if not reader.skip_damage():
        return []
    return [(Read(log, first, reader.next_seq - 1), str(error))]
