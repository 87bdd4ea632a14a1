"""Reading recorded logs as they are: damage and holes are stepped over, and named."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from messages import Message
from messages.errors import LogError, LogGoneError
from messages.log import LogReader, Record

Tell = Callable[[float], None]
"""Is told what share of the reading, 0 to 1, is done."""

READ_RECORDS = 2000
LOOK_BACK_RECORDS = 2000


class Missing(NamedTuple):
    """Records of one log that cannot be read, first to last, and why."""

    log: str
    first: int
    last: int
    why: str


def read_on(log: str, reader: LogReader, kinds: frozenset[int] | None) -> tuple[list[Record], Missing | None]:
    """Read once. Where a log is damaged, go behind the damage and say what is missing.

    Nothing read, nothing missing and not `reader.drained`: there is more.
    """
    first = reader.next_seq
    try:
        return reader.read(READ_RECORDS, kinds), None
    except LogGoneError as error:
        reader.seek_start()
        return [], Missing(log, first, max(first, reader.next_seq - 1), str(error))
    except LogError as error:
        lost = reader.skip_damage()
        if not lost:
            reader.drained = True  # nothing sound stands behind it
            return [], Missing(log, first, first, str(error))
        return [], Missing(log, first, first + lost - 1, str(error))


def read_between(
    data_dir: Path,
    log: str,
    from_ns: int,
    to_ns: int,
    kinds: frozenset[int],
    tell: Tell = lambda share: None,
    missing: Callable[[Missing], None] = lambda found: None,
) -> Iterator[Record]:
    """Yield the records of these kinds appended at or after from_ns and before to_ns, oldest first.

    Only a few thousand are in memory at a time. missing: is told what cannot be read on the way.
    """
    with LogReader(data_dir / "log" / log) as reader:
        reader.seek_time(to_ns)
        end = reader.next_seq
        reader.seek_time(from_ns)
        begin = reader.next_seq
        while reader.next_seq < end:
            records, hole = read_on(log, reader, kinds)
            yield from (record for record in records if record.seq < end)
            if hole is not None:
                missing(hole)
            tell((min(end, reader.next_seq) - begin) / max(1, end - begin))
            if reader.drained:
                return


def holes(data_dir: Path, log: str, first: int, last: int) -> list[Missing]:
    """What cannot be read of a stretch of records that were kept, both ends included."""
    found: list[Missing] = []
    with LogReader(data_dir / "log" / log) as reader:
        reader.seek_start()
        if reader.next_seq < first:
            reader.seek_seq(first)
        while reader.next_seq <= last:
            _, hole = read_on(log, reader, None)
            if hole is not None and hole.first <= last:
                found.append(hole)
            if reader.drained:
                break
    return found


def record_at(data_dir: Path, log: str, seq: int) -> Record | Missing:
    """The record of this number, or why there is none to be read."""
    with LogReader(data_dir / "log" / log) as reader:
        try:
            reader.seek_seq(seq)
            for record in reader.read(1):
                if record.seq == seq:
                    return record
        except LogError as error:
            return Missing(log, seq, seq, str(error))
        reader.seek_end()
        newest = reader.next_seq - 1
    return Missing(
        log, seq, seq, f"the log of {log} ends with record {newest}" if newest else f"no log of {log}"
    )


def newest_before(
    data_dir: Path,
    log: str,
    kinds: frozenset[int],
    before_seq: int = 2**62,
    wanted: Callable[[Message], bool] = lambda message: True,
) -> Record | None:
    """The newest record of these kinds that stands before a number; None where there is none.

    Reads back only as far as needed, in stretches that grow. Damage is passed over.
    """
    with LogReader(data_dir / "log" / log) as reader:
        reader.seek_start()
        oldest = reader.next_seq
        reader.seek_end()
        end = min(before_seq, reader.next_seq)
        stretch = LOOK_BACK_RECORDS
        while end > oldest:
            begin = max(oldest, end - stretch)
            found = None
            reader.seek_seq(begin)
            while reader.next_seq < end:
                for record in read_on(log, reader, kinds)[0]:
                    if record.seq < end and wanted(record.message()):
                        found = record
                if reader.drained:
                    break
            if found is not None:
                return found
            end, stretch = begin, 4 * stretch
    return None
