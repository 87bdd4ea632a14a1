"""The supervisor's end of the fork server."""

import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from supervisor import launch
from supervisor.launch import ForkServer, LostZygoteError
from tests.conftest import wait_until
from tests.supervisor.conftest import START, is_alive


class Asked:
    """A fork server, and what it has said so far."""

    def __init__(self, folder: Path, preload: list[str]) -> None:
        self.folder = folder
        self.said: list[dict[str, Any]] = []
        self.lifeline = os.pipe()
        self.err_fd = os.open(folder / "err", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        lock_fd = os.open(folder / "lock", os.O_WRONLY | os.O_CREAT)
        self.server = ForkServer(preload, self.lifeline[0], lock_fd, self.err_fd, 0.0)
        os.close(lock_fd)

    def hear(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many frames in all."""

        def heard() -> bool:
            if select.select([self.server], [], [], 0)[0]:
                self.said += self.server.receive(0.0)
            return len(self.said) >= count

        wait_until(heard)
        return self.said

    def fork(self, run: str, start: str) -> None:
        read_fd, write_fd = os.pipe()
        assignment = {"name": "a", "session": "s", "data_dir": str(self.folder), "settings": {"code": 7}}
        order = {"start": START + start, "hears": False, "assignment": assignment}
        self.server.fork(run, order, [self.err_fd, write_fd], 0.0)
        os.close(write_fd)
        os.close(read_fd)

    def close(self) -> None:
        self.server.kill()
        for fd in (*self.lifeline, self.err_fd):
            os.close(fd)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    asked = Asked(tmp_path, ["tests.supervisor.children"])
    yield asked
    asked.close()


def test_it_forks_signals_and_tells_the_exit(asked: Asked) -> None:
    asked.fork("a#1", "sleeps")
    _, forked = asked.hear(2)
    assert forked["run"] == "a#1"
    assert is_alive(forked["pid"])
    asked.server.signal("a#1", signal.SIGKILL, 0.0)
    said = asked.hear(4)[2:]
    assert {"say": "done"} in said
    assert {"say": "exited", "run": "a#1", "code": -9} in said
    assert not is_alive(forked["pid"])


def test_a_server_that_is_gone_is_lost_to_whoever_listens_or_asks(asked: Asked) -> None:
    asked.hear(1)
    os.kill(asked.server.pid, signal.SIGKILL)
    with pytest.raises(LostZygoteError, match="died"):
        asked.hear(2)
    with pytest.raises(LostZygoteError, match="takes no requests"):
        asked.server.ping(0.0)


def test_what_it_owes_has_a_deadline_and_an_answer_pays(asked: Asked) -> None:
    assert asked.server.deadline_s() is not None
    asked.hear(1)
    assert asked.server.deadline_s() is None
    asked.server.ping(time.monotonic())
    assert asked.server.deadline_s() is not None
    asked.hear(2)
    assert asked.server.deadline_s() is None


@pytest.mark.parametrize(
    ("platform", "given", "expected"),
    [("darwin", {}, "*"), ("darwin", {"HTTPS_PROXY": "http://proxy:3128"}, None), ("linux", {}, None)],
)
def test_children_never_ask_macos_for_its_proxies(
    monkeypatch: pytest.MonkeyPatch, platform: str, given: dict[str, str], expected: str | None
) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert launch._environment().get("no_proxy") == expected
