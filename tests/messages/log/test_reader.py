import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messages import DayVolume, FrameReceived, Message
from messages.errors import CorruptLogError, ForeignLogError, LogError, LogGoneError
from messages.log import LogReader, LogSettings, LogWriter, Record, reader
from messages.log.format import LAST, MORE, pack_record, segment_name
from messages.log.segments import START, Segment, list_segments
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

CHUNKS = pytest.mark.parametrize("chunk_bytes", [40, reader.CHUNK_BYTES])
"""A reader that gets less than two records at once, and one that gets all."""


def read_over_damage(
    log_dir: Path, kinds: frozenset[int] | None = None
) -> tuple[list[Record], list[LogError], int]:
    """Everything that can be read, what was said about the rest, and how much is said to be lost."""
    records: list[Record] = []
    errors: list[LogError] = []
    lost = 0
    with LogReader(log_dir) as log:
        while True:
            try:
                records += log.read(3, kinds)
            except (CorruptLogError, ForeignLogError) as error:
                errors.append(error)
                assert len(errors) < 100
                lost += log.skip_damage()
            if log.drained:
                return records, errors, lost


# -- plain reading


def test_a_log_that_does_not_exist_is_empty_until_it_does(tmp_path: Path) -> None:
    with LogReader(tmp_path / "later") as log:
        assert log.read() == []
        assert log.drained
        write(tmp_path / "later", [[volume(1)], [volume(2)]])
        assert seqs(drain(log)) == [1, 2]


def test_records_come_as_they_were_written(tmp_path: Path) -> None:
    messages: list[Message] = [volume(1), frame(b"abc"), volume(2)]
    with LogWriter(tmp_path, QUIET) as writer:
        assert writer.append(messages, 77) == 1
    records = read_all(tmp_path)
    assert [record.message() for record in records] == messages
    assert [(record.seq, record.at_ns, record.kind) for record in records] == [
        (1, 77, 25),
        (2, 77, 10),
        (3, 77, 25),
    ]


@CHUNKS
def test_every_limit_reads_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int
) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", chunk_bytes)
    write(tmp_path, [[volume(n)] * (n % 4 + 1) for n in range(30)], SMALL)
    everything = read_all(tmp_path)
    assert seqs(everything) == list(range(1, len(everything) + 1))
    for limit in (1, 2, 3, 7, 1000):
        assert read_all(tmp_path, limit) == everything
    with LogReader(tmp_path) as log:
        assert len(log.read(5)) == 5
        assert not log.drained


@CHUNKS
def test_only_the_kinds_asked_for_are_returned_and_drained_says_where_the_end_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int
) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", chunk_bytes)
    write(tmp_path, [[volume(n), volume(n), frame(b"x" * n)] for n in range(1, 40)], SMALL)
    assert seqs(read_all(tmp_path, 10, frozenset({FrameReceived.kind}))) == list(range(3, 118, 3))
    with LogReader(tmp_path) as log:
        assert log.read(2, frozenset({99})) == []
        assert not log.drained  # 32 were passed over, that is enough for one call
        assert log.next_seq == 33
        assert drain(log, 2, frozenset({99})) == []
        assert log.next_seq == 118


def test_records_larger_than_what_is_read_at_once(tmp_path: Path) -> None:
    sizes = [0, 10, 3_000_000, 5, reader.CHUNK_BYTES, reader.CHUNK_BYTES - 60, 7_000_001, 1]
    write(tmp_path, [[frame(bytes([n]) * size)] for n, size in enumerate(sizes)])
    messages = [record.message() for record in read_all(tmp_path)]
    assert [len(m.data) for m in messages if isinstance(m, FrameReceived)] == sizes
    assert seqs(read_all(tmp_path, 1000, frozenset({DayVolume.kind}))) == []


def test_an_append_larger_than_what_is_read_at_once(tmp_path: Path) -> None:
    write(tmp_path, [[frame(bytes(1000))] * 2000, [volume(1)]])
    assert seqs(read_all(tmp_path)) == list(range(1, 2002))


def test_two_readers_do_not_disturb_each_other(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(20)], SMALL)
    with LogReader(tmp_path) as one, LogReader(tmp_path) as other:
        assert seqs(one.read(5)) == [1, 2, 3, 4, 5]
        assert seqs(drain(other)) == list(range(1, 21))
        assert seqs(drain(one)) == list(range(6, 21))


def test_a_closed_reader_goes_on_where_it_was(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(20)], SMALL)
    log = LogReader(tmp_path)
    assert seqs(log.read(7)) == list(range(1, 8))
    log.close()
    assert seqs(drain(log)) == list(range(8, 21))
    log.close()


# -- following


def test_a_reader_follows_a_writer_record_by_record_and_over_segments(tmp_path: Path) -> None:
    with LogWriter(tmp_path, SMALL) as writer, LogReader(tmp_path) as log:
        for n in range(1, 60):
            assert log.read() == []
            assert log.drained
            assert writer.append([volume(n)], n) == n
            assert seqs(drain(log)) == [n]
    assert len(list_segments(tmp_path)) > 5


def test_a_reader_far_behind_a_roll_takes_nothing_twice(tmp_path: Path) -> None:
    with LogWriter(tmp_path, SMALL) as writer, LogReader(tmp_path) as log:
        got = []
        for n in range(200):
            writer.append([volume(n)] * (n % 3 + 1), n)
            got += log.read(2)
        got += drain(log)
        assert seqs(got) == list(range(1, writer.next_seq))


WRITE_MANY = """
import sys, pathlib
from messages import DayVolume
from messages.log import LogSettings, LogWriter
with LogWriter(pathlib.Path(sys.argv[1]), LogSettings(segment_bytes=2000, fsync_s=0.01)) as writer:
    n = 0
    while n < int(sys.argv[2]):
        count = n % 5 + 1
        writer.append([DayVolume("coinbase", "BTC-USD", n, n, 10 ** (n % 12))] * count, n)
        n += count
"""


@pytest.mark.parametrize("kinds", [None, frozenset({FrameReceived.kind}), frozenset({DayVolume.kind})])
def test_a_writer_in_another_process_is_followed_over_many_tiny_segments(
    tmp_path: Path, kinds: frozenset[int] | None
) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITE_MANY, str(tmp_path / "log"), "6000"])
    got: list[Record] = []
    with LogReader(tmp_path / "log") as log:
        while writer.poll() is None:
            got += log.read(50, kinds)
        assert writer.returncode == 0
        got += drain(log, 50, kinds)
        assert log.next_seq > 6000
        if kinds is None or DayVolume.kind in kinds:
            assert seqs(got) == list(range(1, log.next_seq))
        else:
            assert got == []


def test_a_writer_in_another_thread_is_followed_over_many_tiny_segments(tmp_path: Path) -> None:
    def run() -> None:
        for n in range(3000):
            writer.append([volume(n)] * (n % 4 + 1), n)

    got: list[Record] = []
    with LogWriter(tmp_path, LogSettings(segment_bytes=3000, fsync_s=0.005)) as writer:
        thread = threading.Thread(target=run)
        thread.start()
        with LogReader(tmp_path) as log:
            while thread.is_alive():
                got += log.read(20)
            thread.join()
            got += drain(log)
            assert seqs(got) == list(range(1, writer.next_seq))


# -- appends are whole


def test_nothing_of_an_append_is_seen_before_all_of_it_is_there(tmp_path: Path) -> None:
    write(tmp_path, [[volume(1)]])
    segment = Segment(tmp_path, 1)
    assert segment.read_header()
    parts = [pack_record(segment.salt, MORE, 25, seq, 10**9, b"\x90") for seq in (2, 3)]
    parts.append(pack_record(segment.salt, LAST, 25, 4, 10**9, b"\x90"))
    segment.close()
    data = b"".join(parts)
    with LogReader(tmp_path) as log, LogReader(tmp_path) as skipping:
        assert seqs(log.read()) == [1]
        with (tmp_path / segment_name(1)).open("ab", buffering=0) as file:
            for position in range(len(data)):
                assert log.read() == []
                assert log.drained
                assert skipping.read(10, frozenset({99})) == []
                assert skipping.drained
                assert skipping.next_seq == 2
                file.write(data[position : position + 1])
        assert seqs(log.read()) == [2, 3, 4]
        assert skipping.read(10, frozenset({99})) == []
        assert skipping.next_seq == 5


def test_a_torn_append_that_is_taken_back_and_overwritten_under_a_reader(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, [[volume(1)], [volume(2), frame(b"old" * 9), volume(3)]])
    whole = segment_paths(source)[0].read_bytes()
    starts = [span.start for span in spans(segment_paths(source)[0])]
    for cut in range(starts[1], len(whole)):
        log_dir = copy(source, tmp_path / "cut")
        segment_paths(log_dir)[0].write_bytes(whole[:cut])
        with LogReader(log_dir) as log, LogReader(log_dir) as skipping:
            assert seqs(drain(log)) == [1]
            assert drain(skipping, 100, frozenset({FrameReceived.kind})) == []
            with LogWriter(log_dir, QUIET) as writer:
                assert writer.append([frame(b"new"), volume(9)], 0) == 2
                writer.append([frame(b"newer")], 0)
                assert [r.message() for r in drain(log)] == [frame(b"new"), volume(9), frame(b"newer")]
                assert seqs(drain(skipping, 100, frozenset({FrameReceived.kind}))) == [2, 4]


def test_garbage_behind_the_end_is_waited_out_for_as_long_as_it_takes(tmp_path: Path) -> None:
    write(tmp_path, [[volume(1)]])
    with segment_paths(tmp_path)[0].open("ab") as file:
        file.write(bytes(5000))
    with LogReader(tmp_path) as log:
        assert seqs(drain(log)) == [1]
        for _ in range(1000):
            assert log.read() == []
            assert log.drained
        with LogWriter(tmp_path, QUIET) as writer:
            writer.append([volume(2)], 0)
        assert seqs(drain(log)) == [2]


# -- damage


def mixed(log_dir: Path, options: LogSettings = QUIET) -> list[Record]:
    write(log_dir, [[volume(1)], [frame(b"ab"), volume(2)], [frame(b"\xa5\x5a")], [volume(3)]], options)
    return read_all(log_dir)


@CHUNKS
def test_a_flip_of_any_byte_is_named_and_nothing_wrong_is_returned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int
) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", chunk_bytes)
    originals = mixed(tmp_path / "source")
    path = segment_paths(copy(tmp_path / "source", tmp_path / "flipped"))[0]
    places = spans(path)
    whole = path.read_bytes()
    for position in range(len(whole)):
        for flip in (0x01, 0x80, 0xFF):
            data = bytearray(whole)
            data[position] ^= flip
            path.write_bytes(data)
            records, errors, lost = read_over_damage(tmp_path / "flipped")
            hit = next((place for place in places if place.start <= position < place.end), None)
            if hit is None:  # the segment's header
                assert records == originals
                assert [str(path) in str(error) for error in errors] == [True]
            elif hit.seq == len(originals):  # nothing sound stands behind it: it was never written whole
                assert records == originals[:-1]
                assert errors == []
            else:
                assert records == [record for record in originals if record.seq != hit.seq]
                (error,) = errors
                assert isinstance(error, CorruptLogError)
                assert (error.path, error.offset, error.next_seq) == (str(path), hit.start, hit.seq)
                assert lost == 1


@CHUNKS
def test_a_flip_of_any_byte_under_a_filter_never_gives_a_wrong_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int
) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", chunk_bytes)
    originals = mixed(tmp_path / "source")
    path = segment_paths(copy(tmp_path / "source", tmp_path / "flipped"))[0]
    places = spans(path)
    whole = path.read_bytes()
    for kind in (FrameReceived.kind, DayVolume.kind):
        wanted = [record for record in originals if record.kind == kind]
        for position in range(START, len(whole)):
            data = bytearray(whole)
            data[position] ^= 0x03
            path.write_bytes(data)
            damaged = next(place.seq for place in places if place.start <= position < place.end)
            records, errors, _ = read_over_damage(tmp_path / "flipped", frozenset({kind}))
            assert records == [record for record in wanted if record.seq != damaged]
            assert all(isinstance(error, CorruptLogError) for error in errors)
            assert all(error.next_seq == damaged for error in errors if isinstance(error, CorruptLogError))


def test_what_stands_before_damage_is_returned_before_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(10)])
    path = segment_paths(tmp_path)[0]
    data = bytearray(path.read_bytes())
    data[spans(path)[5].end - 1] ^= 1
    path.write_bytes(data)
    with LogReader(tmp_path) as log:
        assert seqs(log.read()) == [1, 2, 3, 4, 5]
        for _ in range(3):
            with pytest.raises(CorruptLogError, match="at record 6"):
                log.read()
        assert log.skip_damage() == 1
        assert seqs(drain(log)) == [7, 8, 9, 10]


@CHUNKS
@pytest.mark.parametrize("doubled", range(5))
def test_a_doubled_record_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int, doubled: int
) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", chunk_bytes)
    originals = mixed(tmp_path)
    path = segment_paths(tmp_path)[0]
    _, start, end, _ = spans(path)[doubled]
    data = path.read_bytes()
    path.write_bytes(data[:end] + data[start:end] + data[end:])
    records, errors, lost = read_over_damage(tmp_path)
    assert records == originals
    assert lost == 0
    assert len(errors) == 1


@CHUNKS
@pytest.mark.parametrize("missing", range(4))
def test_a_missing_record_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int, missing: int
) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", chunk_bytes)
    originals = mixed(tmp_path)
    path = segment_paths(tmp_path)[0]
    seq, start, end, _ = spans(path)[missing]
    data = path.read_bytes()
    path.write_bytes(data[:start] + data[end:])
    records, errors, lost = read_over_damage(tmp_path)
    assert records == [record for record in originals if record.seq != seq]
    assert lost == 1
    assert [error.next_seq for error in errors if isinstance(error, CorruptLogError)] == [seq]


def test_a_cut_segment_that_is_not_the_newest_is_damage(tmp_path: Path) -> None:
    write(tmp_path / "source", [[volume(n)] for n in range(20)], SMALL)
    originals = read_all(tmp_path / "source")
    first, second = list_segments(tmp_path / "source")[:2]
    for cut in range(segment_paths(tmp_path / "source")[0].stat().st_size):
        log_dir = copy(tmp_path / "source", tmp_path / "cut")
        path = segment_paths(log_dir)[0]
        kept = [span.seq for span in spans(path) if span.end <= cut]
        path.write_bytes(path.read_bytes()[:cut])
        records, errors, lost = read_over_damage(log_dir)
        assert seqs(records) == kept + [seq for seq in seqs(originals) if seq >= second]
        assert lost == second - first - len(kept)
        assert len(errors) == 1


def test_a_missing_segment_is_found(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(30)], SMALL)
    numbers = list_segments(tmp_path)
    segment_paths(tmp_path)[2].unlink()
    records, errors, lost = read_over_damage(tmp_path)
    assert seqs(records) == [*range(1, numbers[2]), *range(numbers[3], 31)]
    assert lost == numbers[3] - numbers[2]
    assert len(errors) == 1
    with LogReader(tmp_path) as log:
        log.seek_seq(numbers[2] + 1)
        with pytest.raises(CorruptLogError):
            log.read()


def test_a_doubled_segment_gives_no_record_twice(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(12)], SMALL)
    first = segment_paths(tmp_path)[0]
    second = segment_paths(tmp_path)[1]
    data = first.read_bytes()
    second.rename(tmp_path / "aside")
    write(tmp_path / "b", [[volume(n)] for n in range(8)])  # reaches into the numbers of the next
    first.write_bytes(segment_paths(tmp_path / "b")[0].read_bytes())
    (tmp_path / "aside").rename(second)
    assert data != first.read_bytes()
    records, _, _ = read_over_damage(tmp_path)
    assert seqs(records) == list(range(1, 13))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.lists(st.integers(0, 300), min_size=1, max_size=4), min_size=1, max_size=12),
    damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), max_size=4),
    limit=st.integers(1, 9),
    chunk_bytes=st.sampled_from([40, 200, 1000, reader.CHUNK_BYTES]),
)
def test_whatever_is_damaged_the_rest_is_read_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    sizes: list[list[int]],
    damage: list[tuple[int, int]],
    limit: int,
    chunk_bytes: int,
) -> None:
    log_dir = tmp_path_factory.mktemp("log")
    write(log_dir, [[frame(b"\xa5" * size) for size in sizes_] for sizes_ in sizes], SMALL)
    originals = read_all(log_dir)
    for position, flip in damage:
        path = segment_paths(log_dir)[position % len(list_segments(log_dir))]
        data = bytearray(path.read_bytes())
        data[START + position % max(1, len(data) - START)] ^= flip if len(data) > START else 0
        path.write_bytes(data)
    monkeypatch.setattr(reader, "CHUNK_BYTES", chunk_bytes)
    records, errors, lost = read_over_damage(log_dir)
    assert set(records) <= set(originals)
    assert seqs(records) == sorted(set(seqs(records)))
    assert len(records) + lost + (originals[-1].seq - (seqs(records) or [0])[-1]) >= len(originals)
    assert bool(errors) or records == originals[: len(records)]


# -- refusals


def test_a_foreign_file_and_a_later_version_are_refused_each_time(tmp_path: Path) -> None:
    for data, says in ((b"PARQUET1" + bytes(200), "not a log segment"), (b"KALSHLOG\x09\x00", "format 9.0")):
        (tmp_path / segment_name(1)).write_bytes(data.ljust(START, b"\0"))
        with LogReader(tmp_path) as log:
            for _ in range(3):
                with pytest.raises(ForeignLogError, match=says):
                    log.read()


# -- retention under a reader


def read_until_gone(log: LogReader) -> list[Record]:
    out: list[Record] = []
    with pytest.raises(LogGoneError):  # noqa: PT012
        for _ in range(1000):
            out += log.read(2)
    return out


def test_a_segment_that_is_deleted_while_it_is_read_is_read_to_its_end(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(12)], SMALL)
    second = list_segments(tmp_path)[1]
    with LogReader(tmp_path) as log:
        log.read(1)
        segment_paths(tmp_path)[0].unlink()
        assert seqs(drain(log)) == list(range(2, 13))
    assert second > 2


def test_records_deleted_in_front_of_a_reader_are_said_to_be_gone(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(30)], SMALL)
    numbers = list_segments(tmp_path)
    with LogReader(tmp_path) as log:
        log.read(1)
        for path in segment_paths(tmp_path)[:2]:
            path.unlink()
        assert seqs(read_until_gone(log)) == list(range(2, numbers[1]))
        with pytest.raises(LogGoneError, match=f"record {numbers[1]} .* is gone; .* is {numbers[2]}"):
            log.read()
        log.seek_start()
        assert seqs(drain(log)) == list(range(numbers[2], 31))


def test_a_reader_at_the_end_notices_that_retention_went_past_it(tmp_path: Path) -> None:
    with LogWriter(tmp_path, SMALL) as writer, LogReader(tmp_path) as log:
        writer.append([volume(1)], 1)
        assert len(drain(log)) == 1
        for n in range(30):
            writer.append([volume(n)], 1)
        for path in segment_paths(tmp_path)[:-1]:
            path.unlink()
        assert seqs(read_until_gone(log))[0] == 2


# -- cursors


def test_a_named_reader_finds_where_it_stopped(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(9)], SMALL)
    with LogReader(tmp_path, "brti") as log:
        assert log.load_cursor() is None
        log.read(4)
        log.save_cursor()
    with LogReader(tmp_path, "brti") as log:
        cursor = log.load_cursor()
        assert cursor == 5
        log.seek_seq(cursor)
        assert seqs(drain(log)) == [5, 6, 7, 8, 9]
    with LogReader(tmp_path) as log, pytest.raises(ValueError, match="needs a name"):
        log.save_cursor()


def test_a_cursor_is_never_beyond_the_end(tmp_path: Path) -> None:
    write(tmp_path, [[volume(1)]])
    with LogReader(tmp_path, "brti") as log:
        log.seek_seq(1000)
        assert log.read() == []
        log.save_cursor()
        assert log.load_cursor() == 2
    assert LogReader(tmp_path / "none", "brti").load_cursor() is None


def test_the_end_of_the_log_costs_no_listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, [[volume(1)]])
    calls: list[Path] = []

    def counted(log_dir: Path, real: Callable[[Path], list[int]] = list_segments) -> list[int]:
        calls.append(log_dir)
        return real(log_dir)

    with LogWriter(tmp_path, QUIET) as writer, LogReader(tmp_path) as log:
        drain(log)
        monkeypatch.setattr(reader, "list_segments", counted)
        for n in range(5):
            writer.append([volume(n)], 1)
            assert len(drain(log)) == 1
    assert calls == []


# -- rest: what a reader of many quiet logs spares itself. Times lie far ahead of the reader's own clock.


def test_a_log_rests_until_it_grows(tmp_path: Path) -> None:
    with LogWriter(tmp_path, QUIET) as writer, LogReader(tmp_path) as log:
        before_s = time.monotonic()
        assert not log.rests(before_s)  # nobody has looked yet
        writer.append([volume(1)], 1)
        drain(log)
        assert log.rests(before_s)
        writer.append([volume(2)], 2)
        assert not log.rests(before_s)
        assert seqs(log.read(thorough=False)) == [2]
        assert log.drained
        assert log.rests(before_s)
        assert not log.rests(before_s + 1000)  # by now it may have gone on elsewhere


def test_a_look_in_good_time_keeps_a_log_at_rest(tmp_path: Path) -> None:
    for log_dir in (tmp_path / "there", tmp_path / "not there"):
        with LogReader(log_dir) as log:
            if log_dir.name == "there":
                write(log_dir, [[volume(1)]])
            drain(log)
            later_s = time.monotonic() + 1000
            assert not log.rests(later_s)
            assert log.look(later_s)
            assert log.rests(later_s + 0.9 * reader.REST_S)
            assert not log.rests(later_s + 1.1 * reader.REST_S)


def test_a_look_finds_the_file_in_which_the_log_goes_on(tmp_path: Path) -> None:
    with LogReader(tmp_path / "log") as log:
        drain(log)
        later_s = time.monotonic()
        segments = 0
        with LogWriter(tmp_path / "log", SMALL) as writer:
            for n in range(1, 20):
                assert writer.append([volume(n)], n) == n
                later_s += 1000
                is_in_another = len(list_segments(tmp_path / "log")) > segments
                assert log.look(later_s) != is_in_another
                assert not log.rests(later_s)
                assert seqs(drain(log)) == [n]
                segments = len(list_segments(tmp_path / "log"))
            assert segments > 2


def test_a_look_finds_that_the_file_was_deleted(tmp_path: Path) -> None:
    write(tmp_path, [[volume(1)]])
    with LogReader(tmp_path) as log:
        drain(log)
        segment_paths(tmp_path)[0].unlink()
        assert not log.look(time.monotonic() + 1000)


def test_a_segment_is_gone_to_without_a_look_at_its_header(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(30)], SMALL)
    _, first, following, *_ = list_segments(tmp_path)
    damaged = bytearray(segment_paths(tmp_path)[1].read_bytes())
    damaged[20] ^= 1
    segment_paths(tmp_path)[1].write_bytes(damaged)
    with LogReader(tmp_path) as reader:
        reader.seek_segment(following)
        assert reader.read(1)[0].seq == following
        reader.seek_segment(first)
        with pytest.raises(CorruptLogError, match="header"):
            reader.read(1)
        assert reader.skip_damage() == 0
        assert reader.read(1)[0].seq == first
        with pytest.raises(FileNotFoundError):
            reader.seek_segment(first + 1)
