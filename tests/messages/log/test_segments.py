from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages import Message
from messages.log.format import HEADER_BYTES, LAST, MORE, pack_record, pack_segment_header, segment_name
from messages.log.segments import LARGE_WINDOW_BYTES, SMALL_WINDOW_BYTES, START, Segment, list_segments
from tests.messages.log.samples import frame, volume, write


def opened(log_dir: Path, first: int = 1) -> Segment:
    segment = Segment(log_dir, first)
    assert segment.read_header()
    return segment


def offsets(segment: Segment) -> list[int]:
    out = []
    found = segment.next_sound(START)
    while found is not None:
        out.append(found.offset)
        found = segment.next_sound(found.next_offset)
    return out


def test_segments_are_listed_by_number_and_nothing_else_is(tmp_path: Path) -> None:
    for name in (
        "00000000000000000010.seg",
        "00000000000000000009.seg",
        "x.seg",
        "lock",
        "1.new",
        "1.torn-5",
    ):
        (tmp_path / name).touch()
    assert list_segments(tmp_path) == [9, 10]
    assert list_segments(tmp_path / "none") == []
    assert list_segments(tmp_path / "lock") == []


def test_every_record_is_found_from_every_byte_before_it(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(5)])
    segment = opened(tmp_path)
    starts = offsets(segment)
    assert len(starts) == 5
    for position in range(START, segment.size() + 5):
        found = segment.next_sound(position)
        expected = [start for start in starts if start >= position]
        assert (None if found is None else found.offset) == (expected[0] if expected else None)
    segment.close()


def test_records_are_found_over_the_borders_of_the_windows_searched(tmp_path: Path) -> None:
    for length in range(SMALL_WINDOW_BYTES - 2 * HEADER_BYTES - 12, SMALL_WINDOW_BYTES + HEADER_BYTES, 5):
        log_dir = tmp_path / str(length)
        write(log_dir, [[frame(b"\xa5" * length)], [volume(1)], [frame(b"\xa5" * length)]])
        segment = opened(log_dir)
        first = segment.record_at(START)
        assert first is not None
        second = segment.next_sound(START + 1)
        assert second is not None
        assert second.record.seq == 2
        last = segment.last_close()
        assert last is not None
        assert last.record.seq == 3
        segment.close()


def test_a_record_larger_than_every_window_is_found_from_both_sides(tmp_path: Path) -> None:
    payload = bytes(3 * LARGE_WINDOW_BYTES + 17)
    write(tmp_path, [[volume(1)], [frame(payload)]])
    with (tmp_path / segment_name(1)).open("ab") as file:
        file.write(b"\xa5\x5a" * LARGE_WINDOW_BYTES)
    segment = opened(tmp_path)
    close = segment.last_close()
    assert close is not None
    assert close.record.seq == 2
    segment.close()


def test_the_search_from_the_end_passes_over_an_append_that_was_not_finished(tmp_path: Path) -> None:
    write(tmp_path, [[volume(1), volume(2)], [volume(3)]])
    segment = opened(tmp_path)
    starts = offsets(segment)
    with (tmp_path / segment_name(1)).open("ab") as file:
        file.write(pack_record(segment.salt, MORE, 25, 4, 4, b"\x90"))
    close = segment.last_close()
    assert close is not None
    assert (close.offset, close.record.seq) == (starts[2], 3)
    segment.close()


def test_a_segment_without_records_has_no_end_record(tmp_path: Path) -> None:
    write(tmp_path, [])
    segment = opened(tmp_path)
    assert segment.last_close() is None
    assert segment.next_sound(START) is None
    assert segment.split(lambda record: True) == (START, 1, None)
    segment.close()


def test_records_quoted_in_a_payload_are_not_taken_for_records(tmp_path: Path) -> None:
    # Whole records, of this log's numbers, but made for another segment.
    quoted = b"".join(pack_record(0, LAST, 25, seq, 1, b"\x90") for seq in range(1, 50))
    write(tmp_path, [[frame(quoted)], [frame(quoted)]])
    segment = opened(tmp_path)
    assert len(offsets(segment)) == 2
    close = segment.last_close()
    assert close is not None
    assert close.next_offset == segment.size()
    segment.close()


def test_a_damaged_header_still_lets_the_records_be_checked(tmp_path: Path) -> None:
    write(tmp_path, [[volume(1)]])
    path = tmp_path / segment_name(1)
    whole = path.read_bytes()
    for position in range(START):
        data = bytearray(whole)
        data[position] ^= 1
        path.write_bytes(data)
        segment = Segment(tmp_path, 1)
        assert segment.guess_salt()
        assert offsets(segment) == [START]
        segment.close()
    path.write_bytes(pack_segment_header(1, 0) + whole[START:])
    segment = Segment(tmp_path, 1)
    assert not segment.guess_salt()
    segment.close()


@settings(max_examples=60, deadline=None)
@given(
    times=st.lists(st.integers(1, 6), min_size=1, max_size=30).map(sorted),
    sizes=st.lists(st.integers(0, 6000), min_size=30, max_size=30),
    wanted=st.integers(0, 8),
)
def test_bisection_divides_where_a_walk_would(
    tmp_path_factory: pytest.TempPathFactory, times: list[int], sizes: list[int], wanted: int
) -> None:
    log_dir = tmp_path_factory.mktemp("log")
    path = log_dir / segment_name(1)
    path.write_bytes(pack_segment_header(1, 5))
    segment = opened(log_dir)
    with path.open("ab") as file:
        for seq, (at_ns, size) in enumerate(zip(times, sizes, strict=False), 1):
            file.write(pack_record(segment.salt, LAST, 10, seq, at_ns, bytes(size)))
    before = [seq for seq, at_ns in enumerate(times, 1) if at_ns < wanted]
    offset, next_seq, hit = segment.split(lambda record: record.at_ns >= wanted)
    assert next_seq == len(before) + 1
    assert offset == (START + sum(HEADER_BYTES + size for size in sizes[: len(before)]))
    assert (hit.record.seq if hit else None) == (next_seq if len(before) < len(times) else None)
    segment.close()


def test_messages_of_every_shape_pass(tmp_path: Path) -> None:
    appends: list[list[Message]] = [[volume(1), frame(b"")], [frame(b"\xa5\x5a\xa5\x5b")]]
    assert len(write(tmp_path, appends)) == 3
