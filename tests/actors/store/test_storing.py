"""The store as an actor: everything closed is stored, once, whatever happens."""

import errno
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from actors.actor import Ending
from actors.outbox import Outbox
from actors.pulse import Pulse
from actors.store import compaction, keeping, storing
from actors.store.manifest import load, path_of, paths, store_dir
from actors.store.settings import Settings
from actors.store.storing import READER, StoreActor
from messages import SegmentStored, StoreTrimmed, StoreTroubled
from messages.errors import DiskFullError
from messages.log import Retention
from messages.log.format import segment_name
from messages.log.retention import deletable, load_cursor, save_cursor
from messages.log.segments import list_segments
from tests.actors.shells import assignment, beats, said
from tests.actors.store.running import Running, hunt
from tests.actors.store.stored import picture, store, write_log
from tests.conftest import wait_until

FAST = Settings(poll_s=0.05, least_free_bytes=0)


class Turned:
    """The actor without pykka: turned by hand."""

    def __init__(self, data_dir: Path, settings: Settings = FAST) -> None:
        self.beats, theirs = socket.socketpair()
        told = assignment(data_dir, "store", beat_fd=theirs.detach(), log={"least_free_bytes": 0})
        self.data_dir = data_dir
        self.actor = StoreActor(
            Ending(threading.Event()), told, settings, Outbox(told), Pulse(told.beat_fd), threading.Event()
        )

    def __enter__(self) -> "Turned":
        return self

    def __exit__(self, *_: object) -> None:
        self.actor.closed()
        self.beats.close()

    def until(self, predicate: Callable[[], object]) -> None:
        """Turn, at least once, until it holds."""

        def turned() -> object:
            self.actor.turn()
            return predicate()

        wait_until(turned, every_s=0)

    def until_stored(self, log: str = "kraken") -> None:
        self.until(lambda: is_stored(self.data_dir, log))

    def beat(self) -> dict[str, Any]:
        self.actor._pulse._next_s = 0.0
        self.actor.turn()
        return beats(self.beats)[-1]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "LONGEST_SLEEP_S", 0.001)
    monkeypatch.setattr(storing, "RETRY_S", 0.01)


def is_stored(data_dir: Path, log: str = "kraken") -> bool:
    log_dir = data_dir / "log" / log
    return load_cursor(log_dir, READER) == list_segments(log_dir)[-1]


def stored_picture(data_dir: Path, log: str = "kraken") -> dict[str, bytes]:
    """What the store holds of one log."""
    found = picture(store_dir(data_dir))
    return {path: data for path, data in found.items() if log in path}


@pytest.fixture
def expected(tmp_path: Path) -> dict[str, bytes]:
    """What storing the log of `write_log` gives."""
    whole = tmp_path / "whole"
    write_log(whole)
    store(whole)
    return stored_picture(whole)


@pytest.fixture
def data_dir(tmp_path: Path, expected: dict[str, bytes]) -> Path:
    """A data folder with the same log, of which nothing is stored."""
    assert len(expected) > 10
    shutil.copytree(tmp_path / "whole" / "log", tmp_path / "data" / "log")
    return tmp_path / "data"


def test_all_closed_segments_of_all_logs_are_stored_and_said(
    data_dir: Path, expected: dict[str, bytes]
) -> None:
    segments = write_log(data_dir, "gemini")
    with Turned(data_dir) as turned:
        turned.until_stored("kraken")
        turned.until_stored("gemini")
    assert stored_picture(data_dir) == expected
    found = said(data_dir, SegmentStored, "store")
    assert [(one.first, one.last + 1) for one in found if one.log == "gemini"] == [*pairwise(segments)]
    for one in found:
        manifest = load(path_of(data_dir, one.log, one.first))
        assert (one.records, one.lost) == (manifest.records, 0)
        assert one.archive_bytes == manifest.archive.bytes
        assert one.tables_bytes == sum(file.bytes for file in manifest.tables)
        assert one.segment_bytes == (data_dir / "log" / one.log / segment_name(one.first)).stat().st_size


def test_what_closes_later_is_stored_later(data_dir: Path) -> None:
    with Turned(data_dir) as turned:
        turned.until_stored()
        before = len(paths(data_dir, "kraken"))
        write_log(data_dir)
        turned.until_stored()
        assert len(paths(data_dir, "kraken")) > before


def test_a_log_keeps_what_is_not_stored_yet_and_lets_go_of_what_is(data_dir: Path) -> None:
    log_dir = data_dir / "log" / "kraken"
    with Turned(data_dir) as turned:
        turned.actor.turn()
        assert load_cursor(log_dir, READER) == 1
        assert deletable(log_dir, Retention(most_bytes=1), time.time()) == []
        turned.until_stored()
        closed = len(list_segments(log_dir)) - 1
        assert len(deletable(log_dir, Retention(most_bytes=1), time.time())) == closed


def test_its_beats_say_how_much_is_stored(data_dir: Path) -> None:
    with Turned(data_dir) as turned:
        turned.until_stored()
        turned.until(lambda: turned.beat()["detail"]["segments_waiting"] == 0)
        last = turned.beat()
    assert (last["ready"], last["fresh"], last["why_not"]) == (True, True, "")
    assert last["received"] > 300


def test_a_lost_cursor_costs_nothing(data_dir: Path, expected: dict[str, bytes]) -> None:
    with Turned(data_dir) as turned:
        turned.until_stored()
    first_inode = path_of(data_dir, "kraken", 1).stat().st_ino
    (data_dir / "log" / "kraken" / "cursors" / READER).unlink()
    with Turned(data_dir) as turned:
        turned.until_stored()
    assert stored_picture(data_dir) == expected
    assert path_of(data_dir, "kraken", 1).stat().st_ino == first_inode


def test_a_damaged_manifest_is_made_anew_while_the_segment_still_stands(
    data_dir: Path, expected: dict[str, bytes]
) -> None:
    with Turned(data_dir) as turned:
        turned.until_stored()
    path_of(data_dir, "kraken", 1).write_bytes(b"{")
    save_cursor(data_dir / "log" / "kraken", READER, 1)
    with Turned(data_dir) as turned:
        turned.until_stored()
    assert stored_picture(data_dir) == expected


def test_a_segment_that_somebody_deleted_is_passed_over(data_dir: Path) -> None:
    second = list_segments(data_dir / "log" / "kraken")[1]
    save_cursor(data_dir / "log" / "kraken", READER, 1)
    (data_dir / "log" / "kraken" / segment_name(second)).unlink()
    with Turned(data_dir) as turned:
        turned.until_stored()


def test_the_limits_are_kept(data_dir: Path) -> None:
    with Turned(data_dir, Settings(poll_s=0.05, least_free_bytes=0, most_bytes=60_000)) as turned:
        turned.until_stored()
        turned.until(lambda: turned.actor._work is None)
    trimmed = said(data_dir, StoreTrimmed, "store")
    assert trimmed
    assert all(one.limit == "size" for one in trimmed)
    assert sum(len(data) for data in stored_picture(data_dir).values()) < 120_000


def test_what_cannot_be_deleted_is_named_until_it_can(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with Turned(data_dir, Settings(poll_s=0.05, least_free_bytes=0, most_bytes=1)) as turned:
        with monkeypatch.context() as patched:
            patched.setattr(keeping, "remove", refused)
            turned.until(lambda: "the oldest of the store cannot be deleted" in turned.beat()["why_not"])
        turned.until(lambda: not paths(data_dir, "kraken") and turned.beat()["fresh"])


# -- trouble


def test_a_full_disk_is_said_once_and_waited_for(
    data_dir: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    def full(*_: object) -> None:
        nonlocal tries
        tries += 1
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Turned(data_dir) as turned:
        with monkeypatch.context() as patched:
            patched.setattr(compaction, "place", full)
            turned.until(lambda: tries >= 3)
            last = turned.beat()
        assert paths(data_dir, "kraken") == []
        turned.until_stored()
    assert stored_picture(data_dir) == expected
    assert not last["fresh"]
    assert "is full; free some space and it goes on by itself" in last["why_not"]
    troubled = said(data_dir, StoreTroubled, "store")
    assert [(one.log, one.first, bool(one.reason)) for one in troubled] == [
        ("kraken", 1, True),
        ("kraken", 1, False),
    ]


def test_it_does_not_fill_the_disk_to_its_last_byte(data_dir: Path) -> None:
    with Turned(data_dir, Settings(poll_s=0.05, least_free_bytes=2**60)) as turned:
        turned.until(lambda: said(data_dir, StoreTroubled, "store"))
    assert paths(data_dir, "kraken") == []
    (troubled,) = said(data_dir, StoreTroubled, "store")
    assert "is full" in troubled.reason


def test_words_that_find_no_room_are_said_later(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        message = "no room"
        raise DiskFullError(message)

    with Turned(data_dir) as turned:
        with monkeypatch.context() as patched:
            patched.setattr(Outbox, "say", full)
            turned.until_stored()
        assert said(data_dir, SegmentStored, "store") == []
        turned.actor.turn()
        assert len(said(data_dir, SegmentStored, "store")) == len(paths(data_dir, "kraken"))


def test_a_trouble_of_one_log_keeps_no_other_waiting(data_dir: Path) -> None:
    write_log(data_dir, "gemini")
    (store_dir(data_dir) / "archive").mkdir(parents=True)
    (store_dir(data_dir) / "archive" / "kraken").write_bytes(b"somebody's")
    with Turned(data_dir) as turned:
        turned.until_stored("gemini")
    assert {one.log for one in said(data_dir, StoreTroubled, "store")} == {"kraken"}
    assert load_cursor(data_dir / "log" / "kraken", READER) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no right to mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_disk_that_is_really_full_is_survived(
    small_disk: Path, data_dir: Path, expected: dict[str, bytes]
) -> None:
    shutil.copytree(data_dir / "log", small_disk / "log")
    with Turned(small_disk) as turned:
        filler = small_disk / "filler"
        free = shutil.disk_usage(small_disk).free
        filler.write_bytes(bytes(free - 30_000))
        turned.until(lambda: "is full" in turned.beat()["why_not"])
        filler.unlink()
        turned.until_stored()
    assert stored_picture(small_disk) == expected
    assert "is full" in said(small_disk, StoreTroubled, "store")[0].reason


# -- killed


def test_killed_at_any_moment_again_and_again_it_loses_nothing_and_stores_nothing_twice(
    tmp_path: Path,
) -> None:
    write_log(tmp_path / "whole", appends=600)
    store(tmp_path / "whole")
    shutil.copytree(tmp_path / "whole" / "log", tmp_path / "data" / "log")
    assert hunt(tmp_path / "data", "kraken", seed=5) > 2
    with Running(tmp_path / "data") as running:  # sweeps what the last kill left
        wait_until(lambda: not list(store_dir(tmp_path / "data").rglob("*.new")))
        assert running.stop() == 0
    assert stored_picture(tmp_path / "data") == stored_picture(tmp_path / "whole")


def test_it_ends_when_it_is_told_to(data_dir: Path) -> None:
    with Running(data_dir) as running:
        wait_until(lambda: is_stored(data_dir))
        assert running.stop() == 0


def test_a_server_that_is_down_delays_nothing_and_is_named(tmp_path: Path) -> None:
    write_log(tmp_path)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/mine"
        settings = Settings(poll_s=0.05, least_free_bytes=0, clickhouse_url=url)
        with Turned(tmp_path, settings) as turned:
            turned.until_stored()
            wait_until(lambda: turned.beat()["detail"]["clickhouse"]["waiting"], 20.0)
            beat = turned.beat()
    assert beat["detail"]["clickhouse"]["trouble"].startswith("ClickHouse at 127.0.0.1:")
    assert beat["why_not"] == beat["detail"]["clickhouse"]["trouble"]
