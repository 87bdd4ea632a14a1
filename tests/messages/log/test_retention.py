import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messages.log import LogReader, LogSettings, LogWriter, Retention
from messages.log.retention import (
    deletable,
    load_cursor,
    lowest_cursor,
    release,
    save_cursor,
    take_back_cursors,
)
from messages.log.segments import list_segments
from tests.conftest import wait_until
from tests.messages.log.samples import SMALL, drain, segment_paths, seqs, volume, write

NOW_S = 1_000_000.0


def aged(log_dir: Path) -> list[Path]:
    """A log whose segments were last written to 100 s apart, the newest now."""
    write(log_dir, [[volume(n)] for n in range(40)], SMALL)
    paths = segment_paths(log_dir)
    for age, path in enumerate(reversed(paths)):
        os.utime(path, (0, NOW_S - 100 * age))
    return paths


def test_without_limits_nothing_is_deleted(tmp_path: Path) -> None:
    aged(tmp_path)
    assert deletable(tmp_path, Retention(), NOW_S + 10**9) == []
    assert deletable(tmp_path / "none", Retention(1, 1.0), NOW_S) == []


def test_the_oldest_go_until_the_size_is_kept(tmp_path: Path) -> None:
    paths = aged(tmp_path)
    sizes = [path.stat().st_size for path in paths]
    for most_bytes in range(1, sum(sizes) + 100, 50):
        gone = deletable(tmp_path, Retention(most_bytes=most_bytes), NOW_S)
        assert gone == paths[: len(gone)]
        assert sum(sizes[len(gone) :]) <= most_bytes or len(gone) == len(paths) - 1
        assert not gone or sum(sizes[len(gone) - 1 :]) > most_bytes


def test_what_is_older_than_the_age_goes_but_never_the_segment_being_written(tmp_path: Path) -> None:
    paths = aged(tmp_path)
    assert len(paths) == 5
    assert deletable(tmp_path, Retention(most_age_s=450), NOW_S) == []
    assert deletable(tmp_path, Retention(most_age_s=250), NOW_S) == paths[:2]
    assert deletable(tmp_path, Retention(most_age_s=1), NOW_S + 10**6) == paths[:-1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cursors=st.lists(st.integers(1, 60), max_size=3),
    most_bytes=st.integers(0, 2000),
    most_age_s=st.integers(0, 500),
)
def test_nothing_is_deleted_that_a_cursor_has_not_passed(
    tmp_path_factory: pytest.TempPathFactory, cursors: list[int], most_bytes: int, most_age_s: int
) -> None:
    log_dir = tmp_path_factory.mktemp("log")
    paths = aged(log_dir)
    for number, seq in enumerate(cursors):
        save_cursor(log_dir, f"reader{number}", seq)
    gone = deletable(log_dir, Retention(most_bytes, most_age_s), NOW_S)
    assert gone == paths[: len(gone)]
    assert len(gone) < len(paths)
    kept_from = list_segments(log_dir)[len(gone)]
    assert all(cursor >= kept_from for cursor in cursors) or not gone


def test_a_cursor_that_cannot_be_read_holds_everything(tmp_path: Path) -> None:
    paths = aged(tmp_path)
    tight = Retention(most_bytes=1)
    save_cursor(tmp_path, "good", 1000)
    assert deletable(tmp_path, tight, NOW_S) == paths[:-1]
    for content in (b"", b"abc", b"\xff\xfe", b"-3", b"0"):
        (tmp_path / "cursors" / "bad").write_bytes(content)
        assert load_cursor(tmp_path, "bad") is None
        assert lowest_cursor(tmp_path) == 0
        assert deletable(tmp_path, tight, NOW_S) == []
    (tmp_path / "cursors" / "bad").unlink()
    (tmp_path / "cursors" / "folder").mkdir()
    assert deletable(tmp_path, tight, NOW_S) == []


def test_a_cursor_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_cursor(tmp_path, "brti", 5)
    assert load_cursor(tmp_path, "brti") == 5

    def fails(self: Path, target: Path) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", fails)  # a crash before the new one has its name
    with pytest.raises(OSError):  # noqa: PT011
        save_cursor(tmp_path, "brti", 9)
    assert load_cursor(tmp_path, "brti") == 5
    assert lowest_cursor(tmp_path) == 5  # what the crash left behind counts for nothing
    monkeypatch.undo()
    save_cursor(tmp_path, "brti", 9)
    assert load_cursor(tmp_path, "brti") == 9


def test_a_reader_that_does_not_run_is_waited_for_no_more(tmp_path: Path) -> None:
    for log in ("kraken", "gemini"):
        aged(tmp_path / log)
        save_cursor(tmp_path / log, "store", 1)
    save_cursor(tmp_path / "gemini", "logger", 2)
    release(tmp_path, "store")
    release(tmp_path, "store")
    assert [lowest_cursor(tmp_path / log) for log in ("kraken", "gemini")] == [None, 2]


def test_a_cursor_may_be_saved_before_the_log_exists(tmp_path: Path) -> None:
    assert load_cursor(tmp_path / "later", "brti") is None
    assert lowest_cursor(tmp_path / "later") is None
    take_back_cursors(tmp_path / "later", 1)
    save_cursor(tmp_path / "later", "brti", 1)
    assert load_cursor(tmp_path / "later", "brti") == 1
    with pytest.raises(ValueError, match="needs a name"):
        save_cursor(tmp_path, "", 1)


def test_a_writer_keeps_its_log_within_bounds_and_its_readers_records(tmp_path: Path) -> None:
    bounds = LogSettings(segment_bytes=1000, fsync_s=0.005, most_bytes=3000)
    with LogWriter(tmp_path, bounds) as writer, LogReader(tmp_path, "brti") as log:
        log.read()
        log.save_cursor()
        for n in range(200):
            writer.append([volume(n)], n)
        assert list_segments(tmp_path)[0] == 1  # all is held by the cursor
        got = seqs(drain(log))
        assert got == list(range(1, 201))
        log.save_cursor()
        wait_until(lambda: writer.append([volume(0)], 0) and list_segments(tmp_path)[0] > 1, every_s=0.001)
        wait_until(lambda: len(list_segments(tmp_path)) <= 4)
        assert seqs(drain(log)) == list(range(201, writer.next_seq))
