"""One listener in recorded time: when it turns, what it takes in, what stands in its log then."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from messages import ActorStarted, ActorStopped, Message, Read, RecordsLost, Turn
from messages.log.bulk import BulkWriter
from replay.pipeline.delays import AT_ONCE, Delays
from replay.pipeline.player import LEAST_NS, Player
from replay.records import Missing
from tests.replay.pipeline.samples import TRADES, VOLUMES, Heard, read_log, trade, volume

S = 1_000_000_000


@pytest.fixture
def log(tmp_path: Path) -> Iterator[BulkWriter]:
    with BulkWriter(tmp_path / "log" / "p") as writer:
        yield writer


def written(tmp_path: Path, log: BulkWriter) -> list[tuple[int, Message]]:
    log.flush()
    return read_log(tmp_path, "p")


def begun(log: BulkWriter, rule: Heard, delays: Delays = AT_ONCE, start_ns: int = 100 * S) -> Player:
    player = Player("p", rule, log, delays)
    player.begin("one", start_ns, {"speed": 2.0})
    assert player.at_ns == start_ns
    return player


def came(player: Player, place: int, seq: int, message: Message | Missing, at_ns: int) -> None:
    player.came.append((place, seq, message, at_ns))
    player.wake(at_ns + player.delays.wake_ns)


def test_a_run_begins_by_catching_up_in_silence(tmp_path: Path, log: BulkWriter) -> None:
    rule = Heard({"a": TRADES, "b": TRADES}, back_s=3.0)
    player = begun(log, rule)
    for place, seq, at_ns in ((0, 4, 96), (0, 5, 97), (0, 7, 98), (1, 2, 97), (1, 3, 99)):
        came(player, place, seq, trade(seq), at_ns * S)
    player.play()
    assert [(log, seq) for log, seq, _ in rule.taken] == [("a", 5), ("b", 2), ("a", 7), ("b", 3)]
    assert rule.turned == [(97 * S, 0, 2), (98 * S, 0, 1), (99 * S, 0, 1)]
    at_ns, (start, *turns) = 100 * S, [message for _, message in written(tmp_path, log)]
    assert start == ActorStarted("p", "one", 0, at_ns, start.version, '{"speed":2.0}')  # type: ignore[attr-defined]
    assert turns == [
        Turn(97 * S, [Read("a", 5, 5), Read("b", 2, 2)], False),
        Turn(98 * S, [Read("a", 6, 7)], False),
        Turn(99 * S, [Read("b", 3, 3)], False),
    ]


def test_what_a_late_start_does_not_go_back_to_is_forgotten_on_the_way(log: BulkWriter) -> None:
    rule = Heard({"a": TRADES, "other": VOLUMES}, back_s=2.0)
    player = begun(log, rule)
    for at_s in range(1, 100):
        came(player, 0, at_s, trade(at_s), at_s * S)
        player.hear(1, at_s, volume(at_s), at_s * S)
        player.let_go()
        assert len(player.came) <= 2
    player.play()
    assert [(log, seq) for log, seq, _ in rule.taken] == [("a", 98), ("other", 98), ("a", 99), ("other", 99)]


def test_with_nothing_to_catch_up_with_it_turns_once(tmp_path: Path, log: BulkWriter) -> None:
    rule = Heard({"a": TRADES})
    begun(log, rule).play()
    assert rule.turned == [(100 * S, 0, 0)]


def test_a_turn_takes_all_that_came_in_the_order_of_its_logs(tmp_path: Path, log: BulkWriter) -> None:
    rule = Heard({"a": TRADES, "b": TRADES})
    player = begun(log, rule, Delays(wake_ns=10, work_ns=30))
    player.play()
    start = player.at_ns
    assert start > 200 * S
    came(player, 1, 8, trade(8), 101 * S)
    came(player, 0, 5, trade(5), 101 * S + 3)
    came(player, 0, 9, trade(9), 101 * S + 9)
    assert player.at_ns == 101 * S + 10
    said = player.play()
    assert [(log, seq) for log, seq, _ in rule.taken] == [("a", 5), ("a", 9), ("b", 8)]
    turn = Turn(101 * S + 10, [Read("a", 5, 9), Read("b", 8, 8)], True)
    assert written(tmp_path, log)[-2:] == [(101 * S + 40, turn), (101 * S + 40, said.messages[0])]
    assert (said.first_seq, said.at_ns) == (4, 101 * S + 40)
    assert rule.turned[-1] == (101 * S + 10, 4, 3)
    assert [(kind.__name__, count) for kind, count in player.counts.items()] == [("DayVolume", 1)]


def test_what_comes_while_it_works_waits_until_it_is_done(log: BulkWriter) -> None:
    player = begun(log, Heard({"a": TRADES}), Delays(wake_ns=10, work_ns=1000))
    player.play()
    came(player, 0, 1, trade(1), 101 * S)
    player.play()
    came(player, 0, 2, trade(2), 101 * S + 100)
    assert player.at_ns == 101 * S + 10 + 1000


def test_words_of_others_are_heard_when_they_stand_in_their_log(log: BulkWriter) -> None:
    rule = Heard({"a": TRADES, "other": VOLUMES})
    player = begun(log, rule, Delays(wake_ns=10, work_ns=0))
    player.play()
    player.hear(1, 2, volume(2), 101 * S + 500)
    came(player, 0, 1, trade(1), 101 * S)
    player.play()
    assert [log for log, *_ in rule.taken] == ["a"]
    assert player.at_ns == 101 * S + 510
    player.play()
    assert [(log, seq) for log, seq, _ in rule.taken] == [("a", 1), ("other", 2)]


def test_the_clock_makes_it_turn_when_the_rule_asks(log: BulkWriter) -> None:
    rule = Heard({"a": TRADES}, every_ns=S)
    player = begun(log, rule, Delays(wake_ns=10, work_ns=0))
    for _ in range(3):
        player.play()
    assert [now_ns for now_ns, *_ in rule.turned] == [100 * S, 101 * S + 10, 102 * S + 20]


def test_a_rule_that_is_always_due_does_not_stop_time(log: BulkWriter) -> None:
    player = begun(log, Heard({"a": TRADES}, every_ns=-S))
    for _ in range(3):
        player.play()
    assert player.at_ns == 100 * S + 3 * LEAST_NS


def test_damage_is_noted_and_no_read_covers_it(tmp_path: Path, log: BulkWriter) -> None:
    player = begun(log, Heard({"a": TRADES, "b": TRADES}))
    player.play()
    hole = Missing("a", 4, 6, "damaged")
    for seq, message in ((2, trade(2)), (4, hole), (9, trade(9))):
        came(player, 0, seq, message, 101 * S)
    came(player, 1, 1, Missing("b", 1, 1, "gone"), 101 * S)
    player.play()
    lost, other, turn, _ = [message for _, message in written(tmp_path, log)[-4:]]
    assert lost == RecordsLost("a", 101 * S, 4, 6, "damaged")
    assert other == RecordsLost("b", 101 * S, 1, 1, "gone")
    assert turn == Turn(101 * S, [Read("a", 2, 3), Read("a", 7, 9)], True)


def test_a_run_ends_behind_its_last_words(tmp_path: Path, log: BulkWriter) -> None:
    player = begun(log, Heard({"a": TRADES}))
    player.play()
    player.end(5)
    at_ns, stopped = written(tmp_path, log)[-1]
    assert stopped == ActorStopped("p", 100 * S, "the recording ends here", "none")
    assert at_ns == 100 * S
