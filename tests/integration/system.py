"""The whole system as its own process, on the simulator, in a folder of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from supervisor.client import ask
from supervisor.errors import NoAnswerError, NotRunningError
from tests.conftest import wait_until
from tests.integration.recording import records


class System:
    """A running `start --sim`. settings: environment keys behind KALSHI_ACTORS__."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str], *arguments: str) -> None:
        self.data_dir = data_dir
        environment = {f"KALSHI_ACTORS__{key}": value for key, value in settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "start", "--sim", "--data", str(data_dir), *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def actors(self) -> dict[str, dict[str, Any]]:
        try:
            status = ask(self.data_dir, {"cmd": "status"})["status"]
        except (NotRunningError, NoAnswerError):
            return {}
        return {actor["name"]: actor for actor in status["actors"]}

    def all_fresh(self) -> bool:
        actors = self.actors()
        return bool(actors) and all(actor["fresh"] for actor in actors.values())

    def strike(self, name: str, blow: str) -> None:
        """Kill, freeze or restart one actor; wait until another process of it runs on current data."""
        pid = self.actors()[name]["pid"]
        if blow == "restart":
            assert ask(self.data_dir, {"cmd": "restart", "names": [name]})["ok"]
        else:
            os.kill(pid, signal.SIGKILL if blow == "kill" else signal.SIGSTOP)

        def back() -> bool:
            actor = self.actors()[name]
            return bool(actor["pid"]) and actor["pid"] != pid and bool(actor["fresh"])

        wait_until(back, 20)

    def simulator_url(self, venue: str) -> str:
        """Root of a simulated venue's REST side."""
        for record in records(self.data_dir / "log" / venue):
            url = getattr(record.message(), "url", "")
            if url:
                last = url
        return f"http://{urlsplit(last).netloc}"

    def kill_supervisor(self) -> None:
        pids = [actor["pid"] for actor in self.actors().values()]
        self.process.kill()
        self.process.wait()
        wait_until(lambda: not any(_lives(pid) for pid in pids), 2.0)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0


def _lives(pid: int) -> bool:
    """A zombie is dead, however long its new parent takes to notice."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


@contextmanager
def started(data_dir: Path, settings: Mapping[str, str], *arguments: str) -> Iterator[System]:
    """Start it, hand it over when every actor runs on current data, and see that nothing of it is left."""
    system = System(data_dir, settings, *arguments)
    try:
        wait_until(system.all_fresh, 40)
        yield system
    finally:
        if system.process.poll() is None:
            system.process.kill()
            system.process.wait()
