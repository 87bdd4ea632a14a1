"""A real store process, for tests that stop or kill it."""

import signal
import subprocess
import sys
from pathlib import Path

import msgspec

from messages import Assignment

_PROGRAM = """
import signal, sys, threading
import msgspec
from actors.store.main import start
from messages import Assignment

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
print("ready", flush=True)
start(msgspec.json.decode(sys.argv[1], type=Assignment), stop)
"""

_HUNTED = """
import os, random, signal, sys, threading, time
from pathlib import Path
import msgspec
from actors.store import compaction  # what every try would import
from actors.store.main import start
from messages import Assignment
from messages.log.retention import load_cursor
from messages.log.segments import list_segments

assignment = msgspec.json.decode(sys.argv[1], type=Assignment)
log_dir = Path(sys.argv[2])
chance = random.Random(int(sys.argv[3]))
kills = 0
while load_cursor(log_dir, "store") != list_segments(log_dir)[-1]:
    child = os.fork()
    if child == 0:
        start(assignment, threading.Event())
    time.sleep(0.03 + chance.random() * (0.12 + 0.01 * kills))  # in the end long enough for whatever it takes
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    kills += 1
print(kills)
"""


def hunt(data_dir: Path, log: str, seed: int) -> int:
    """Start the store and SIGKILL it, at random moments, until a log is stored; return how often."""
    told = Assignment("store", "2024-10-04T00-00-00Z", str(data_dir), {"poll_s": 0.05})
    arguments = [msgspec.json.encode(told).decode(), str(data_dir / "log" / log), str(seed)]
    done = subprocess.run(
        [sys.executable, "-c", _HUNTED, *arguments],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        check=True,
        timeout=50,
    )
    return int(done.stdout)


class Running:
    """Starts the store as often as asked; it is gone when the block ends."""

    def __init__(self, data_dir: Path, **settings: object) -> None:
        told = {"poll_s": 0.05, **settings}
        self._assignment = Assignment("store", "2024-10-04T00-00-00Z", str(data_dir), told)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argument = msgspec.json.encode(self._assignment).decode()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, argument],
            cwd=Path(__file__).parents[3],
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        with self._process.stdout as out:
            assert out.readline() == b"ready\n"

    def kill(self) -> None:
        """SIGKILL, and gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(20)

    def __enter__(self) -> "Running":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()
