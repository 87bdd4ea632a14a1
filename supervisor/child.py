"""What runs in a child before the actor does: descriptors, signals, guards; then the start function."""

import contextlib
import faulthandler
import gc
import importlib
import math
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, Final, NoReturn

from messages import Assignment, Died, encode_beat
from supervisor.lifeline import die_with_parent, name_process, watch

HELD_SIGNALS: Final = frozenset({signal.SIGTERM, signal.SIGUSR1})
"""Blocked around the fork, until the child has its handlers."""
_LONGEST_REASON: Final = 500


class Order:
    """What to run, as it comes from the supervisor.

    fields: "start", "assignment" (without descriptors), "hears" (whether it has a doorbell of its own).
    fds: error file, beat socket, its doorbell if it hears, then the doorbells it rings.
    """

    def __init__(self, fields: dict[str, Any], fds: list[int]) -> None:
        self.start: str = fields["start"]
        self.err_fd, beat_fd, *bells = fds
        doorbell_fd = bells.pop(0) if fields["hears"] else -1
        self.assignment = Assignment(
            **fields["assignment"], doorbell_fd=doorbell_fd, ring_fds=bells, beat_fd=beat_fd
        )


def live(order: Order, lifeline_fd: int, parent_pid: int) -> NoReturn:
    """Be that child: run its start function and exit. 0 when it returned, 1 when it raised."""
    _take_outputs(order.err_fd)
    armed = die_with_parent(parent_pid)
    name_process(order.assignment.name)
    stop = threading.Event()
    _take_signals(stop, lifeline_fd, parent_pid, armed)
    gc.enable()
    code = _run(order, stop)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # a full disk, or closed by the actor
            stream.flush()
    # Not sys.exit: what the fork server left on the stack is none of ours to unwind.
    os._exit(code)


def _take_outputs(err_fd: int) -> None:
    os.dup2(err_fd, 1)
    os.dup2(err_fd, 2)
    os.close(err_fd)


def _take_signals(stop: threading.Event, lifeline_fd: int, parent_pid: int, armed: bool) -> None:
    noted_fd, note_fd = os.pipe()
    os.set_blocking(note_fd, False)

    def note(signum: int, frame: object) -> None:
        # Not stop.set(): it takes a lock, which the interrupted code may hold.
        with contextlib.suppress(BlockingIOError):
            os.write(note_fd, b"t")

    signal.signal(signal.SIGTERM, note)
    # Ctrl-C and a closed terminal are the supervisor's business.
    for signum in (signal.SIGINT, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_SIGNALS)
    threading.Thread(
        target=watch, args=(lifeline_fd, noted_fd, parent_pid, armed, stop.set), name="lifeline", daemon=True
    ).start()


def _run(order: Order, stop: threading.Event) -> int:
    try:
        start = find_start(order.start)
        start(order.assignment, stop)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException as error:  # noqa: BLE001 - this is where a child's errors end
        died = last_word(error)
        if died.fault == "internal":
            traceback.print_exc()
        else:  # raised on purpose: the sentence says it all, every time a network is down
            print(died.reason, file=sys.stderr)
        _tell(order.assignment.beat_fd, died)
        return 1
    return 0


def find_start(start: str) -> Callable[[Assignment, threading.Event], None]:
    """Import "module:function". Raises whatever the import raises."""
    module, _, function = start.partition(":")
    found: Callable[[Assignment, threading.Event], None] = getattr(importlib.import_module(module), function)
    return found


def last_word(error: BaseException) -> Died:
    """What an error says to the supervisor.

    An error that knows whose fault it is (`fault`, `retry_after_s`) was raised on purpose and its text
    is a sentence; of any other the type is part of what happened.
    """
    text = " ".join(str(error).split())[:_LONGEST_REASON]
    fault = getattr(error, "fault", None)
    if not isinstance(fault, str):
        name = type(error).__name__
        return Died(reason=f"{name}: {text}" if text else name, fault="internal")
    retry_after_s = getattr(error, "retry_after_s", 0.0)
    if not isinstance(retry_after_s, int | float) or not math.isfinite(retry_after_s):
        retry_after_s = 0.0
    return Died(reason=text or type(error).__name__, fault=fault, retry_after_s=float(retry_after_s))


def _tell(beat_fd: int, died: Died) -> None:
    # The actor may have left the socket non-blocking, full, or closed: then the exit code has to do. The
    # leading newline ends a beat that was cut in half.
    with contextlib.suppress(OSError):
        os.write(beat_fd, b"\n" + encode_beat(died))
