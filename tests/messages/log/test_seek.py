from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messages.errors import CorruptLogError, LogGoneError
from messages.log import LogReader, LogWriter, Record, seek
from messages.log.segments import Segment, list_segments
from tests.messages.log.samples import QUIET, SMALL, drain, read_all, segment_paths, seqs, volume, write


def from_seq(log_dir: Path, seq: int) -> list[Record]:
    with LogReader(log_dir) as log:
        log.seek_seq(seq)
        return drain(log)


def from_time(log_dir: Path, at_ns: int) -> list[Record]:
    with LogReader(log_dir) as log:
        log.seek_time(at_ns)
        return drain(log)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    appends=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 2)), max_size=25),
    wanted=st.integers(-3, 30),
)
def test_a_seek_finds_what_a_walk_finds(
    tmp_path_factory: pytest.TempPathFactory, appends: list[tuple[int, int]], wanted: int
) -> None:
    log_dir = tmp_path_factory.mktemp("log")
    at_ns = 10
    with LogWriter(log_dir, SMALL) as writer:  # equal times lie over the borders of segments
        for count, step in appends:
            at_ns += step
            writer.append([volume(1)] * count, at_ns)
    everything = read_all(log_dir)
    assert from_time(log_dir, 10 + wanted) == [r for r in everything if r.at_ns >= 10 + wanted]
    if wanted >= 1:
        assert from_seq(log_dir, wanted) == [r for r in everything if r.seq >= wanted]


def test_every_record_of_many_segments_is_found_by_its_number_and_its_time(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(40)], SMALL)
    assert len(list_segments(tmp_path)) >= 5
    with LogReader(tmp_path) as log:
        for seq in range(1, 41):
            log.seek_seq(seq)
            assert log.next_seq == seq
            assert seqs(log.read(1)) == [seq]
            log.seek_time(seq * 10**9)
            assert seqs(log.read(1)) == [seq]
            log.seek_time((seq - 1) * 10**9 + 1)
            assert seqs(log.read(1)) == [seq]


def test_the_start_and_the_end_are_found(tmp_path: Path) -> None:
    with LogWriter(tmp_path, SMALL) as writer, LogReader(tmp_path) as log:
        for n in range(1, 30):
            writer.append([volume(n)], n)
            log.seek_end()
            assert log.next_seq == n + 1
            assert log.read() == []
            assert log.drained
            log.seek_start()
            assert len(drain(log)) == n
        log.seek_end()
        writer.append([volume(30)], 30)
        assert seqs(drain(log)) == [30]


@pytest.mark.parametrize("exists", [False, True])
def test_an_empty_or_missing_log_is_sought_in_without_error(tmp_path: Path, exists: bool) -> None:
    log_dir = tmp_path / "log"
    if exists:
        write(log_dir, [])
    with LogReader(log_dir) as log:
        for go in (log.seek_start, log.seek_end, lambda: log.seek_time(5), lambda: log.seek_seq(1)):
            go()
            assert log.read() == []
            assert log.drained
            assert log.next_seq == 1
        write(log_dir, [[volume(1)]])
        assert seqs(drain(log)) == [1]


@pytest.mark.parametrize("exists", [False, True])
def test_a_record_of_the_future_is_waited_for(tmp_path: Path, exists: bool) -> None:
    if exists:
        write(tmp_path / "log", [[volume(1)]])
    with LogReader(tmp_path / "log") as log:
        log.seek_seq(6)
        assert log.next_seq == 6
        assert log.read() == []
        with LogWriter(tmp_path / "log", SMALL) as writer:
            while writer.next_seq < 6:
                writer.append([volume(1)], 1)
                assert log.read() == []
                assert log.drained
            writer.append([volume(6)] * 3, 1)
            assert seqs(log.read(2)) == [6, 7]
            assert seqs(drain(log)) == [8]


def test_a_time_beyond_the_end_is_the_end_and_one_before_the_start_the_start(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(20)], SMALL)
    assert from_time(tmp_path, 10**15) == []
    assert seqs(from_time(tmp_path, 0)) == list(range(1, 21))
    assert seqs(from_time(tmp_path, -5)) == list(range(1, 21))


def test_what_retention_deleted_is_said_to_be_gone(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(20)], SMALL)
    second = list_segments(tmp_path)[1]
    segment_paths(tmp_path)[0].unlink()
    with LogReader(tmp_path) as log:
        with pytest.raises(LogGoneError, match=f"record 1 of .* is gone; the oldest kept is {second}"):
            log.seek_seq(1)
        assert seqs(drain(log)) == list(range(second, 21))  # a seek that failed has moved nothing
    assert seqs(from_time(tmp_path, 0)) == list(range(second, 21))


def test_a_sought_record_behind_damage_is_found_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    write(tmp_path, [[volume(n)] for n in range(9)], QUIET)
    path = segment_paths(tmp_path)[0]
    segment = Segment(tmp_path, 1)
    segment.read_header()
    _, _, fifth = segment.split(lambda record: record.seq >= 5)
    segment.close()
    assert fifth is not None
    data = bytearray(path.read_bytes())
    data[fifth.next_offset - 1] ^= 1
    path.write_bytes(data)
    assert seqs(from_seq(tmp_path, 6)) == [6, 7, 8, 9]
    with pytest.raises(CorruptLogError, match="at record 5"):
        from_seq(tmp_path, 5)
    with LogReader(tmp_path) as log:
        log.seek_seq(4)
        assert seqs(log.read()) == [4]
        with pytest.raises(CorruptLogError, match="at record 5"):
            log.read()


def test_a_seek_that_retention_outran_looks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, [[volume(n)] for n in range(20)], SMALL)
    gone = segment_paths(tmp_path)[0]
    seen: list[int] = []

    def late(log_dir: Path) -> list[int]:
        numbers = list_segments(log_dir)
        seen.append(len(numbers))
        if len(seen) == 1:
            gone.unlink()  # between the listing and the opening
        return numbers

    monkeypatch.setattr(seek, "list_segments", late)
    with LogReader(tmp_path) as log:
        assert log.next_seq == list_segments(tmp_path)[0] > 1
    assert len(seen) == 2


def test_a_name_that_leads_nowhere_is_said_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / f"{1:020d}.seg").symlink_to(tmp_path / "nowhere")
    with pytest.raises(LogGoneError, match="is listed, but it is not there"):
        LogReader(tmp_path)
