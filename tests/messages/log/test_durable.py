import fcntl
import os
from pathlib import Path

import pytest

from messages.log import durable


def test_a_file_and_a_folder_are_brought_to_the_disk(tmp_path: Path) -> None:
    with (tmp_path / "x").open("wb") as file:
        durable.sync_file(file.fileno())
    durable.sync_folder(tmp_path)


def test_where_fsync_stops_at_the_drives_cache_the_stronger_call_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[int, int]] = []
    monkeypatch.setattr(durable, "_FULL_SYNC", 51)
    monkeypatch.setattr(fcntl, "fcntl", lambda fd, command: calls.append((fd, command)))
    durable.sync_file(7)
    assert calls == [(7, 51)]


def test_what_cannot_be_synced_is_said_and_nothing_stays_open(tmp_path: Path) -> None:
    before = len(os.listdir("/dev/fd"))
    with pytest.raises(FileNotFoundError):
        durable.sync_folder(tmp_path / "none")
    with pytest.raises(OSError):  # noqa: PT011
        durable.sync_file(10**6)
    assert len(os.listdir("/dev/fd")) == before
