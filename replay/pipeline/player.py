"""One listener of the chain: what waits for it, and when it turns."""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from typing import Any, Final, NamedTuple

import msgspec

from actors.rule import Rule
from messages import ActorStarted, ActorStopped, Message, Read, RecordsLost, Turn
from messages.inbox import CATCH_UP_SLICE_NS
from messages.log.bulk import BulkWriter
from messages.version import VERSION
from replay.pipeline.delays import Delays
from replay.records import Missing

NEVER_NS: Final = 2**63 - 1
LEAST_NS: Final = 50_000
"""Between two turns that nothing but the clock asked for: no process turns more often."""


Waiting = tuple[int, int, Any, int]
"""A record that a listener wants: place of its log in reading order, number, message, append time."""


class Said(NamedTuple):
    """Words of a turn: from this number on they stand in the log, from this time on."""

    first_seq: int
    at_ns: int
    messages: list[Message]


class Player:
    """Drives a rule as actors.listener does, in recorded time.

    A turn takes in all that was appended up to its own time. What the rule says stands in its log work_ns
    later; until then it does not turn again. came: appended since the last turn. at_ns: when the next turn
    is. counts: how often it said each type.
    """

    def __init__(self, name: str, rule: Rule, log: BulkWriter, delays: Delays) -> None:
        self.name = name
        self.rule = rule
        self.log = log
        self.delays = delays
        self.came: list[Waiting] = []
        self.at_ns = NEVER_NS
        self.turns = 0
        self.counts: dict[type[Message], int] = {}
        self._logs = list(rule.wanted)
        self._later: list[tuple[int, int, int, Message]] = []
        self._next_reads: dict[int, int] = {}
        self._from_ns: list[int] = []
        self._free_ns = 0
        self._is_caught_up = False

    def begin(self, session: str, start_ns: int, settings: Mapping[str, Any]) -> None:
        """Begin a run. Its first turn, at this time, catches up with what has come until then."""
        as_json = msgspec.json.encode(settings).decode()
        self.log.append([ActorStarted(self.name, session, 0, start_ns, VERSION, as_json)], start_ns)
        self.at_ns = start_ns
        back_s = self.rule.rollback_s
        self._from_ns = [start_ns - int(back_s[log] * 1e9) for log in self._logs]

    def end(self, at_ns: int) -> None:
        """End the run."""
        at_ns = max(at_ns, self.log.last_at_ns)
        self.log.append([ActorStopped(self.name, at_ns, "the recording ends here", "none")], at_ns)

    def wake(self, at_ns: int) -> None:
        """Turn at this time, or as soon as it may, unless it turns sooner anyhow."""
        if at_ns < self.at_ns and self._is_caught_up:
            self.at_ns = max(at_ns, self._free_ns)

    def hear(self, place: int, seq: int, message: Message, at_ns: int) -> None:
        """Take what another listener says; it stands in that one's log from at_ns on."""
        heappush(self._later, (at_ns, place, seq, message))
        self.wake(at_ns + self.delays.wake_ns)

    def let_go(self) -> None:
        """Before its start: forget what it will not go back to."""
        if not self._is_caught_up:
            from_ns = self._from_ns
            self.came = [waiting for waiting in self.came if waiting[3] >= from_ns[waiting[0]]]
            self._later = [word for word in self._later if word[0] >= from_ns[word[1]]]
            heapify(self._later)

    def play(self) -> Said:
        """Do the next turn."""
        now_ns = self.at_ns
        later = self._later
        while later and later[0][0] <= now_ns:
            at_ns, place, seq, message = heappop(later)
            self.came.append((place, seq, message, at_ns))
        said = self._turn(now_ns) if self._is_caught_up else self._catch_up(now_ns)
        wake_ns = self.delays.wake_ns
        due_ns = max(self.rule.due_ns(now_ns) + wake_ns, now_ns + LEAST_NS)
        if later:
            due_ns = min(due_ns, later[0][0] + wake_ns)
        self.at_ns = max(due_ns, self._free_ns)
        return said

    def _turn(self, now_ns: int) -> Said:
        came = self.came
        if len(came) > 1:
            came.sort()
        reads = self._take(came, now_ns)
        came.clear()
        said = self.rule.turn(now_ns, self.log.next_seq + 1)
        at_ns = self._free_ns = now_ns + self.delays.work_ns
        first_seq = self.log.append([Turn(now_ns, reads, True), *said], at_ns) + 1
        self.turns += 1
        counts = self.counts
        for message in said:
            kind = type(message)
            counts[kind] = counts.get(kind, 0) + 1
        return Said(first_seq, at_ns, said)

    def _catch_up(self, now_ns: int) -> Said:
        """Roll the state forward in silence, in slices of the inbox's length."""
        self.let_go()
        came, self.came = self.came, []
        came.sort(key=lambda waiting: (waiting[3], waiting[0], waiting[1]))
        at = 0
        while True:
            end = at
            while end < len(came) and came[end][3] < came[at][3] + CATCH_UP_SLICE_NS:
                end += 1
            reads = self._take(came[at:end], now_ns)
            rolled_ns = came[end - 1][3] if came else now_ns
            self.rule.turn(rolled_ns, 0)
            self.log.append([Turn(rolled_ns, reads, False)], now_ns)
            self.turns += 1
            at = end
            if at >= len(came):
                break
        self._is_caught_up = True
        return Said(0, now_ns, [])

    def _take(self, came: list[Waiting], now_ns: int) -> list[Read]:
        """Hand records to the rule; say in runs of each log what was read, and what could not be."""
        take, logs, next_reads = self.rule.take, self._logs, self._next_reads
        reads: list[Read] = []
        run, first, last = -1, 0, 0
        for place, seq, message, _ in came:
            if place != run:
                if run >= 0:
                    reads.append(Read(logs[run], first, last))
                    next_reads[run] = last + 1
                run, first = place, next_reads.get(place, seq)
            if type(message) is Missing:
                if first < seq:
                    reads.append(Read(logs[run], first, seq - 1))
                run, next_reads[place] = -1, message.last + 1
                lost = RecordsLost(message.log, now_ns, message.first, message.last, message.why)
                self.log.append([lost], now_ns)
                continue
            take(logs[place], seq, message)
            last = seq
        if run >= 0:
            reads.append(Read(logs[run], first, last))
            next_reads[run] = last + 1
        return reads
