"""What an actor said of its own state before it was started again."""

from pathlib import Path

from messages import Message
from messages.errors import CorruptLogError, LogGoneError
from messages.log import LogReader

LOOK_BACK = (20_000, 1_000_000, 2**62)
"""Records. A state that is said again once a minute stands in the first or second stretch."""


def recall(log_dir: Path, kinds: frozenset[int], before_seq: int = 2**62) -> list[Message]:
    """Find the newest record of each kind in an actor's own log, oldest first.

    before_seq: as it was before this record; everything by default. Reads back only as far as needed,
    the whole log where a kind was never said. Steps over damage, and over what retention has deleted. Empty
    for a log that does not exist.
    """
    newest: dict[int, tuple[int, Message]] = {}
    with LogReader(log_dir) as reader:
        reader.seek_end()
        end = min(before_seq, reader.next_seq)
        for records in LOOK_BACK:
            newest.clear()
            try:
                reader.seek_seq(max(1, end - records))
            except LogGoneError:
                reader.seek_start()
            while reader.next_seq < end:
                try:
                    found = reader.read(1000, kinds)
                except CorruptLogError:
                    if not reader.skip_damage():
                        break
                    continue
                for record in found:
                    if record.seq < end:
                        newest[record.kind] = (record.seq, record.message())
                if reader.drained:
                    break
            if len(newest) == len(kinds) or end <= records:
                break
    return [message for _, message in sorted(newest.values(), key=lambda item: item[0])]
