import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from messages import FrameReceived
from messages.errors import CorruptLogError, DiskFullError, LogLockedError, UnwritableLogError
from messages.log import LogReader, LogSettings, LogWriter, writer
from messages.log.format import MOST_PAYLOAD_BYTES
from messages.log.segments import START, list_segments
from tests.conftest import wait_until
from tests.messages.log.samples import (
    QUIET,
    SMALL,
    drain,
    frame,
    read_all,
    segment_paths,
    seqs,
    spans,
    volume,
)

ROOMY = LogSettings(fsync_s=3600, least_free_bytes=0)


def failing(error: int) -> OSError:
    return OSError(error, os.strerror(error))


# -- appending


def test_numbers_go_on_over_appends_segments_and_restarts(tmp_path: Path) -> None:
    expected = 1
    for _ in range(6):
        with LogWriter(tmp_path, SMALL) as log:
            assert log.next_seq == expected
            for count in (1, 3, 2):
                assert log.append([volume(1)] * count, 1) == expected
                expected += count
    assert seqs(read_all(tmp_path)) == list(range(1, expected))
    assert len(list_segments(tmp_path)) > 3
    assert all(path.stat().st_size < 600 for path in segment_paths(tmp_path))


def test_append_times_never_fall_even_if_the_clock_does(tmp_path: Path) -> None:
    for times in ([5, 3, 9], [1, 10], [], [2]):
        with LogWriter(tmp_path, LogSettings(segment_bytes=33, fsync_s=3600)) as log:
            for at_ns in times:
                log.append([volume(1)], at_ns)
            newest = log.last_at_ns
    assert [record.at_ns for record in read_all(tmp_path)] == [5, 5, 9, 9, 10, 10]
    assert newest == 10


def test_an_empty_append_writes_nothing(tmp_path: Path) -> None:
    with LogWriter(tmp_path, QUIET) as log:
        assert log.append([], 5) == 1
        assert log.next_seq == 1
    assert segment_paths(tmp_path)[0].stat().st_size == START


@pytest.mark.parametrize(("segment_s", "firsts"), [(3600.0, [1, 3, 5]), (0.0, [1])])
def test_a_quiet_log_begins_a_new_file_with_the_first_append_after_its_time(
    tmp_path: Path, segment_s: float, firsts: list[int]
) -> None:
    settings = LogSettings(fsync_s=3600, segment_s=segment_s)
    hour_ns = 3600 * 10**9
    for times in ([7, hour_ns + 6], [hour_ns + 7, hour_ns + 7], [2 * hour_ns + 7]):  # over restarts, too
        with LogWriter(tmp_path, settings) as log:
            for at_ns in times:
                log.append([volume(1)], at_ns)
    assert list_segments(tmp_path) == firsts
    assert seqs(read_all(tmp_path)) == [1, 2, 3, 4, 5]


def test_an_append_is_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = os.write

    def counted(fd: int, data: bytes) -> int:
        calls.append(len(data))
        return real(fd, data)

    with LogWriter(tmp_path, QUIET) as log:
        monkeypatch.setattr(os, "write", counted)
        log.append([volume(n) for n in range(100)], 1)
    assert len(calls) == 1


def test_a_message_too_large_for_a_record_is_refused_whole(tmp_path: Path) -> None:
    with LogWriter(tmp_path, QUIET) as log:
        with pytest.raises(ValueError, match=r"a FrameReceived of 67108\d+ bytes is too large"):
            log.append([volume(1), frame(bytes(MOST_PAYLOAD_BYTES))], 1)
        assert log.append([volume(2)], 1) == 1
    assert seqs(read_all(tmp_path)) == [1]


def test_impossible_settings_are_refused_in_words() -> None:
    for settings, says in (
        ({"segment_bytes": 32}, "segment_bytes must be more than 32"),
        ({"fsync_s": 0.0}, "fsync_s must lie between"),
        ({"fsync_s": float("nan")}, "fsync_s must lie between"),
        ({"most_bytes": -1}, "most_bytes must not be below 0"),
        ({"most_age_s": -0.5}, "most_age_s must not be below 0"),
        ({"least_free_bytes": -1}, "least_free_bytes must not be below 0"),
        ({"segment_s": -1}, "segment_s must not be below 0"),
    ):
        with pytest.raises(ValueError, match=says):
            LogSettings(**settings)


def test_a_writer_may_be_closed_twice(tmp_path: Path) -> None:
    log = LogWriter(tmp_path, QUIET)
    log.close()
    log.close()


# -- one writer

HOLD = """
import pathlib, sys
from messages import DayVolume
from messages.log import LogWriter
log = LogWriter(pathlib.Path(sys.argv[1]))
log.append([DayVolume("a", "b", 1, 1, 1)], 1)
print("written", flush=True)
sys.stdin.read()
"""


def test_a_second_writer_is_refused_by_the_firsts_pid(tmp_path: Path) -> None:
    with LogWriter(tmp_path, QUIET), pytest.raises(LogLockedError, match=f"pid {os.getpid()}"):
        LogWriter(tmp_path, QUIET)
    LogWriter(tmp_path, QUIET).close()


def test_a_writer_in_another_process_is_refused_until_that_is_killed(tmp_path: Path) -> None:
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with held:
        assert held.stdout is not None
        assert held.stdout.readline() == b"written\n"
        with pytest.raises(LogLockedError, match=f"pid {held.pid}.*stop that one first"):
            LogWriter(tmp_path, QUIET)
        held.kill()
    with LogWriter(tmp_path, QUIET) as log:
        assert log.next_seq == 2


# -- a disk that is full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no right to mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_takes_nothing_half_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(150_000))
    appended = 0
    with LogWriter(small_disk / "log", ROOMY) as log, LogReader(small_disk / "log") as live:
        for _ in range(2):
            with pytest.raises(DiskFullError, match="goes on by itself"):  # noqa: PT012
                while True:
                    log.append([volume(1), frame(bytes(3000)), volume(2)], 1)
                    appended += 3
            for _ in range(5):
                with pytest.raises(DiskFullError):
                    log.append([frame(bytes(9000))], 1)
            assert seqs(read_all(small_disk / "log")) == list(range(1, appended + 1))
            filler.write_bytes(b"")
            assert log.append([volume(3)], 1) == appended + 1
            appended += 1
        got = drain(live)
    assert seqs(got) == list(range(1, appended + 1)) == seqs(read_all(small_disk / "log"))


def fill(path: Path) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while os.write(fd, bytes(4096)):
            pass
    os.close(fd)


def test_a_disk_that_is_full_at_a_roll_or_a_start_is_named_and_survived(small_disk: Path) -> None:
    settings = LogSettings(segment_bytes=20_000, fsync_s=3600, least_free_bytes=0)
    filler = small_disk / "filler"
    appended = 0
    with LogWriter(small_disk / "log", settings) as log:
        with pytest.raises(DiskFullError):  # noqa: PT012
            while True:
                log.append([frame(bytes(500))], 1)
                appended += 1
                if log._size >= settings.segment_bytes:
                    fill(filler)
        with pytest.raises(DiskFullError):
            LogWriter(small_disk / "other", settings)
        filler.unlink()
        assert log.append([volume(1)], 1) == appended + 1
    assert seqs(read_all(small_disk / "log")) == list(range(1, appended + 2))
    LogWriter(small_disk / "other", settings).close()


LIMITED = """
import pathlib, resource, sys
from messages import FrameReceived
from messages.errors import DiskFullError
from messages.log import LogSettings, LogWriter
log = LogWriter(pathlib.Path(sys.argv[1]), LogSettings(fsync_s=3600))
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
message = FrameReceived(1, 1, "ws", bytes(333))
try:
    while True:
        log.append([message] * 7, 1)
except DiskFullError as error:
    print(error)
full = log.next_seq
try:
    log.append([message] * 7, 1)
except DiskFullError:
    pass
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert log.append([message] * 7, 1) == full, log.next_seq
log.close()
print(full)
"""


def test_a_limit_on_file_sizes_is_no_worse_than_a_full_disk(tmp_path: Path) -> None:
    out = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert "limit on file sizes" in out[0]
    assert seqs(read_all(tmp_path)) == list(range(1, int(out[1]) + 7))


def test_appending_stops_before_the_disk_is_quite_full(tmp_path: Path) -> None:
    with LogWriter(tmp_path, LogSettings(least_free_bytes=2**62, fsync_s=3600)) as log:
        for _ in range(2):
            with pytest.raises(DiskFullError):
                log.append([volume(1)], 1)
        log._settings = QUIET  # room again
        assert log.append([volume(1)], 1) == 1


def test_a_part_that_cannot_be_taken_back_is_taken_back_before_the_next_append(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_write, real_cut = os.write, os.ftruncate
    with LogWriter(tmp_path, QUIET) as log:
        log.append([volume(1)], 1)

        def part(fd: int, data: bytes) -> int:
            if len(data) < 60:
                raise failing(errno.EIO)
            return real_write(fd, data[:50])

        def refused(fd: int, size: int) -> None:
            raise failing(errno.EIO)

        monkeypatch.setattr(os, "write", part)
        monkeypatch.setattr(os, "ftruncate", refused)
        with pytest.raises(UnwritableLogError, match="Input/output error"):
            log.append([volume(2), volume(3)], 1)
        assert seqs(read_all(tmp_path)) == [1]
        monkeypatch.setattr(os, "write", real_write)
        with pytest.raises(UnwritableLogError):
            log.append([volume(4)], 1)
        monkeypatch.setattr(os, "ftruncate", real_cut)
        assert log.append([volume(5)], 1) == 2
    assert [record.message() for record in read_all(tmp_path)] == [volume(1), volume(5)]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableLogError, match="file/log cannot be written"):
        LogWriter(tmp_path / "file" / "log")


# -- the disk itself


def test_an_fsync_that_fails_is_said_by_the_next_append(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()

    def fails(fd: int) -> None:
        failed.set()
        raise failing(errno.EIO)

    with LogWriter(tmp_path, LogSettings(fsync_s=0.005)) as log:
        monkeypatch.setattr(writer, "sync_file", fails)
        log.append([volume(1)], 1)
        assert failed.wait(10)
        wait_until(lambda: log._sync_error is not None)
        monkeypatch.undo()
        with pytest.raises(UnwritableLogError, match="Input/output error"):
            log.append([volume(2)], 1)
        assert log.append([volume(3)], 1) == 2
    assert [record.message() for record in read_all(tmp_path)] == [volume(1), volume(3)]


def test_an_fsync_that_fails_at_a_roll_or_the_end_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(fd: int) -> None:
        raise failing(errno.EIO)

    log = LogWriter(tmp_path, LogSettings(segment_bytes=100, fsync_s=3600))
    log.append([volume(1), volume(2)], 1)
    monkeypatch.setattr(writer, "sync_file", fails)
    with pytest.raises(UnwritableLogError):
        log.append([volume(3)], 1)
    with pytest.raises(UnwritableLogError):
        log.close()
    monkeypatch.undo()
    with LogWriter(tmp_path, QUIET) as again:
        assert again.next_seq == 3


@pytest.mark.parametrize("left_behind", ["nothing", "zeros", "everything but a page"])
def test_a_power_cut_takes_nothing_that_was_brought_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_behind: str
) -> None:
    synced: dict[int, int] = {}

    def noted(fd: int) -> None:
        stat = os.fstat(fd)
        synced[stat.st_ino] = stat.st_size

    monkeypatch.setattr(writer, "sync_file", noted)
    source = tmp_path / "source"
    with LogWriter(source, LogSettings(segment_bytes=1500, fsync_s=0.001)) as log:
        for n in range(300):
            log.append([volume(n)] * (n % 3 + 1), n)
            if n % 7 == 0:
                cut_power(source, tmp_path / str(n), dict(synced), left_behind)


def cut_power(source: Path, to: Path, synced: dict[int, int], left_behind: str) -> None:
    """Start again on what the disk has for certain, each file up to its last fsync, and some of the rest."""
    to.mkdir()
    safe = 0
    for path in segment_paths(source):
        data = path.read_bytes()
        size = synced.get(path.stat().st_ino, 0)
        safe = max([safe] + [span.seq for span in spans(path) if span.closes and span.end <= size])
        rest = {"nothing": b"", "zeros": bytes(len(data) - size)}.get(left_behind, data[size:][100:])
        (to / path.name).write_bytes(data[:size] + rest)
    with LogWriter(to, QUIET) as log:
        assert log.next_seq > safe
        records: list[int] = []
        with LogReader(to) as reader:
            while not reader.drained:
                try:
                    records += seqs(reader.read())
                except CorruptLogError:  # a page of what was not yet promised is missing
                    reader.skip_damage()
        assert records[:safe] == list(range(1, safe + 1))


# -- SIGKILL

LOADED = """
import os, pathlib, sys
from messages import DayVolume, FrameReceived
from messages.log import LogSettings, LogWriter
log = LogWriter(pathlib.Path(sys.argv[1]), LogSettings(segment_bytes=200_000, fsync_s=0.01))
n = 0
while True:
    n += 1
    batch = [DayVolume("coinbase", "BTC-USD", n, n, n)] * (n % 7 + 1)
    if n % 50 == 0:
        batch.append(FrameReceived(1, n, "ws", bytes(100_000)))
    first = log.append(batch, n)
    os.write(1, b"%d %d %d\\n" % (first, len(batch), n))
"""


def test_every_acknowledged_record_outlives_sigkill(tmp_path: Path) -> None:
    acknowledged: dict[int, int] = {}
    got: list[int] = []
    with LogReader(tmp_path / "log") as live:
        for kill in range(24):
            child = subprocess.Popen(
                [sys.executable, "-c", LOADED, str(tmp_path / "log")], stdout=subprocess.PIPE
            )
            assert child.stdout is not None
            lines = [child.stdout.readline()]
            timer = threading.Timer(0.003 * kill, child.send_signal, [signal.SIGKILL])
            timer.start()
            while line := child.stdout.readline():
                lines.append(line)
                if len(lines) % 100 == 0:
                    got += seqs(live.read())
            timer.join()
            child.stdout.close()
            assert child.wait() == -signal.SIGKILL
            for line in lines:
                if line.endswith(b"\n"):
                    first, count, n = map(int, line.split())
                    assert not acknowledged.keys() & set(range(first, first + count))
                    acknowledged.update(dict.fromkeys(range(first, first + count), n))
            got += seqs(drain(live))
    records = read_all(tmp_path / "log")
    assert seqs(records) == list(range(1, len(records) + 1)) == got
    assert len(acknowledged) > 1000
    assert max(acknowledged) <= len(records)
    for record in records:
        if record.seq in acknowledged:
            n = acknowledged[record.seq]
            assert record.message() in (volume(n), FrameReceived(1, n, "ws", bytes(100_000)))
    unacknowledged = len(records) - len(acknowledged)
    assert 0 <= unacknowledged <= 24 * 8  # at most the append in flight, whole, at each kill
