import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from actors.actor import Ending
from actors.adapter import Freshness
from actors.listener import ListenerActor, run_listener
from actors.pulse import Pulse
from messages import ActorStarted, ActorStopped, DayVolume, Message, Read, TradePrinted, Turn
from messages.codec import encode
from messages.doorbell import Doorbell
from messages.inbox import Batch
from messages.log import LogWriter, Record
from tests.actors.shells import assignment, records, said
from tests.conftest import wait_until


class Sum(msgspec.Struct):
    """A rule for tests: says the sum of all trade sizes so far, whenever it grew."""

    wanted: dict[str, frozenset[int]]
    rollback_s: dict[str, float]
    total: int = 0
    told: int = 0

    def take(self, log: str, seq: int, message: Message) -> None:
        if isinstance(message, TradePrinted):
            self.total += message.size_e8

    def turn(self, now_ns: int, next_seq: int) -> list[Message]:
        if self.total == self.told:
            return []
        self.told = self.total
        return [DayVolume("sum", "BTC-USD", next_seq, now_ns, self.total)]

    def due_ns(self, now_ns: int) -> int:
        return now_ns + 10**9

    def freshness(self, now_ns: int) -> Freshness:
        return Freshness(True, 0)


def trade(size: int, venue: str = "a") -> TradePrinted:
    return TradePrinted(venue, "BTC-USD", 0, 0, 0, "", 1, size, True)


def rule(*logs: str, rollback_s: float = 100.0) -> Sum:
    return Sum({log: frozenset({TradePrinted.kind}) for log in logs}, dict.fromkeys(logs, rollback_s))


class Running:
    def __init__(self, data_dir: Path, subject: Sum, bell: Doorbell) -> None:
        self.stop = threading.Event()
        given = assignment(data_dir, "sum", doorbell_fd=bell.read_fd)
        self.thread = threading.Thread(target=run_listener, args=(given, self.stop, subject))
        self.thread.start()
        wait_until(lambda: said(data_dir, Turn, "sum"))  # it has caught up

    def end(self) -> None:
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


def now_ns() -> int:
    return time.time_ns()


def test_what_came_before_is_known_but_not_passed_off_as_current(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "log" / "a")
    writer.append([trade(1), trade(2)], now_ns())
    bell = Doorbell.create()
    running = Running(tmp_path, rule("a"), bell)
    writer.append([trade(4)], now_ns())
    bell.ring()
    wait_until(lambda: said(tmp_path, DayVolume, "sum"))
    running.end()
    writer.close()
    bell.close()
    assert [message.volume_e8 for message in said(tmp_path, DayVolume, "sum")] == [7]


def test_a_turn_and_its_words_are_one_append_and_the_words_know_their_place(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "log" / "a")
    bell = Doorbell.create()
    running = Running(tmp_path, rule("a"), bell)
    for size in (1, 2, 3):
        writer.append([trade(size)], now_ns())
        bell.ring()
        wait_until(lambda want=size: len(said(tmp_path, DayVolume, "sum")) == want)  # type: ignore[misc]
    running.end()
    writer.close()
    bell.close()
    everything = records(tmp_path, "sum")
    for seq, message in everything:
        if isinstance(message, DayVolume):
            assert message.frame == seq
            before = everything[seq - 2][1]
            assert isinstance(before, Turn)
            assert before.reads
    assert isinstance(everything[0][1], ActorStarted)
    assert isinstance(everything[-1][1], ActorStopped)


def test_the_recorded_turns_give_the_same_words_again(tmp_path: Path) -> None:
    writers = {log: LogWriter(tmp_path / "log" / log) for log in ("a", "b")}
    bell = Doorbell.create()
    running = Running(tmp_path, rule("a", "b"), bell)
    for i in range(300):
        writers["ab"[i % 3 % 2]].append([trade(i)], now_ns())
        bell.ring()
    wait_until(lambda: [m.volume_e8 for m in said(tmp_path, DayVolume, "sum")][-1:] == [sum(range(300))])
    running.end()
    for writer in writers.values():
        writer.close()
    bell.close()

    heard = {log: dict(records(tmp_path, log)) for log in ("a", "b")}
    subject = rule("a", "b")
    again: list[Message] = []
    for seq, message in records(tmp_path, "sum"):
        if isinstance(message, Turn):
            for read in message.reads:
                for number in range(read.first, read.last + 1):
                    subject.take(read.log, number, heard[read.log][number])
            words = subject.turn(message.now_ns, seq + 1)
            again += words if message.caught_up else []
    assert again == said(tmp_path, DayVolume, "sum")


def test_every_record_is_read_once_over_a_run(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "log" / "a")
    bell = Doorbell.create()
    writer.append([trade(1)], now_ns())
    running = Running(tmp_path, rule("a"), bell)
    for _ in range(200):
        writer.append([trade(1), DayVolume("a", "BTC-USD", 0, 0, 5)], now_ns())
        bell.ring()
    wait_until(lambda: [m.volume_e8 for m in said(tmp_path, DayVolume, "sum")][-1:] == [201])
    running.end()
    writer.close()
    bell.close()
    numbers = [
        n
        for turn in said(tmp_path, Turn, "sum")
        for read in turn.reads
        for n in range(read.first, read.last + 1)
    ]
    # The last record is a kind that is passed over, so it may or may not have been passed yet.
    assert numbers[:400] == list(range(1, 401))


class ListInbox:
    """An inbox of lists: the same actor class without a log, a bell or a process."""

    def __init__(self, batches: Sequence[Sequence[Message]]) -> None:
        self._batches = [
            Batch([("a", Record(i, 0, m.kind, encode(m))) for m in batch], [Read("a", i, i)], True)
            for i, batch in enumerate(batches, 1)
        ]

    def wait(self, timeout_s: float) -> None:
        threading.Event().wait(0.001)

    def take(self, limit: int = 500) -> Batch:
        return self._batches.pop(0) if self._batches else Batch([], [], True)

    def roll_back(self, from_ns: Mapping[str, int]) -> None:
        pass

    def catch_up(self) -> Iterator[Batch]:
        return iter(())

    def close(self) -> None:
        pass


class ListVoice:
    """A voice that keeps what is said."""

    def __init__(self) -> None:
        self.said: list[Message] = []
        self.sent = 0

    @property
    def next_seq(self) -> int:
        return len(self.said) + 1

    def open(self) -> None:
        pass

    def say(self, messages: Sequence[Message], at_ns: int) -> int:
        self.said += messages
        return len(self.said) - len(messages) + 1

    record = say

    def close(self, reason: str, fault: str) -> None:
        pass


def test_the_same_actor_class_runs_on_an_inbox_of_lists() -> None:
    voice = ListVoice()
    ending = Ending(threading.Event())
    actor = ListenerActor.start(
        ending=ending,
        rule=rule("a"),
        inbox=ListInbox([[trade(1)], [trade(2), trade(3)]]),
        outbox=voice,
        pulse=Pulse(-1),
    )
    wait_until(lambda: [m.volume_e8 for m in voice.said if isinstance(m, DayVolume)] == [1, 6])
    actor.stop()
    assert ending.error is None
