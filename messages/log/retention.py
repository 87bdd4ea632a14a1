"""What may be deleted from a log, and durable cursors that hold it back."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from messages.log.durable import sync_file
from messages.log.format import segment_name
from messages.log.segments import list_segments


class Retention(msgspec.Struct, frozen=True):
    """How much of a log is kept. 0 means without limit.

    most_bytes: of one log, over all its segments. most_age_s: of a segment's newest record.
    """

    most_bytes: int = 0
    most_age_s: float = 0.0


def save_cursor(log_dir: Path, reader: str, seq: int) -> None:
    """Note durably that a reader is done with everything before `seq`. Atomic over any crash."""
    if not reader:
        message = "a reader needs a name to save its cursor"
        raise ValueError(message)
    folder = log_dir / "cursors"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{reader}.{os.getpid()}"
    with temporary.open("w") as file:
        file.write(f"{seq}\n")
        file.flush()
        sync_file(file.fileno())
    temporary.replace(folder / reader)


def load_cursor(log_dir: Path, reader: str) -> int | None:
    """Where a reader stopped, or None if it never said (or its file cannot be read as a number)."""
    try:
        seq = int((log_dir / "cursors" / reader).read_text())
    except (OSError, ValueError):
        return None
    return seq if seq > 0 else None


def release(log_root: Path, reader: str) -> None:
    """Let no log below log_root wait for a reader any more, one that does not run and may never again."""
    for log_dir in log_root.glob("*/"):
        (log_dir / "cursors" / reader).unlink(missing_ok=True)


def lowest_cursor(log_dir: Path) -> int | None:
    """The cursor that is furthest behind, or None where nobody keeps one."""
    cursors = [load_cursor(log_dir, reader) for reader in _readers(log_dir)]
    # A cursor that cannot be read holds everything back: better full than lost.
    return min((0 if cursor is None else cursor for cursor in cursors), default=None)


def take_back_cursors(log_dir: Path, end_seq: int) -> None:
    """Let no cursor stand beyond the end: what a power cut took will come again under the same numbers."""
    for reader in _readers(log_dir):
        seq = load_cursor(log_dir, reader)
        if seq is not None and seq > end_seq:
            save_cursor(log_dir, reader, end_seq)


def _readers(log_dir: Path) -> list[str]:
    try:
        return [name for name in os.listdir(log_dir / "cursors") if not name.startswith(".")]
    except FileNotFoundError:
        return []


def deletable(log_dir: Path, retention: Retention, now_s: float) -> Sequence[Path]:
    """The oldest segments that limits allow to delete and no durable cursor still needs.

    Never the segment being written. now_s: wall clock, against the files' modification times.
    """
    segments = list_segments(log_dir)
    held = lowest_cursor(log_dir)
    paths = [log_dir / segment_name(first) for first in segments]
    stats = [path.stat() for path in paths]
    total = sum(stat.st_size for stat in stats)
    out: list[Path] = []
    for path, stat, next_first in zip(paths, stats, segments[1:], strict=False):
        too_big = retention.most_bytes and total > retention.most_bytes
        too_old = retention.most_age_s and stat.st_mtime < now_s - retention.most_age_s
        if not (too_big or too_old) or (held is not None and held < next_first):
            break
        out.append(path)
        total -= stat.st_size
    return out
