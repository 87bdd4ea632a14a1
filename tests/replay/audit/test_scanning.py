"""Every byte of a log is either part of a record that is handed out, or named."""

from pathlib import Path

import pytest

from messages.log import LogSettings, LogWriter, Record
from messages.log.format import HEADER_BYTES, SEGMENT_HEADER
from messages.log.segments import Segment, list_segments
from replay.audit import scanning
from replay.audit.scanning import Flaw, Piece, scan
from tests.messages.log.samples import SMALL, frame, read_all, segment_paths, spans, volume, write

THREE_TIMES_THREE = [[volume(n), volume(n + 1), volume(n + 2)] for n in range(1, 9, 3)]


def parts(log_dir: Path, from_ns: int = 0) -> tuple[list[Record], list[Flaw]]:
    found = list(scan(log_dir, from_ns))
    records = [record for part in found if isinstance(part, Piece) for record in part.records]
    return records, [part for part in found if isinstance(part, Flaw)]


def seqs(records: list[Record]) -> list[int]:
    return [record.seq for record in records]


@pytest.fixture
def log_dir(tmp_path: Path) -> Path:
    """Thirty records in several segments, three an append."""
    folder = tmp_path / "log"
    write(folder, [[volume(n), volume(n + 1), volume(n + 2)] for n in range(0, 30, 3)], SMALL)
    assert len(segment_paths(folder)) > 3
    return folder


def test_a_sound_log_comes_out_as_its_reader_has_it(log_dir: Path) -> None:
    records, flaws = parts(log_dir)
    assert (records, flaws) == (read_all(log_dir), [])


def test_the_bytes_of_a_piece_are_those_of_its_records(log_dir: Path) -> None:
    data = b"".join(part.data for part in scan(log_dir, 0) if isinstance(part, Piece))
    assert data == b"".join(path.read_bytes()[SEGMENT_HEADER.size :] for path in segment_paths(log_dir))


def test_records_larger_than_a_chunk_come_out_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "CHUNK_BYTES", 64)
    folder = tmp_path / "log"
    write(folder, [[frame(b"x" * size), frame(b"y")] for size in (10, 1000, 3, 5000)])
    assert parts(folder) == (read_all(folder), [])


def test_a_scan_begins_with_the_segment_that_holds_the_moment(log_dir: Path) -> None:
    first = int(segment_paths(log_dir)[2].stem)
    appended_ns = read_all(log_dir)[first - 1].at_ns
    records, _ = parts(log_dir, appended_ns + 1)
    assert seqs(records)[0] == first
    assert seqs(parts(log_dir, 0)[0])[0] == 1


def test_a_log_that_does_not_exist_has_nothing(tmp_path: Path) -> None:
    assert parts(tmp_path / "none") == ([], [])


def test_a_flipped_byte_costs_its_record_and_is_named(log_dir: Path) -> None:
    path = segment_paths(log_dir)[1]
    whole = path.read_bytes()
    for span in spans(path):
        for offset in range(span.start, span.end):
            path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x40]) + whole[offset + 1 :])
            records, flaws = parts(log_dir)
            assert [(flaw.first, flaw.last) for flaw in flaws] == [(span.seq, span.seq)], offset
            assert seqs(records) == [n for n in range(1, 31) if n != span.seq]
            assert str(path) in flaws[0].what


def test_a_flipped_byte_of_a_segments_header_is_named_and_costs_nothing_but_its_magic(log_dir: Path) -> None:
    path = segment_paths(log_dir)[1]
    whole = path.read_bytes()
    of_segment = {span.seq for span in spans(path)}
    for offset in range(SEGMENT_HEADER.size):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1]) + whole[offset + 1 :])
        records, flaws = parts(log_dir)
        assert len(flaws) == 1, offset
        lost = of_segment if flaws[0].is_foreign else set()
        assert flaws[0].is_foreign is (offset < 12)
        assert seqs(records) == [n for n in range(1, 31) if n not in lost]


def test_a_missing_record_is_named_wherever_it_stood(log_dir: Path) -> None:
    path = segment_paths(log_dir)[1]
    whole = path.read_bytes()
    for span in spans(path):
        path.write_bytes(whole[: span.start] + whole[span.end :])
        _, flaws = parts(log_dir)
        assert [(flaw.first, flaw.last) for flaw in flaws] == [(span.seq, span.seq)]


def test_a_doubled_record_is_named_and_handed_out_once(log_dir: Path) -> None:
    for path in segment_paths(log_dir)[1:]:
        whole = path.read_bytes()
        for span in spans(path):
            path.write_bytes(whole[: span.end] + whole[span.start : span.end] + whole[span.end :])
            records, flaws = parts(log_dir)
            assert seqs(records) == list(range(1, 31))
            assert len(flaws) == 1
            assert f"record {span.seq} stands there again" in flaws[0].what
        path.write_bytes(whole)


def test_a_missing_segment_is_named(log_dir: Path) -> None:
    gone, following = segment_paths(log_dir)[1:3]
    gone.unlink()
    _, flaws = parts(log_dir)
    assert [(flaw.first, flaw.last) for flaw in flaws] == [(int(gone.stem), int(following.stem) - 1)]


def test_a_segment_of_a_later_version_is_named_and_not_half_read(log_dir: Path) -> None:
    path = segment_paths(log_dir)[1]
    data = bytearray(path.read_bytes())
    data[8] = 2
    path.write_bytes(data)
    records, flaws = parts(log_dir)
    assert flaws[0].is_foreign
    assert "has log format 2.0" in flaws[0].what
    assert not {span.seq for span in spans(path)} & set(seqs(records))


def test_what_stands_behind_the_last_whole_append_is_a_tail(log_dir: Path) -> None:
    path = segment_paths(log_dir)[-1]
    whole = path.read_bytes()
    last = spans(path)[-1]
    for cut in (1, HEADER_BYTES + 3, last.end - last.start):
        path.write_bytes(whole[:-cut])
        records, flaws = parts(log_dir)
        # No part of an append that is not whole: all three of them are left out.
        assert seqs(records) == list(range(1, 28))
        assert [flaw.is_tail for flaw in flaws] == [True]
    path.write_bytes(whole + b"\0" * 100)
    assert [flaw.is_tail for flaw in parts(log_dir)[1]] == [True]


def test_a_record_behind_a_broken_length_is_still_found(log_dir: Path) -> None:
    path = segment_paths(log_dir)[-1]
    span = spans(path)[-2]
    data = bytearray(path.read_bytes())
    data[span.start + 10] ^= 1  # 64 KiB longer than it is
    path.write_bytes(data)
    records, flaws = parts(log_dir)
    assert [(flaw.first, flaw.last, flaw.is_tail) for flaw in flaws] == [(span.seq, span.seq, False)]
    assert seqs(records)[-1] == 30


def test_a_newest_segment_without_a_whole_header_is_a_tail(log_dir: Path) -> None:
    path = segment_paths(log_dir)[-1]
    path.write_bytes(path.read_bytes()[:20])
    _, flaws = parts(log_dir)
    assert [(flaw.is_tail, "no whole header" in flaw.what) for flaw in flaws] == [(True, True)]


def test_an_append_that_is_on_its_way_is_left_for_later(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    with LogWriter(folder, LogSettings(fsync_s=3600)) as writer:
        writer.append([volume(1)], 1)
        path = segment_paths(folder)[0]
        before = path.read_bytes()
        writer.append([volume(2), volume(3)], 2)
        path.write_bytes(before + path.read_bytes()[len(before) :][:40])
        records, flaws = parts(folder)
        assert seqs(records) == [1]
        assert [flaw.is_tail for flaw in flaws] == [True]


def test_a_segment_that_is_deleted_between_listing_and_opening_is_gone(
    log_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = list_segments(log_dir)
    segment_paths(log_dir)[1].unlink()
    monkeypatch.setattr(scanning, "list_segments", lambda folder: listed)
    _, flaws = parts(log_dir)
    assert [flaw.is_gone for flaw in flaws] == [True, False]


def test_a_file_that_shrinks_while_it_is_read_ends_there(
    log_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = segment_paths(log_dir)[-1]
    end, size = spans(path)[2].end, path.stat().st_size
    path.write_bytes(path.read_bytes()[:end])
    monkeypatch.setattr(Segment, "size", lambda segment: size)
    records, _ = parts(log_dir)
    assert seqs(records)[-1] == spans(path)[2].seq
