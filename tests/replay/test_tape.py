"""A log read again in the runs in which it was read the first time."""

from pathlib import Path

import pytest

from messages import DayVolume, FrameReceived, Message
from replay.records import Missing
from replay.tape import Tape
from tests.messages.log.samples import SMALL, frame, segment_paths, seqs, volume, write
from tests.replay.real import damage

VOLUMES = frozenset({DayVolume.kind})


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """60 records in several segments; every third is a frame."""
    appends: list[list[Message]] = [[frame(b"x")] if n % 3 == 0 else [volume(n)] for n in range(1, 61)]
    write(tmp_path / "log" / "a", appends, SMALL)
    return tmp_path


def holes(tape: Tape) -> list[tuple[int, int]]:
    return [(hole.first, hole.last) for hole in tape.missing]


def test_runs_are_handed_out_without_the_kinds_that_nobody_wanted(data_dir: Path) -> None:
    tape = Tape(data_dir, "a", VOLUMES)
    assert seqs(tape.take(4, 9)) == [4, 5, 7, 8]
    assert seqs(tape.take(10, 10)) == [10]
    assert seqs(tape.take(12, 12)) == []
    assert seqs(tape.take(50, 60)) == [50, 52, 53, 55, 56, 58, 59]
    assert tape.missing == []
    tape.close()


def test_damage_is_named_once_and_only_where_it_was_read(data_dir: Path) -> None:
    for seq in (7, 30, 44):
        damage(data_dir / "log" / "a", seq)
    tape = Tape(data_dir, "a", frozenset({DayVolume.kind, FrameReceived.kind}))
    assert seqs(tape.take(5, 6)) == [5, 6]
    assert tape.missing == []
    assert seqs(tape.take(7, 10)) == [8, 9, 10]
    assert seqs(tape.take(31, 50)) == [*range(31, 44), *range(45, 51)]
    assert holes(tape) == [(7, 7), (44, 44)]
    assert "is damaged" in tape.missing[0].why


def test_what_retention_deleted_is_named(data_dir: Path) -> None:
    first, second, *_ = segment_paths(data_dir / "log" / "a")
    first.unlink()
    kept = int(second.stem)
    tape = Tape(data_dir, "a", VOLUMES)
    assert seqs(tape.take(1, kept + 1)) == [seq for seq in (kept, kept + 1) if seq % 3]
    assert holes(tape) == [(1, kept - 1)]
    assert "is gone; the oldest kept is" in tape.missing[0].why


def test_what_lies_behind_the_end_is_named_as_one_stretch(data_dir: Path) -> None:
    tape = Tape(data_dir, "a", VOLUMES)
    assert seqs(tape.take(58, 62)) == [58, 59]
    assert tape.take(63, 70) == []
    assert tape.missing == [Missing("a", 61, 70, "the log of a ends before record 61")]
    none = Tape(data_dir, "none", VOLUMES)
    assert none.take(3, 4) == []
    assert holes(none) == [(3, 4)]


def test_a_segment_that_is_none_of_ours_is_named(data_dir: Path) -> None:
    *_, last = segment_paths(data_dir / "log" / "a")
    first = int(last.stem)
    last.write_bytes(b"x" * 400)
    tape = Tape(data_dir, "a", VOLUMES)
    assert tape.take(first, first + 1) == []
    assert holes(tape) == [(first, first + 1)]
    assert "is not a log segment" in tape.missing[0].why
