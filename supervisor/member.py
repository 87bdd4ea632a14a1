"""One child as the supervisor holds it: its decided state, and the descriptors of its run."""

import contextlib
import os
import socket
import time
from pathlib import Path
from typing import Any, Final

from messages import Beat, Died, decode_beat
from messages.doorbell import Doorbell
from supervisor.decide import Child
from supervisor.spec import ChildSpec, Plan

LONGEST_LINE_BYTES: Final = 65_536
ERR_LIMIT_BYTES: Final = 4 * 1024 * 1024
"""An error file longer than this is set aside (`.err.1`) when its child starts."""


class Member:
    """One child: spec, decided state, doorbell (kept over restarts), beat socket (new for each run).

    bad_lines: what came over the beat socket and was neither Beat nor Died.
    """

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.child = Child()
        self.doorbell = Doorbell.create() if spec.listens else None
        self.beats: socket.socket | None = None
        self.bad_lines = 0
        self._buffer = bytearray()

    @property
    def name(self) -> str:
        return self.spec.name

    def open_beats(self) -> tuple[socket.socket, socket.socket]:
        """Make the beat socket of a new run; return our end and the child's. Neither ever blocks."""
        self.beats, theirs = socket.socketpair()
        self.beats.setblocking(False)
        theirs.setblocking(False)
        return self.beats, theirs

    def read_beats(self) -> list[Beat | Died] | None:
        """Take what the child said, at most one buffer full; None when its end is closed.

        A child that floods gets no more than its turn, and one that sends nonsense is counted.
        """
        if self.beats is None:
            return None
        try:
            data = self.beats.recv(LONGEST_LINE_BYTES)
        except BlockingIOError:
            return []
        except OSError:
            return None
        if not data:
            return None
        self._buffer += data
        *lines, rest = self._buffer.split(b"\n")
        if len(rest) > LONGEST_LINE_BYTES:
            self.bad_lines += 1
            rest.clear()
        self._buffer = rest
        said = [decode_beat(line) for line in lines if line]
        self.bad_lines += said.count(None)
        return [word for word in said if word is not None]

    def close_beats(self) -> None:
        if self.beats is not None:
            self.beats.close()
            self.beats = None
        self._buffer.clear()

    def close(self) -> None:
        """Let go of the doorbell."""
        if self.doorbell is not None:
            self.doorbell.close()


def order_for(member: Member, plan: Plan) -> dict[str, Any]:
    """The fields of this child's `supervisor.child.Order`."""
    spec = member.spec
    assignment = {
        "name": spec.name,
        "session": plan.session,
        "data_dir": str(plan.data_dir),
        "settings": dict(spec.settings),
        "listens": list(spec.listens),
        "log": dict(plan.log),
    }
    return {"start": spec.start, "hears": member.doorbell is not None, "assignment": assignment}


def open_err(logs_dir: Path, name: str, run: int) -> int:
    """Open the file that takes a process's own output, and mark where this run begins in it.

    On a disk so full that not even that works, the output goes nowhere: the child matters more.
    """
    path = logs_dir / f"{name}.err"
    try:
        logs_dir.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > ERR_LIMIT_BYTES:
                path.replace(path.with_suffix(".err.1"))
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with contextlib.suppress(OSError):
        os.write(fd, f"--- {name}, run {run}, {stamp}\n".encode())
    return fd
