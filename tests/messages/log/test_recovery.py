import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messages import Message
from messages.errors import CorruptLogError, ForeignLogError
from messages.log import LogReader, LogWriter
from messages.log.format import pack_segment_header, segment_name
from messages.log.recovery import End, recover
from messages.log.retention import load_cursor, save_cursor
from messages.log.segments import START, list_segments
from tests.messages.log.samples import (
    QUIET,
    SMALL,
    copy,
    drain,
    frame,
    read_all,
    segment_paths,
    seqs,
    spans,
    volume,
    write,
)

APPENDS: list[list[Message]] = [
    [volume(1)],
    [volume(2), frame(b"abc"), volume(4)],
    [frame(b"\xa5\x5a\xa5\x5b")],
    [volume(6), volume(7)],
]


def test_a_log_cut_at_any_byte_goes_on_behind_the_last_whole_append(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, APPENDS)
    originals = read_all(source)
    borders = [(START, 0)] + [(span.end, span.seq) for span in spans(segment_paths(source)[0]) if span.closes]
    whole = segment_paths(source)[0].read_bytes()
    for cut in range(len(whole) + 1):
        log_dir = copy(source, tmp_path / "cut")
        path = segment_paths(log_dir)[0]
        path.write_bytes(whole[:cut])
        sound_end, kept = max((b for b in borders if b[0] <= cut), default=(0, 0))
        with LogReader(log_dir) as before:
            assert drain(before) == originals[:kept]
            with LogWriter(log_dir, QUIET) as writer:
                assert writer.next_seq == kept + 1
                assert writer.append([volume(99)], 5) == kept + 1
            (new,) = drain(before)
            assert new.message() == volume(99)
            assert read_all(log_dir) == [*originals[:kept], new]
        torn = list(log_dir.glob("*.torn-*"))
        if cut == sound_end > 0:
            assert torn == []
        else:
            assert [t.name for t in torn] == [f"{path.stem}.torn-{sound_end}"]
            assert torn[0].read_bytes() == whole[sound_end:cut]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.lists(st.integers(0, 200), min_size=1, max_size=4), max_size=8),
    back=st.integers(0, 400),
    garbage=st.one_of(
        st.binary(max_size=300),
        st.integers(0, 9000).map(bytes),
        st.integers(1, 99).map(lambda n: b"\xa5\x5a" * n),
    ),
)
def test_whatever_stands_behind_the_end_the_log_goes_on(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[list[int]], back: int, garbage: bytes
) -> None:
    log_dir = tmp_path_factory.mktemp("log")
    write(log_dir, [[frame(b"\x5a\xa5" * size) for size in append] for append in sizes], SMALL)
    originals = read_all(log_dir)
    path = segment_paths(log_dir)[-1]
    data = path.read_bytes()
    path.write_bytes(data[: max(START, len(data) - back)] + garbage)
    with LogReader(log_dir) as before:
        kept = drain(before)
        assert kept == originals[: len(kept)]
        with LogWriter(log_dir, SMALL) as writer:
            assert writer.next_seq == len(kept) + 1
            writer.append([volume(1), volume(2)], 0)
        new = drain(before)
        assert len(new) == 2
        assert read_all(log_dir) == kept + new


def test_a_log_is_mended_again_and_again(tmp_path: Path) -> None:
    rng = random.Random(3)
    got: list[bytes] = []
    with LogReader(tmp_path) as log:
        for n in range(60):
            with LogWriter(tmp_path, SMALL) as writer:
                for _ in range(rng.randrange(5)):
                    writer.append([volume(n), frame(rng.randbytes(rng.randrange(60)))], n)
            path = segment_paths(tmp_path)[-1]
            with path.open("ab") as file:
                file.write(rng.randbytes(rng.randrange(40)))
            got += [record.payload for record in drain(log)]
    assert got == [record.payload for record in read_all(tmp_path)]


def test_a_segment_whose_creation_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    for size in (0, 1, START - 1):
        log_dir = tmp_path / str(size)
        write(log_dir, [[volume(n)] for n in range(7)])
        (log_dir / segment_name(8)).write_bytes(b"KALSHLOG".ljust(START)[:size])
        (log_dir / "00000000000000000008.new").write_bytes(b"KAL")
        with LogReader(log_dir) as log:
            assert len(drain(log)) == 7
            with LogWriter(log_dir, QUIET) as writer:
                assert writer.last_at_ns == 7 * 10**9
                assert writer.append([volume(8)], 1) == 8
            (record,) = drain(log)
            assert (record.seq, record.at_ns) == (8, 7 * 10**9)
        assert not list(log_dir.glob("*.new"))
        assert seqs(read_all(log_dir)) == list(range(1, 9))


def test_times_do_not_fall_over_a_segment_without_records(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(7)])
    (tmp_path / segment_name(8)).write_bytes(pack_segment_header(8, 1))
    end = recover(tmp_path)
    assert (end.next_seq, end.last_at_ns, end.size) == (8, 7 * 10**9, START)


def test_a_new_log_begins_with_one(tmp_path: Path) -> None:
    assert recover(tmp_path) == End(None, 0, 0, 1, 0)


def test_the_end_is_found_without_regard_to_damage_before_it(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(9)])
    path = segment_paths(tmp_path)[0]
    data = bytearray(path.read_bytes())
    data[START + 40] ^= 1
    path.write_bytes(data)
    assert recover(tmp_path).next_seq == 10


def test_a_foreign_log_and_one_of_a_later_version_are_refused_and_left_alone(tmp_path: Path) -> None:
    for data, says in ((b"PARQUET1" + bytes(200), "not a log segment"), (b"KALSHLOG\x02\x00", "format 2.0")):
        path = tmp_path / segment_name(1)
        path.write_bytes(data.ljust(START, b"\0"))
        with pytest.raises(ForeignLogError, match=says):
            LogWriter(tmp_path)
        assert path.read_bytes() == data.ljust(START, b"\0")


def test_a_damaged_header_is_refused_and_left_alone(tmp_path: Path) -> None:
    write(tmp_path, [[volume(1)]])
    path = segment_paths(tmp_path)[0]
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    with pytest.raises(CorruptLogError, match="header"):
        LogWriter(tmp_path)
    assert path.read_bytes() == data


def test_no_cursor_outlives_the_records_that_a_power_cut_took(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(9)])
    save_cursor(tmp_path, "ahead", 10)
    save_cursor(tmp_path, "behind", 3)
    path = segment_paths(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-200])
    kept = len(read_all(tmp_path))
    LogWriter(tmp_path, QUIET).close()
    assert load_cursor(tmp_path, "ahead") == kept + 1 < 10
    assert load_cursor(tmp_path, "behind") == 3
    assert list_segments(tmp_path) == [1]
