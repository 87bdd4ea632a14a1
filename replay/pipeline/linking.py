"""Recorded logs as part of another data folder, without a copy of their bytes."""

import os
from pathlib import Path

from messages.log import LogReader
from messages.log.format import segment_name
from messages.log.segments import list_segments


def link(log_dir: Path, to: Path, from_ns: int, to_ns: int) -> None:
    """Link a log's segments that hold what was appended at or after from_ns and before to_ns.

    Hard links where the system can, so that retention here takes nothing away there; symbolic ones else.
    Where a writer would put its lock stands a folder: the bytes are still the recording's, and nobody may
    write to them. Raises OSError.
    """
    with LogReader(log_dir) as reader:
        reader.seek_time(from_ns)
        first = reader.next_seq
        reader.seek_time(to_ns)
        end = reader.next_seq
    to.mkdir(parents=True)
    (to / "lock").mkdir()
    segments = list_segments(log_dir)
    begun = [segment for segment in segments if segment <= first]
    for segment in segments:
        if (begun[-1:] or segments[:1])[0] <= segment <= end:
            _link(log_dir / segment_name(segment), to / segment_name(segment))


def _link(path: Path, to: Path) -> None:
    whole = path.resolve()
    try:
        os.link(whole, to)
    except OSError:  # another file system, or one without hard links
        to.symlink_to(whole)
