"""One log, read again in the runs of sequence numbers in which it was read the first time."""

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
        self._ahead: list[Record] = []
        self._at = 0
        """Of the records read ahead, so many are handed out or passed."""
        self._read_to = 0
        """Below this number everything is read ahead."""
        self._holes: list[Missing] = []
        self.missing: list[Missing] = []

    def take(self, first: int, last: int) -> list[Record]:
        """The wanted records from first to last, both included."""
        if last >= self._read_to:
            self._read(first, last)
        ahead, begin, size = self._ahead, self._at, len(self._ahead)
        while begin < size and ahead[begin].seq < first:
            begin += 1
        end = begin
        while end < size and ahead[end].seq <= last:
            end += 1
        self._at = end
        if self._holes:
            self._name_holes(first, last)
        return ahead[begin:end]

    def close(self) -> None:
        self._reader.close()

    def _read(self, first: int, last: int) -> None:
        """Read ahead until the last is there, or nothing more is."""
        reader = self._reader
        kept = [record for record in self._ahead[self._at :] if record.seq >= first]
        if not self._read_to or (not kept and reader.next_seq < first):
            self._go(first, last)
        while reader.next_seq <= last:
            records, hole = read_on(self._log, reader, self._kinds)
            kept += records
            if hole is not None:
                self._holes.append(hole)
            if reader.drained and not records and reader.next_seq <= last:
                end = max(first, reader.next_seq)
                self._holes.append(Missing(self._log, end, last, self._end(end)))
                break
        self._ahead, self._at = kept, 0
        self._read_to = reader.next_seq

    def _go(self, first: int, last: int) -> None:
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
