"""The fork server: a single-threaded process that has imported everything and forks the children.

Run by the supervisor as `python -m supervisor.zygote`. A fork of a warm process takes milliseconds where
a fresh interpreter takes a third of a second, and its memory is shared. It answers every request with
one frame, in order, and reports each child's end (r names a run, as the supervisor likes):

    {"do": "preload", "modules": [...]}                  -> {"say": "done", "failed": {module: why}}
    {"do": "fork", "run": r, "order": {...}} + fds       -> {"say": "done", "run": r, "pid": p | "error": why}
    {"do": "signal", "run": r, "signum": s}              -> {"say": "done"}
    {"do": "ping"}                                       -> {"say": "done"}
                                                            {"say": "exited", "run": r, "code": c}

Only the parent of a process may safely signal it by number, so signals go through here.
"""

import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import threading
from typing import Any, NoReturn

from supervisor.child import HELD_SIGNALS, Order, live
from supervisor.lifeline import LOST_PARENT, die_with_parent, name_process
from supervisor.wire import Frame, Inbox, send


class Zygote:
    """One fork server. Ends, and kills its children, when the supervisor is gone."""

    def __init__(self, sock: socket.socket, lifeline_fd: int, lock_fd: int) -> None:
        self._sock = sock
        self._lifeline_fd = lifeline_fd
        self._lock_fd = lock_fd
        self._inbox = Inbox()
        self._pids: dict[str, int] = {}
        self._wake_fd, self._woken_fd = os.pipe()
        os.set_blocking(self._woken_fd, False)
        self._selector = selectors.DefaultSelector()

    def serve(self) -> NoReturn:
        """Answer requests until the supervisor is gone."""
        for signum in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # Handled, not ignored: what is ignored would be lost to a child between fork and its own handler.
            signal.signal(signum, _no_more_than_wake)
        signal.set_wakeup_fd(self._woken_fd, warn_on_full_buffer=False)
        for source in (self._sock, self._lifeline_fd, self._wake_fd):
            self._selector.register(source, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _ in self._selector.select()]
            try:
                if self._lifeline_fd in ready:
                    raise EOFError
                if self._sock in ready:
                    for frame, fds in self._inbox.receive(self._sock):
                        send(self._sock, {"say": "done", **self._answer(frame, fds)})
                if self._wake_fd in ready:
                    os.read(self._wake_fd, 4096)
                    self._report_exits()
            except (EOFError, OSError):
                self._end()

    def _answer(self, frame: Frame, fds: list[int]) -> Frame:
        match frame["do"]:
            case "preload":
                return {"failed": _preload(frame["modules"])}
            case "fork":
                return {"run": frame["run"], **self._fork(frame["run"], frame["order"], fds)}
            case "signal":
                if frame["run"] in self._pids:
                    os.kill(self._pids[frame["run"]], frame["signum"])
        return {}

    def _fork(self, run: str, order: dict[str, Any], fds: list[int]) -> Frame:
        me = os.getpid()
        # SIGTERM waits until the child has its handler; before, it would end in ours, unheard.
        signal.pthread_sigmask(signal.SIG_BLOCK, HELD_SIGNALS)
        try:
            pid = os.fork()
            if pid == 0:
                self._become(order, fds, me)
        except OSError as error:
            return {"error": f"no process could be made for it: {error.strerror}"}
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_SIGNALS)
            for fd in fds:
                os.close(fd)
        self._pids[run] = pid
        return {"pid": pid}

    def _become(self, order: dict[str, Any], fds: list[int], zygote_pid: int) -> NoReturn:
        # In the child. Whatever happens, it must never return into the server's loop.
        try:
            signal.set_wakeup_fd(-1)
            self._selector.close()
            self._sock.close()
            keep = {0, 1, 2, self._lifeline_fd, self._lock_fd, *fds}
            for fd in _open_fds() - keep:
                os.close(fd)
            for fd in fds:
                os.set_inheritable(fd, False)
            live(Order(order, fds), self._lifeline_fd, zygote_pid)
        finally:
            os._exit(1)

    def _report_exits(self) -> None:
        for run, pid in list(self._pids.items()):
            gone, status = os.waitpid(pid, os.WNOHANG)
            if gone:
                del self._pids[run]
                send(self._sock, {"say": "exited", "run": run, "code": os.waitstatus_to_exitcode(status)})

    def _end(self) -> NoReturn:
        # The kernel does this on Linux as well; elsewhere this is what ends a hung or stopped child.
        for pid in self._pids.values():
            os.kill(pid, signal.SIGKILL)
        os._exit(LOST_PARENT)


def _no_more_than_wake(signum: int, frame: object) -> None:
    pass


def _preload(modules: list[str]) -> dict[str, str]:
    failed = {}
    for module in modules:
        try:
            importlib.import_module(module)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may fail in any way; children tell again
            failed[module] = f"{type(error).__name__}: {error}"
        if threading.active_count() > 1:
            failed.setdefault(module, "it starts a thread when imported, which a fork does not survive")
    # What exists now lives as long as the process: the collector need not touch, and so copy, its pages.
    gc.collect()
    gc.freeze()
    return failed


def _open_fds() -> set[int]:
    try:
        listed = {int(name) for name in os.listdir("/dev/fd")}
    except FileNotFoundError:  # a container without /proc
        listed = set(range(os.sysconf("SC_OPEN_MAX")))
    # The listing itself used one, which is closed again.
    return {fd for fd in listed if _is_open(fd)}


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def main() -> NoReturn:
    request_fd, lifeline_fd, lock_fd, supervisor_pid = (int(argument) for argument in sys.argv[1:])
    die_with_parent(supervisor_pid)
    name_process("zygote")
    # The collector's marks live in the objects: a collection in a child would copy every page it shares.
    gc.disable()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    Zygote(socket.socket(fileno=request_fd), lifeline_fd, lock_fd).serve()


if __name__ == "__main__":
    main()
