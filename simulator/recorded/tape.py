"""One feed's recorded log, handed out as its time comes."""

from collections import deque
from collections.abc import Callable
from pathlib import Path

from messages.errors import LogError
from messages.log import LogReader, Record

_AT_ONCE = 500  # records read in one go: a millisecond's work

Lost = Callable[[str], None]
"""Is told why records cannot be read; what stands behind them is read on."""


class Tape:
    """The records of these kinds of one log, from one append time to before another.

    What is appended later than the making of this is not on it: a session that is still being written ends
    where it ended then.
    *Raises* LogError, where a log is not one of ours or damaged where it must be entered.
    """

    def __init__(
        self, log_dir: Path, kinds: frozenset[int], from_ns: int, to_ns: int, lost: Lost = lambda why: None
    ) -> None:
        self._reader = LogReader(log_dir)
        self._reader.seek_time(to_ns)
        self._end = self._reader.next_seq
        self._reader.seek_time(from_ns)
        self._kinds = kinds
        self._lost = lost
        self._ahead: deque[Record] = deque()

    @property
    def over(self) -> bool:
        """Everything was handed out."""
        return not self._ahead and self._reader.next_seq >= self._end

    def next(self, until_ns: int) -> Record | None:
        """The next record, if it was appended at or before this time."""
        if not self._ahead:
            self._read()
        if not self._ahead or self._ahead[0].at_ns > until_ns:
            return None
        return self._ahead.popleft()

    def close(self) -> None:
        self._reader.close()

    def _read(self) -> None:
        reader = self._reader
        while not self._ahead and reader.next_seq < self._end:
            try:
                records = reader.read(_AT_ONCE, self._kinds)
            except LogError as error:
                self._lost(str(error))
                if not reader.skip_damage():
                    self._end = 0
                continue
            self._ahead.extend(record for record in records if record.seq < self._end)
            if reader.drained and not records:
                self._end = 0
