"""The whole system under measurement: `start --sim` as its own process, in a folder of its own."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from messages.log import LogReader
from supervisor.client import ask
from supervisor.errors import NoAnswerError, NotRunningError


class System:
    """A running instance. started_s: monotonic time of the command's launch."""

    def __init__(self, data_dir: Path, process: subprocess.Popen[bytes], started_s: float) -> None:
        self.data_dir = data_dir
        self.process = process
        self.started_s = started_s

    def stop(self) -> None:
        """End it in good order, or by force where that takes too long. Once more does nothing."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def status(self) -> dict[str, Any]:
        """The status object; {} while nothing answers."""
        try:
            status: dict[str, Any] = ask(self.data_dir, {"cmd": "status"}, 5.0).get("status", {})
        except (NotRunningError, NoAnswerError):
            return {}
        return status

    def actors(self) -> dict[str, dict[str, Any]]:
        """Name -> the actor's line of the status."""
        return {actor["name"]: actor for actor in self.status().get("actors", [])}

    def all_fresh(self) -> bool:
        """Every actor runs on current data."""
        actors = self.actors()
        return bool(actors) and all(actor["fresh"] for actor in actors.values())

    def pid(self, name: str) -> int:
        """Process id of an actor."""
        return int(self.actors()[name]["pid"])

    def log(self, name: str) -> Path:
        """Folder of an actor's log."""
        return self.data_dir / "log" / name

    def count(self, names: Iterable[str], kinds: frozenset[int], from_ns: int, to_ns: int) -> int:
        """How many records of these kinds actors appended from one moment to before another."""
        count = 0
        for name in names:
            with LogReader(self.log(name)) as reader:
                reader.seek_time(from_ns)
                while not reader.drained:
                    count += sum(record.at_ns < to_ns for record in reader.read(1000, kinds))
        return count


def wait_for(
    predicate: Callable[[], object], what: str, limit_s: float = 60.0, every_s: float = 0.005
) -> float:
    """Wait until something holds; return the monotonic time. Raises TimeoutError naming it."""
    deadline_s = time.monotonic() + limit_s
    while not predicate():
        if time.monotonic() > deadline_s:
            message = f"{what}: not within {limit_s:g} s"
            raise TimeoutError(message)
        time.sleep(every_s)
    return time.monotonic()


@contextmanager
def running(settings: Mapping[str, object] | None = None, *arguments: str) -> Iterator[System]:
    """Start the whole system on the simulator and stop it at the end.

    settings: dotted key -> value, laid over the defaults, e.g. {"simulator.rate": 1500}.
    """
    with (
        tempfile.TemporaryDirectory(prefix="kalshi-actors-bench-") as folder,
        running_in(Path(folder), settings, *arguments) as system,
    ):
        yield system


@contextmanager
def running_in(
    data_dir: Path, settings: Mapping[str, object] | None = None, *arguments: str
) -> Iterator[System]:
    """Start the whole system on the simulator in a folder that stays, and stop it at the end."""
    given = {
        f"KALSHI_ACTORS__{key.upper().replace('.', '__')}": str(v) for key, v in (settings or {}).items()
    }
    with (data_dir / "start.out").open("wb") as out:
        started_s = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "start", "--sim", "--data", str(data_dir), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **given},
        )
    system = System(data_dir, process, started_s)
    try:
        yield system
    finally:
        system.stop()
