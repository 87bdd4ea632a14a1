"""The fork server, asked directly."""

import os
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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


def test_it_tells_each_runs_own_exit_code(asked: Asked) -> None:
    asked.fork("a#1", "fails_with_code")
    asked.fork("a#2", "sleeps")
    wait_until(lambda: {"say": "exited", "run": "a#1", "code": 7} in asked.hear(3))
    assert all(frame.get("run") != "a#2" or "code" not in frame for frame in asked.said)


def test_a_signal_to_a_run_that_is_over_goes_nowhere(asked: Asked) -> None:
    asked.server.signal("nobody#1", signal.SIGKILL, 0.0)
    assert asked.hear(2)[1] == {"say": "done"}


def test_a_sigterm_sent_together_with_the_fork_is_not_lost(asked: Asked) -> None:
    for run in range(10):
        asked.fork(f"a#{run}", "waits")
        asked.server.signal(f"a#{run}", signal.SIGTERM, 0.0)
    said = asked.hear(1 + 10 * 3)
    assert sorted(frame["code"] for frame in said if "code" in frame) == [0] * 10


def test_it_ends_with_the_lifeline_and_takes_stopped_children_along(asked: Asked) -> None:
    asked.fork("a#1", "sleeps")
    pid = asked.hear(2)[1]["pid"]
    os.kill(pid, signal.SIGSTOP)
    os.close(asked.lifeline[1])
    wait_until(lambda: not is_alive(pid) and not is_alive(asked.server.pid))
    with pytest.raises(LostZygoteError):
        asked.hear(9)
    asked.lifeline = os.pipe()


def test_what_it_owes_has_a_deadline_and_an_answer_pays(asked: Asked) -> None:
    assert asked.server.deadline_s() is not None
    asked.hear(1)
    assert asked.server.deadline_s() is None
    asked.server.ping(time.monotonic())
    assert asked.server.deadline_s() is not None
    asked.hear(2)
    assert asked.server.deadline_s() is None


@pytest.mark.parametrize("module", ["no.such.module", "tests.supervisor.exits_on_import"])
def test_a_preload_that_fails_is_named_and_the_rest_goes_on(tmp_path: Path, module: str) -> None:
    asked = Asked(tmp_path, [module, "json"])
    assert list(asked.hear(1)[0]["failed"]) == [module]
    asked.fork("a#1", "fails_with_code")
    wait_until(lambda: {"say": "exited", "run": "a#1", "code": 7} in asked.hear(2))
    asked.close()


def test_a_preload_that_starts_a_thread_is_named(tmp_path: Path) -> None:
    asked = Asked(tmp_path, ["tests.supervisor.threads_on_import"])
    assert "thread" in asked.hear(1)[0]["failed"]["tests.supervisor.threads_on_import"]
    asked.close()
