"""A log written at once: the bytes of an ordinary log, and always the same."""

from pathlib import Path

import pytest

from messages import DayVolume
from messages.errors import UnwritableLogError
from messages.log import LogReader, LogWriter
from messages.log.bulk import BulkWriter
from messages.log.format import HEADER_BYTES
from messages.log.segments import START
from tests.messages.log.samples import QUIET, drain, frame, read_all, segment_paths, volume


def write(log_dir: Path, segment_bytes: int = 400) -> None:
    with BulkWriter(log_dir, segment_bytes) as writer:
        for n in range(1, 20, 2):
            assert writer.append([volume(n), volume(n + 1)], n * 1000) == n
        assert (writer.next_seq, writer.last_at_ns) == (21, 19_000)


def test_it_reads_like_any_log(tmp_path: Path) -> None:
    write(tmp_path / "bulk")
    with LogWriter(tmp_path / "live", QUIET) as writer:
        for n in range(1, 20, 2):
            writer.append([volume(n), volume(n + 1)], n * 1000)
    assert read_all(tmp_path / "bulk") == read_all(tmp_path / "live")
    assert len(segment_paths(tmp_path / "bulk")) == 3
    with LogReader(tmp_path / "bulk") as reader:
        reader.seek_time(9000)
        assert reader.next_seq == 9


def test_the_records_are_the_bytes_that_a_live_writer_appends(tmp_path: Path) -> None:
    with BulkWriter(tmp_path / "bulk") as bulk, LogWriter(tmp_path / "live", QUIET) as live:
        for writer in (bulk, live):
            writer.append([frame(b"x" * 300), volume(1)], 5)
    (bulk_path,), (live_path,) = segment_paths(tmp_path / "bulk"), segment_paths(tmp_path / "live")
    ours, theirs = bulk_path.read_bytes(), live_path.read_bytes()
    assert len(ours) == len(theirs)
    # The checksums start from the segment's header, which says when it was made.
    assert ours[START + 4 : START + HEADER_BYTES] == theirs[START + 4 : START + HEADER_BYTES]


def test_the_same_appends_give_the_same_files(tmp_path: Path) -> None:
    write(tmp_path / "one")
    write(tmp_path / "two")
    one, two = segment_paths(tmp_path / "one"), segment_paths(tmp_path / "two")
    assert [path.name for path in one] == [path.name for path in two]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_after_a_flush_it_can_be_read_and_goes_on(tmp_path: Path) -> None:
    with BulkWriter(tmp_path / "bulk") as writer, LogReader(tmp_path / "bulk") as reader:
        writer.append([volume(1)], 10)
        assert drain(reader) == []
        writer.flush()
        assert [record.message() for record in drain(reader)] == [volume(1)]
        writer.append([volume(2)], 9)
        writer.flush()
        assert [(record.seq, record.at_ns) for record in drain(reader)] == [(2, 10)]


def test_much_is_written_on_the_way(tmp_path: Path) -> None:
    with BulkWriter(tmp_path / "bulk") as writer:
        for n in range(300):
            writer.append([frame(bytes(1000))], n)
        assert len(read_all(tmp_path / "bulk")) > 200
    assert len(read_all(tmp_path / "bulk")) == 300


def test_a_log_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(UnwritableLogError, match="cannot be written: File exists"):
        BulkWriter(tmp_path)


def test_a_continued_log_takes_a_live_writer(tmp_path: Path) -> None:
    write(tmp_path / "bulk")
    with LogWriter(tmp_path / "bulk", QUIET) as writer:
        assert writer.append([DayVolume("coinbase", "BTC-USD", 1, 1, 1)], 30_000) == 21
    assert len(read_all(tmp_path / "bulk")) == 21
