"""The fork server itself, asked over its socket in its own words."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from supervisor.lifeline import LOST_PARENT
from supervisor.wire import Frame, Inbox, send
from tests.conftest import wait_until
from tests.supervisor.conftest import ROOT, START, is_alive

CHILDREN = "tests.supervisor.children"


class Asked:
    """A fork server in a process of its own, and every frame that it has said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[Frame] = []
        self._inbox = Inbox()
        self._sock, theirs = socket.socketpair()
        lifeline_fd, self.lifeline_end = os.pipe()
        lock_fd = os.open(folder / "lock", os.O_WRONLY | os.O_CREAT)
        self._err_fd = os.open(folder / "err", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        inherited = (theirs.fileno(), lifeline_fd, lock_fd)
        arguments = [str(number) for number in (*inherited, os.getpid())]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.zygote", *arguments],
            cwd=ROOT,
            stdout=self._err_fd,
            stderr=self._err_fd,
            pass_fds=inherited,
        )
        theirs.close()
        os.close(lifeline_fd)
        os.close(lock_fd)

    def ask(self, frame: Frame, fds: tuple[int, ...] = ()) -> Frame:
        """Send a request; return its answer."""
        answered = len(self._answers())
        send(self._sock, frame, fds)
        self.wait_for(lambda: len(self._answers()) > answered)
        return self._answers()[answered]

    def _answers(self) -> list[Frame]:
        return [said for said in self.said if said["say"] == "done"]

    def wait_for(self, predicate: Callable[[], bool]) -> None:
        def heard() -> bool:
            if select.select([self._sock], [], [], 0)[0]:
                self.said += [frame for frame, _ in self._inbox.receive(self._sock)]
            return predicate()

        wait_until(heard)

    def fork(self, run: str, start: str) -> Frame:
        beats, theirs = socket.socketpair()
        assignment = {"name": "a", "session": "s", "data_dir": str(self.folder), "settings": {"code": 7}}
        order = {"start": START + start, "hears": False, "assignment": assignment}
        with beats, theirs:
            return self.ask({"do": "fork", "run": run, "order": order}, (self._err_fd, theirs.fileno()))

    def exit_code(self, run: str) -> int:
        """Wait until it tells that this run has ended."""
        self.wait_for(lambda: any(said.get("run") == run and "code" in said for said in self.said))
        return int(next(said["code"] for said in self.said if said.get("run") == run and "code" in said))

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._sock.close()
        os.close(self._err_fd)
        os.close(self.lifeline_end)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    asked = Asked(tmp_path)
    yield asked
    asked.close()


def test_every_request_gets_one_answer_in_order(asked: Asked) -> None:
    assert asked.ask({"do": "preload", "modules": [CHILDREN, "json"]}) == {"say": "done", "failed": {}}
    assert asked.ask({"do": "ping"}) == {"say": "done"}
    forked = asked.fork("a#1", "sleeps")
    assert (forked["run"], is_alive(forked["pid"])) == ("a#1", True)


@pytest.mark.parametrize("module", ["no.such.module", "tests.supervisor.exits_on_import"])
def test_a_preload_that_fails_is_named_and_the_rest_goes_on(asked: Asked, module: str) -> None:
    assert list(asked.ask({"do": "preload", "modules": [module, "json"]})["failed"]) == [module]
    asked.fork("a#1", "fails_with_code")
    assert asked.exit_code("a#1") == 7


def test_a_preload_that_starts_a_thread_is_named(asked: Asked) -> None:
    module = "tests.supervisor.threads_on_import"
    assert "thread" in asked.ask({"do": "preload", "modules": [module]})["failed"][module]


def test_it_tells_each_runs_own_exit_code(asked: Asked) -> None:
    asked.fork("a#1", "fails_with_code")
    sleeper = asked.fork("a#2", "sleeps")
    assert asked.exit_code("a#1") == 7
    asked.ask({"do": "signal", "run": "a#2", "signum": int(signal.SIGKILL)})
    assert asked.exit_code("a#2") == -signal.SIGKILL
    assert not is_alive(sleeper["pid"])


def test_a_signal_to_a_run_that_is_over_or_was_never_there_goes_nowhere(asked: Asked) -> None:
    asked.fork("a#1", "fails_with_code")
    assert asked.exit_code("a#1") == 7
    for run in ("a#1", "nobody#1"):
        assert asked.ask({"do": "signal", "run": run, "signum": int(signal.SIGKILL)}) == {"say": "done"}


def test_a_sigterm_sent_right_behind_the_fork_is_not_lost(asked: Asked) -> None:
    asked.ask({"do": "preload", "modules": [CHILDREN]})
    for number in range(10):
        asked.fork(f"a#{number}", "waits")
        asked.ask({"do": "signal", "run": f"a#{number}", "signum": int(signal.SIGTERM)})
    assert [asked.exit_code(f"a#{number}") for number in range(10)] == [0] * 10


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_does_not_end_by_a_signal_that_is_meant_for_the_supervisor(asked: Asked, signum: int) -> None:
    asked.ask({"do": "ping"})
    asked.process.send_signal(signum)
    assert asked.ask({"do": "ping"}) == {"say": "done"}
    assert asked.process.poll() is None


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_child_holds_nothing_of_the_fork_servers_own_but_the_lifeline_and_the_lock(asked: Asked) -> None:
    asked.fork("a#1", "sleeps")
    pid = asked.fork("a#2", "sleeps")["pid"]

    def held() -> list[str]:
        links = (str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir())
        return sorted(link.split(":")[0] for link in links if not link.startswith("/dev/"))

    files = [str(asked.folder / name) for name in ("err", "err", "lock")]  # stdout and stderr
    wait_until(lambda: [kind for kind in held() if kind != "pipe"] == [*files, "socket"])


def test_it_ends_with_the_lifeline_and_takes_stopped_children_along(asked: Asked) -> None:
    pid = asked.fork("a#1", "sleeps")["pid"]
    os.kill(pid, signal.SIGSTOP)
    os.close(asked.lifeline_end)
    try:
        assert asked.process.wait(10) == LOST_PARENT
        wait_until(lambda: not is_alive(pid))
    finally:
        asked.lifeline_end = os.open(os.devnull, os.O_WRONLY)
