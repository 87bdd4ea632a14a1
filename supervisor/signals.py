"""Signals of the supervisor: the handlers only take note; the loop acts."""

import contextlib
import os
import signal
from types import FrameType
from typing import Any, Final, Self

STOPPING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """Takes signals over for the length of a `with`. `fd` is readable when one has come.

    children: also wake for SIGCHLD. Only for the main thread.
    """

    def __init__(self, children: bool) -> None:
        self._wanted = (*STOPPING, signal.SIGCHLD) if children else STOPPING
        self._noted: list[int] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self.fd, self._wakeup_fd = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._wakeup_fd, False)
        self._wakeup_before = signal.set_wakeup_fd(self._wakeup_fd, warn_on_full_buffer=False)
        for signum in self._wanted:
            self._before[signum] = signal.signal(signum, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler if handler is not None else signal.SIG_DFL)
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self.fd)
        os.close(self._wakeup_fd)

    def take(self) -> list[int]:
        """Return the signals that have come since the last call, oldest first."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.fd, 4096)
        taken, self._noted = self._noted, []
        return taken

    def _note(self, signum: int, frame: FrameType | None) -> None:
        self._noted.append(signum)
