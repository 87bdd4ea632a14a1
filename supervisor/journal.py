"""The supervisor's own log: what it did to whom, in the same form as every actor's."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import messages.errors
from messages import ActorStarted, ActorStateChanged, ActorStopped, Message
from messages.doorbell import ring
from messages.log import LogSettings, LogWriter
from supervisor.spec import SELF, Plan


class Journal:
    """Appends to the supervisor's log and wakes its readers. Never raises for a log that cannot be written:
    children must be kept alive on a full disk too. `lost` counts what is not in it, `trouble` says why.

    ring_fds: doorbells of the children that listen to it.
    """

    def __init__(self, plan: Plan, ring_fds: Sequence[int]) -> None:
        self._dir: Path = plan.data_dir / "log" / SELF
        self._settings = LogSettings(**plan.log)
        self._ring_fds = ring_fds
        self._writer: LogWriter | None = None
        self.lost = 0
        self.trouble = ""
        facts = {"mode": plan.mode, "actors": [spec.name for spec in plan.specs]}
        at_ns = time.time_ns()
        self._append(
            ActorStarted(SELF, plan.session, os.getpid(), at_ns, plan.version, json.dumps(facts)), at_ns
        )

    def note(self, change: ActorStateChanged) -> None:
        """Append one transition."""
        self._append(change, change.at_ns)

    def close(self, reason: str) -> None:
        """Append the end and let go of the log."""
        at_ns = time.time_ns()
        self._append(ActorStopped(SELF, at_ns, reason, "none"), at_ns)
        if self._writer is not None:
            self._writer.close()

    def _append(self, message: Message, at_ns: int) -> None:
        try:
            if self._writer is None:
                self._writer = LogWriter(self._dir, self._settings)
            self._writer.append([message], at_ns)
        except (messages.errors.MessagesError, OSError) as error:
            self.lost += 1
            self.trouble = str(error)
            return
        self.trouble = ""
        for fd in self._ring_fds:
            ring(fd)
