"""The supervisor's end of the fork server: starts it, asks it, never waits for it."""

import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from supervisor.wire import Frame, Inbox, send

PRELOAD_LIMIT_S: Final = 60.0
ANSWER_LIMIT_S: Final = 2.0


class LostZygoteError(Exception):
    """The fork server is gone or of no more use; with it, all its children."""


class ForkServer:
    """A running fork server. No call blocks; what does not work raises LostZygoteError.

    lifeline_fd: read end of the supervisor's lifeline. lock_fd: a lock that the fork server and its
    children hold as long as any of them lives. err_fd: where it writes errors.
    """

    def __init__(
        self, preload: Sequence[str], lifeline_fd: int, lock_fd: int, err_fd: int, now_s: float
    ) -> None:
        self._sock, theirs = socket.socketpair()
        self._inbox = Inbox()
        self._asked_s: deque[float] = deque()
        self._ready = False
        self._heard_s = now_s
        with theirs:
            inherited = (theirs.fileno(), lifeline_fd, lock_fd)
            arguments = [str(number) for number in (*inherited, os.getpid())]
            try:
                self._process = subprocess.Popen(
                    # -P: the folder it happens to run in must not shadow our modules.
                    [sys.executable, "-P", "-m", "supervisor.zygote", *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=err_fd,
                    stderr=err_fd,
                    pass_fds=inherited,
                    env=_environment(),
                    # Out of reach of the terminal's Ctrl-C: who stops when is the supervisor's decision.
                    start_new_session=True,
                )
            except OSError as error:
                self._sock.close()
                message = f"no process could be made for the fork server: {error.strerror}"
                raise LostZygoteError(message) from None
        self._sock.setblocking(False)
        self.pid = self._process.pid
        self._ask({"do": "preload", "modules": list(preload)}, (), now_s)

    def fileno(self) -> int:
        return self._sock.fileno()

    def fork(self, run: str, order: Mapping[str, Any], fds: Sequence[int], now_s: float) -> None:
        """Ask for a child. order, fds: see `supervisor.child.Order`; fds stay the caller's."""
        self._ask({"do": "fork", "run": run, "order": order}, fds, now_s)

    def signal(self, run: str, signum: int, now_s: float) -> None:
        """Ask for a signal to that run's process; nothing happens if it is gone."""
        self._ask({"do": "signal", "run": run, "signum": int(signum)}, (), now_s)

    def ping(self, now_s: float) -> None:
        """Ask for a sign of life."""
        self._ask({"do": "ping"}, (), now_s)

    def receive(self, now_s: float) -> list[Frame]:
        """Read what it says. Raises LostZygoteError."""
        try:
            frames = [frame for frame, _ in self._inbox.receive(self._sock)]
        except BlockingIOError:
            return []
        except (EOFError, OSError):
            code = self._process.poll()
            message = "the fork server died" if code is None else f"the fork server died (exit code {code})"
            raise LostZygoteError(message) from None
        self._heard_s = now_s
        for frame in frames:
            if frame["say"] == "done":
                self._asked_s.popleft()
                self._ready = True
        return frames

    def deadline_s(self) -> float | None:
        """When a request still without an answer makes it a hung one; None if it owes none."""
        if not self._asked_s:
            return None
        waits_since_s = max(self._asked_s[0], self._heard_s)
        return waits_since_s + (ANSWER_LIMIT_S if self._ready else PRELOAD_LIMIT_S)

    def forgive(self, now_s: float) -> None:
        """Let its time to answer begin anew."""
        self._heard_s = now_s

    def kill(self) -> None:
        """End it and its children; wait for its own end."""
        self._process.kill()
        self._process.wait()
        self._sock.close()

    def _ask(self, frame: Frame, fds: Sequence[int], now_s: float) -> None:
        try:
            send(self._sock, frame, fds)
        except OSError:
            message = "the fork server takes no requests"
            raise LostZygoteError(message) from None
        self._asked_s.append(now_s)


def _environment() -> dict[str, str]:
    environment = {**os.environ, "PYTHONPATH": _search_path()}
    # Its numerical libraries would start threads at import, and what has threads cannot be forked safely.
    environment |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1")
    if sys.platform == "darwin" and not any(name.lower().endswith("_proxy") for name in environment):
        # HTTP libraries ask macOS for its proxies, in a way that ends a forked process. This answers first.
        environment["no_proxy"] = "*"
    return environment


def _search_path() -> str:
    # The children must find what the supervisor finds, whatever way it was started.
    return os.pathsep.join(os.path.abspath(path) for path in sys.path)
