"""A real process of one actor, for tests that stop or kill it."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

import msgspec

from messages import Assignment

_PROGRAM = """
import importlib, signal, sys, threading
import msgspec
from messages import Assignment

start = importlib.import_module(sys.argv[1]).start
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
print("ready", flush=True)
start(msgspec.json.decode(sys.argv[2], type=Assignment), stop)
"""


class ActorProcess:
    """Starts an actor as often as asked; it is gone when the block ends. module: the one that has `start`."""

    def __init__(self, module: str, assignment: Assignment) -> None:
        self._command = [sys.executable, "-c", _PROGRAM, module, msgspec.json.encode(assignment).decode()]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE)
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

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()
