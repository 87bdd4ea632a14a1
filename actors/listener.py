"""The listener: reads logs, asks its rule, writes down what it read together with what it said."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from actors.actor import Ending, LoopActor, describe, run_actor
from actors.outbox import Outbox
from actors.pulse import Pulse
from actors.rule import Rule
from messages import Assignment, Message, RecordsLost, Turn
from messages.doorbell import ring
from messages.inbox import Batch, LogInbox

LONGEST_SLEEP_S = 0.25


class Inbox(Protocol):
    """Where a listener's records come from: messages.inbox.LogInbox, or lists in a test."""

    def wait(self, timeout_s: float) -> None: ...
    def take(self, limit: int = ...) -> Batch: ...
    def roll_back(self, from_ns: Mapping[str, int]) -> None: ...
    def catch_up(self) -> Iterator[Batch]: ...
    def close(self) -> None: ...


class Voice(Protocol):
    """Where a listener's words go: actors.outbox.Outbox, or a list in a test."""

    sent: int

    @property
    def next_seq(self) -> int: ...
    def open(self) -> None: ...
    def say(self, messages: Sequence[Message], at_ns: int) -> int: ...
    def record(self, messages: Sequence[Message], at_ns: int) -> int: ...
    def close(self, reason: str, fault: str) -> None: ...


class ListenerActor(LoopActor):
    """Drives a rule over an inbox.

    A turn's record and its words are one append, so after any crash either both are there or neither,
    and the next run reads on from what the logs say. At a start it goes back as far as the rule asks,
    rolls forward in silence, and speaks when it has reached the present.
    """

    def __init__(self, ending: Ending, rule: Rule, inbox: Inbox, outbox: Voice, pulse: Pulse) -> None:
        super().__init__(ending)
        self._rule = rule
        self._inbox = inbox
        self._outbox = outbox
        self._pulse = pulse
        self._caught_up = False
        self._received = 0
        self._drained = True
        self._lag = 0
        outbox.open()

    def turn(self) -> None:
        if not self._caught_up:
            self._catch_up()
        now_ns = time.time_ns()
        sleep_s = min(LONGEST_SLEEP_S, (self._rule.due_ns(now_ns) - now_ns) / 1e9)
        if self._drained:
            self._inbox.wait(sleep_s)
        batch = self._inbox.take()
        now_ns = time.time_ns()
        if batch.reads or batch.lost or now_ns >= self._rule.due_ns(now_ns):
            self._play(batch, now_ns)
        self._drained = batch.drained
        self._lag = 0 if batch.drained else len(batch.records)
        if self._pulse.due():
            self._beat(True)

    def closed(self) -> None:
        self._inbox.close()
        self._outbox.close("asked to stop", "none")

    def failed(self, error: BaseException) -> None:
        self._inbox.close()
        self._outbox.close(*describe(error))

    def _catch_up(self) -> None:
        now_ns = time.time_ns()
        rollback_s = self._rule.rollback_s
        self._inbox.roll_back({log: now_ns - int(rollback_s[log] * 1e9) for log in self._rule.wanted})
        for batch in self._inbox.catch_up():
            self._play(batch, batch.records[-1][1].at_ns if batch.records else now_ns)
            if self._pulse.due():
                self._beat(False)
        self._caught_up = True

    def _play(self, batch: Batch, now_ns: int) -> None:
        rule = self._rule
        for log, record in batch.records:
            rule.take(log, record.seq, record.message())
        if batch.lost:
            self._outbox.say(
                [RecordsLost(read.log, now_ns, read.first, read.last, why) for read, why in batch.lost],
                now_ns,
            )
        said = rule.turn(now_ns, self._outbox.next_seq + 1 if self._caught_up else 0)
        turn = Turn(now_ns, batch.reads, self._caught_up)
        self._received += len(batch.records)
        if self._caught_up and said:
            self._outbox.say([turn, *said], time.time_ns())
        else:
            self._outbox.record([turn], time.time_ns())

    def _beat(self, ready: bool) -> None:
        freshness = self._rule.freshness(time.time_ns())
        self._pulse.beat(ready, freshness, self._received, self._outbox.sent, self._lag)


def run_listener(assignment: Assignment, stop: threading.Event, rule: Rule) -> None:
    """Run a rule in this process until asked to stop. Raises what it failed with."""

    def wake() -> None:
        if assignment.doorbell_fd >= 0:
            ring(assignment.doorbell_fd)

    inbox = LogInbox(Path(assignment.data_dir) / "log", rule.wanted, assignment.doorbell_fd)
    outbox = Outbox(assignment)
    pulse = Pulse(assignment.beat_fd)
    run_actor(stop, ListenerActor, wake, rule=rule, inbox=inbox, outbox=outbox, pulse=pulse)
