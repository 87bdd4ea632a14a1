"""One log, read again in the runs of sequence numbers in which it was read the first time."""

from collections import deque
from pathlib import Path

from messages.errors import LogError, LogGoneError
from messages.log import LogReader, Record
from replay.records import Missing, read_on


class Tape:
    """Hands out the records of runs that rise; what cannot be read of them is in `missing`.

    kinds: those that its listener wanted; the others of a run are passed over.
    """

    def __init__(self, data_dir: Path, log: str, kinds: frozenset[int]) -> None:
        self._log = log
        self._kinds = kinds
        self._reader = LogReader(data_dir / "log" / log)
        self._ahead: deque[Record] = deque()
        self._holes: list[Missing] = []
        self._begun = False
        self.missing: list[Missing] = []

    def take(self, first: int, last: int) -> list[Record]:
        """The wanted records from first to last, both included."""
        reader, ahead = self._reader, self._ahead
        while ahead and ahead[0].seq < first:
            ahead.popleft()
        if not ahead and (not self._begun or reader.next_seq < first):
            self._go(first, last)
        out: list[Record] = []
        while True:
            while ahead and ahead[0].seq <= last:
                record = ahead.popleft()
                if record.seq >= first:
                    out.append(record)
            if ahead or reader.next_seq > last:
                break
            records, hole = read_on(self._log, reader, self._kinds)
            ahead.extend(records)
            if hole is not None:
                self._holes.append(hole)
            if reader.drained and not records and reader.next_seq <= last:
                end = max(first, reader.next_seq)
                self._holes.append(Missing(self._log, end, last, self._end(end)))
                break
        self._name_holes(first, last)
        return out

    def close(self) -> None:
        self._reader.close()

    def _go(self, first: int, last: int) -> None:
        self._begun = True
        try:
            self._reader.seek_seq(first)
        except LogGoneError as error:
            self._reader.seek_start()
            self._holes.append(Missing(self._log, first, min(last, self._reader.next_seq - 1), str(error)))
        except LogError as error:
            self._holes.append(Missing(self._log, first, last, str(error)))

    def _end(self, first: int) -> str:
        return f"the log of {self._log} ends before record {first}"

    def _name_holes(self, first: int, last: int) -> None:
        """What was wanted and is not there, once; holes that lie further on are kept for then."""
        for hole in self._holes:
            begin, end = max(hole.first, first), min(hole.last, last)
            if begin > end:
                continue
            before = self.missing[-1] if self.missing else None
            if before is not None and before.last + 1 >= begin and before.last < end:
                self.missing[-1] = before._replace(last=end)
            elif before is None or before.last < begin:
                self.missing.append(Missing(self._log, begin, end, hole.why))
        self._holes = [hole for hole in self._holes if hole.last > last]
