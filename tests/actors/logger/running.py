"""A real logger process, for tests that kill it."""

import signal
import subprocess
import sys
from pathlib import Path

import msgspec

from messages import Assignment

_PROGRAM = """
import signal, sys, threading
import msgspec
from actors.logger.main import start
from messages import Assignment

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
print("ready", flush=True)
start(msgspec.json.decode(sys.argv[1], type=Assignment), stop)
"""


class Running:
    """Starts the logger as often as asked; it is gone when the block ends."""

    def __init__(self, data_dir: Path, session: str, listens: list[str], **settings: object) -> None:
        self._assignment = Assignment("logger", session, str(data_dir), settings, listens)
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
