"""Recorded segments brought to where readers look for them, whether they still stand in the log or not."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from actors.store.errors import StoreError
from actors.store.manifest import Manifest, logs, store_dir, stored_only
from messages import PaperAccount, VolatilityState, kinds
from messages.errors import LogError
from messages.log import LogReader
from messages.log.format import segment_name
from messages.log.segments import START, Segment, list_segments
from replay.errors import UnreadableRecordingError
from replay.records import newest_before

LOOK_BACK_NS: Final = 3_600_000_000_000
"""How far before their start listeners read at most, with room."""
RECALLED: Final = kinds(VolatilityState, PaperAccount)
"""What listeners recall from their own logs, however long ago it was said."""
PREFIX: Final = ".recording-"
LEAST_FREE_BYTES: Final = 64 * 1024 * 1024


class _Needed(NamedTuple):
    """Segments of one log. standing: in log/, by first number. stored: in the store alone, before them."""

    log: str
    standing: Sequence[int]
    stored: Sequence[Manifest]


@contextmanager
def recording(data_dir: Path, from_ns: int, to_ns: int) -> Iterator[Path]:
    """Give a folder that looks like a data folder and whose log/ holds every kept segment of a span of time.

    Where all of them still stand in log/ that is data_dir itself; otherwise a temporary folder, removed
    behind it, with those that stand there linked and those that are only in the store unpacked. What
    listeners read before their start and what they recalled is there too. from_ns, to_ns: append times.
    Raises UnreadableRecordingError where an archive is damaged or the disk lacks the room.
    """
    try:
        needed = [_needed(data_dir, log, from_ns, to_ns) for log in _all_logs(data_dir)]
        if not any(one.stored for one in needed):
            yield data_dir
            return
    except StoreError as error:
        raise UnreadableRecordingError(str(error)) from None
    folder = _make_folder(data_dir)
    try:
        _check_room(folder, [manifest for one in needed for manifest in one.stored])
        _fill(folder, data_dir, needed)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _all_logs(data_dir: Path) -> list[str]:
    return sorted({folder.name for folder in (data_dir / "log").glob("*/")} | set(logs(data_dir)))


def _needed(data_dir: Path, log: str, from_ns: int, to_ns: int) -> _Needed:
    stored = stored_only(data_dir, log)
    standing = list_segments(data_dir / "log" / log)
    if not stored:
        return _Needed(log, standing, [])
    begun = [_begin_ns(data_dir, log, first) for first in standing]
    wanted = [first for first, begin_ns in zip(standing, begun, strict=True) if begin_ns < to_ns]
    before = [one for one in stored if one.from_ns < to_ns]
    chosen = [one for one in before if one.to_ns >= from_ns - LOOK_BACK_NS]
    if wanted and begun[0] < from_ns and _recalls(data_dir, log, from_ns):
        return _Needed(log, wanted, chosen)
    # Listeners begin with what they said last, and go on where that stands, however far back.
    earlier = before[: len(before) - len(chosen)]
    newest = next((n for n, one in reversed([*enumerate(earlier)]) if RECALLED & one.kinds.keys()), None)
    return _Needed(log, wanted, chosen if newest is None else [*earlier[newest:], *chosen])


def _recalls(data_dir: Path, log: str, from_ns: int) -> bool:
    """Whether what a listener recalled at a time still stands in the log."""
    with LogReader(data_dir / "log" / log) as reader:
        try:
            reader.seek_time(from_ns)
        except LogError:
            return False
        return newest_before(data_dir, log, RECALLED, reader.next_seq) is not None


def _begin_ns(data_dir: Path, log: str, first_seq: int) -> int:
    """When a segment's first record was appended; 0 where that cannot be told, so that it is taken along."""
    try:
        segment = Segment(data_dir / "log" / log, first_seq)
    except FileNotFoundError:
        return 0
    try:
        found = segment.next_sound(START) if segment.read_header() or segment.guess_salt() else None
    except LogError:
        return 0
    finally:
        segment.close()
    return found.record.at_ns if found is not None else 0


# -- the folder


def _make_folder(data_dir: Path) -> Path:
    """A temporary folder, on the disk of the data where that may be written to."""
    place = store_dir(data_dir)
    for left_over in place.glob(f"{PREFIX}*"):
        if not _lives(left_over.name.removeprefix(PREFIX).partition("-")[0]):
            shutil.rmtree(left_over, ignore_errors=True)
    try:
        return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
    except OSError:
        return Path(tempfile.mkdtemp(prefix="kalshi-actors-recording-"))


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OSError):
        return True
    return True


def _check_room(folder: Path, stored: Sequence[Manifest]) -> None:
    needed = sum(manifest.segment_bytes for manifest in stored)
    free = max(0, shutil.disk_usage(folder).free - LEAST_FREE_BYTES)
    if needed > free:
        message = (
            f"what is only in the store of this span takes {needed / 1e9:.2f} GB unpacked, and the disk of "
            f"{folder.parent} has {free / 1e9:.2f} GB to spare; free some space, or choose a shorter span"
        )
        raise UnreadableRecordingError(message)


def _fill(folder: Path, data_dir: Path, needed: Sequence[_Needed]) -> None:
    from actors.store.archive import unpack

    for entry in data_dir.iterdir():
        if entry.name != "log":
            (folder / entry.name).symlink_to(entry.absolute())
    for one in needed:
        log_dir = folder / "log" / one.log
        log_dir.mkdir(parents=True)
        for first in one.standing:
            with contextlib.suppress(FileNotFoundError):  # retention was quicker; it is in the store then
                _link(data_dir / "log" / one.log / segment_name(first), log_dir / segment_name(first))
        for manifest in one.stored:
            try:
                unpack(data_dir, manifest, log_dir / segment_name(manifest.first_seq))
            except StoreError as error:
                raise UnreadableRecordingError(str(error)) from None
            except OSError as error:
                message = f"{log_dir} cannot be written: {error.strerror or error}"
                raise UnreadableRecordingError(message) from None


def _link(there: Path, here: Path) -> None:
    """A second name for a segment, which stays if retention takes the first away."""
    try:
        os.link(there, here)
    except FileNotFoundError:
        raise
    except OSError:  # another disk
        here.symlink_to(there.absolute())
