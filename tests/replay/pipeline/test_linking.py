"""Logs that stand in two folders and share their bytes."""

import os
from pathlib import Path

import pytest

from messages.errors import UnwritableLogError
from messages.log import LogWriter
from messages.log.bulk import BulkWriter
from messages.log.segments import list_segments
from replay.pipeline.linking import link
from tests.messages.log.samples import read_all, seqs, volume


@pytest.fixture
def log_dir(tmp_path: Path) -> Path:
    """Twenty records of the times 1 to 20, four a segment."""
    with BulkWriter(tmp_path / "log", segment_bytes=180) as writer:
        for n in range(1, 21):
            writer.append([volume(n)], n)
    assert list_segments(tmp_path / "log") == [1, 5, 9, 13, 17]
    return tmp_path / "log"


def test_the_segments_of_a_span_are_the_same_files(tmp_path: Path, log_dir: Path) -> None:
    link(log_dir, tmp_path / "out", 6, 12)
    assert list_segments(tmp_path / "out") == [5, 9]
    assert seqs(read_all(tmp_path / "out")) == list(range(5, 13))
    (name,) = [path.name for path in log_dir.iterdir() if path.name.startswith("0" * 19 + "5")]
    assert os.path.samefile(log_dir / name, tmp_path / "out" / name)


def test_a_span_without_end_takes_all(tmp_path: Path, log_dir: Path) -> None:
    link(log_dir, tmp_path / "out", 0, 2**62)
    assert read_all(tmp_path / "out") == read_all(log_dir)


def test_where_files_cannot_be_linked_they_are_pointed_at(
    tmp_path: Path, log_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", refuse)
    link(log_dir, tmp_path / "out", 0, 2**62)
    assert read_all(tmp_path / "out") == read_all(log_dir)
    assert all(path.is_symlink() for path in (tmp_path / "out").glob("*.seg"))


def test_nobody_can_write_to_the_recording_from_there(tmp_path: Path, log_dir: Path) -> None:
    link(log_dir, tmp_path / "out", 0, 2**62)
    with pytest.raises(UnwritableLogError):
        LogWriter(tmp_path / "out")


def test_an_empty_log_stays_one(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    link(tmp_path / "log", tmp_path / "out", 0, 2**62)
    assert list_segments(tmp_path / "out") == []
