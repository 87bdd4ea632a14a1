"""A supervisor in a process of its own, and what a test wants to ask it."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from supervisor import NotRunningError, ask
from tests.conftest import wait_until

ROOT = Path(__file__).parents[2]
START = "tests.supervisor.children:"


def child(name: str, start: str = "works", **fields: Any) -> dict[str, Any]:
    """A spec, as `tests.supervisor.host` reads it."""
    return {"name": name, "start": START + start, **fields}


def is_alive(pid: int) -> bool:
    """Say whether this process runs, or is stopped; a zombie is dead."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class Host:
    """One data folder, and the supervisor that runs on it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.process: subprocess.Popen[bytes] | None = None
        self.seen: set[int] = set()

    def plan(self, *specs: dict[str, Any], **fields: Any) -> str:
        plan = {"data_dir": str(self.data_dir), "session": "s", "mode": "sim", "version": "0", "specs": specs}
        return json.dumps(plan | {"preload": ["tests.supervisor.children"]} | fields)

    def start(self, *specs: dict[str, Any], prefix: tuple[str, ...] = (), **fields: Any) -> None:
        command = [*prefix, sys.executable, "-m", "tests.supervisor.host", self.plan(*specs, **fields)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        wait_until(self.answers)

    def answers(self) -> bool:
        try:
            self.status()
        except NotRunningError:
            return False
        return True

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = ask(self.data_dir, {"cmd": "status"})["status"]
        self.seen |= {actor["pid"] for actor in found["actors"] if actor["pid"]}
        return found

    def actor(self, name: str) -> dict[str, Any]:
        return next(actor for actor in self.status()["actors"] if actor["name"] == name)

    def pid(self, name: str) -> int:
        return int(self.actor(name)["pid"])

    def wait_for(self, name: str, state: str, timeout_s: float = 10.0) -> dict[str, Any]:
        wait_until(lambda: self.actor(name)["state"] == state, timeout_s)
        return self.actor(name)

    def wait_for_successor(self, name: str, old_pid: int, timeout_s: float = 10.0) -> dict[str, Any]:
        def succeeded() -> bool:
            actor = self.actor(name)
            return bool(actor["state"] == "running" and actor["pid"] != old_pid)

        wait_until(succeeded, timeout_s)
        return self.actor(name)

    def send(self, **request: Any) -> dict[str, Any]:
        return ask(self.data_dir, request)

    def zygote(self) -> int:
        assert self.process is not None
        pid = next(p.pid for p in psutil.Process(self.process.pid).children())
        self.seen.add(pid)
        return pid

    def stop(self, signum: int = signal.SIGTERM, timeout_s: float = 20.0) -> int:
        assert self.process is not None
        self.process.send_signal(signum)
        return self.process.wait(timeout_s)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def lines(self, file: str) -> list[str]:
        path = self.data_dir / file
        return path.read_text().splitlines() if path.exists() else []

    def close(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        try:
            wait_until(lambda: not self.left(), 3.0)
        finally:
            for process in self.left():
                process.kill()

    def left(self) -> list[psutil.Process]:
        """Processes of ours that still live. Looks at what they are: a number may be of another namespace."""
        found = []
        for pid in self.seen:
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                if "supervisor.zygote" in process.cmdline() and is_alive(pid):
                    found.append(process)
        return found


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path / "data")
    try:
        yield host
    finally:
        for process in host.left():
            process.resume()
        host.close()
