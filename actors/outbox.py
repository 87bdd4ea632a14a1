"""Where an actor's words go: its own log first, then a ring at everybody who listens."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from messages import ActorStarted, ActorStopped, Assignment, Message
from messages.doorbell import ring
from messages.log import LogSettings, LogWriter
from messages.version import VERSION


class Outbox:
    """An actor's log and its listeners' doorbells. Nobody hears what is not in the log yet."""

    def __init__(self, assignment: Assignment) -> None:
        self.log_dir = Path(assignment.data_dir) / "log" / assignment.name
        self._name = assignment.name
        self._writer = LogWriter(self.log_dir, msgspec.convert(assignment.log, LogSettings))
        self._ring_fds = assignment.ring_fds
        self._start = ActorStarted(
            name=assignment.name,
            session=assignment.session,
            pid=os.getpid(),
            at_ns=time.time_ns(),
            version=VERSION,
            settings=msgspec.json.encode(assignment.settings).decode(),
        )
        self.sent = 0

    @property
    def next_seq(self) -> int:
        """The sequence number of the next message."""
        return self._writer.next_seq

    @property
    def last_at_ns(self) -> int:
        """When the log was last appended to; 0 for a new log."""
        return self._writer.last_at_ns

    def open(self) -> None:
        """Begin a run: the first record."""
        self.say([self._start], time.time_ns())

    def say(self, messages: Sequence[Message], at_ns: int) -> int:
        """Append in one write, then wake the listeners. Returns the first sequence number.

        Raises DiskFullError.
        """
        first = self.record(messages, at_ns)
        for fd in self._ring_fds:
            ring(fd)
        return first

    def record(self, messages: Sequence[Message], at_ns: int) -> int:
        """Append without waking anybody: more of the same moment follows."""
        first = self._writer.append(messages, at_ns)
        self.sent += len(messages)
        return first

    def close(self, reason: str, fault: str) -> None:
        """End a run: the last record, and the log is let go."""
        now_ns = time.time_ns()
        try:
            self.say([ActorStopped(self._name, now_ns, reason, fault)], now_ns)
        finally:
            self._writer.close()
