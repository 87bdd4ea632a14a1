"""A listener's recorded run played again: what its shell wrote, crashes and damage included."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from messages import ActorStopped, Message, Read, RecordsLost, TradePrinted, Turn
from messages.log import LogWriter
from replay.errors import DamagedRecordError, UnknownRecordError
from replay.turns import Played, Replay, Run, run_of
from tests.messages.log.samples import QUIET
from tests.replay.listening import Sum, started, total, trade
from tests.replay.real import damage


def write_inputs(data_dir: Path) -> None:
    """Trades of sizes 1, 2, 4 … in a, of 100, 200, 400 … in b."""
    for log, unit in (("a", 1), ("b", 100)):
        with LogWriter(data_dir / "log" / log, QUIET) as writer:
            for n in range(8):
                writer.append([trade(n + 1, unit << n)], n + 1)


def write_own(data_dir: Path, *appends: list[Message]) -> None:
    with LogWriter(data_dir / "log" / "sum", QUIET) as writer:
        for at_ns, messages in enumerate(appends, 1):
            writer.append(messages, at_ns)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Two runs of the sum: one that was killed, one that caught up and met damage."""
    write_inputs(tmp_path)
    write_own(
        tmp_path,
        [started("one")],
        [Turn(10, [], False)],
        [Turn(20, [Read("a", 1, 2), Read("b", 1, 1)], True), total(4, 20, 103)],
        [Turn(30, [Read("b", 2, 2)], True), total(6, 30, 303)],
        [started("two")],
        [Turn(40, [Read("a", 2, 3), Read("b", 2, 2), Read("a", 4, 4)], False)],
        [RecordsLost("a", 50, 5, 5, "damaged")],
        [Turn(50, [], True)],
        [Turn(60, [Read("a", 6, 6)], True), total(12, 60, 246)],
        [ActorStopped("sum", 70, "asked to stop", "none")],
        [started("three")],
    )
    return tmp_path


def play(data_dir: Path, until_seq: int, tell: Callable[[float], None] = lambda share: None) -> list[Played]:
    replay = Replay(data_dir, run_of(data_dir, "sum", until_seq), Sum(), until_seq)
    try:
        return list(replay.play(tell))
    finally:
        replay.close()


def words(played: Played) -> dict[int, Message]:
    return {seq: record.message() for seq, record in played.recorded.items()}


def test_a_run_is_known_by_its_first_record(data_dir: Path) -> None:
    assert run_of(data_dir, "sum", 5) == Run("sum", "one", 1, 1, "1", {"speed": 2})
    assert run_of(data_dir, "sum", 7).session == "two"
    with pytest.raises(UnknownRecordError, match="the beginning of the run of a that record 3 belongs to"):
        run_of(data_dir, "a", 3)


def test_every_turn_up_to_the_record_says_what_it_said(data_dir: Path) -> None:
    told: list[float] = []
    turns = play(data_dir, 4, told.append)
    assert [(played.seq, played.turn.now_ns) for played in turns] == [(2, 10), (3, 20)]
    assert turns[1].said == words(turns[1]) == {4: total(4, 20, 103)}
    assert told[-1] <= 1.0
    assert play(data_dir, 6)[-1].said == {6: total(6, 30, 303)}


def test_while_catching_up_it_rolls_forward_in_silence(data_dir: Path) -> None:
    turns = play(data_dir, 12)
    assert [played.seq for played in turns] == [8, 10, 11]
    assert (turns[0].said, turns[0].recorded) == ({}, {})
    assert turns[-1].said == words(turns[-1]) == {12: total(12, 60, 246)}


def test_a_rule_is_told_where_its_words_will_stand_and_when_it_is_not_heard(data_dir: Path) -> None:
    rule = Sum()
    assert len(list(Replay(data_dir, run_of(data_dir, "sum", 12), rule, 12).play())) == 3
    assert rule.places == [0, 11, 12]


def test_a_run_ends_where_the_next_begins(data_dir: Path) -> None:
    assert [played.seq for played in play(data_dir, 6)] == [2, 3, 5]
    assert [played.seq for played in play(data_dir, 13)] == [8, 10, 11]


def test_what_the_actor_had_lost_itself_is_not_missing(data_dir: Path) -> None:
    """A catch-up names one run of records across the damage that it met."""
    write_own(
        data_dir,
        [Turn(80, [Read("a", 1, 4)], False)],
        [RecordsLost("a", 90, 3, 3, "damaged")],
        [Turn(90, [Read("a", 6, 6)], True), total(18, 90, 43)],
    )
    damage(data_dir / "log" / "a", 3)
    replay = Replay(data_dir, run_of(data_dir, "sum", 18), Sum(), 18)
    assert list(replay.play())[-1].said == {18: total(18, 90, 43)}
    assert replay.missing == []
    damage(data_dir / "log" / "a", 6)
    replay = Replay(data_dir, run_of(data_dir, "sum", 18), Sum(), 18)
    assert list(replay.play())[-1].said != {18: total(18, 90, 43)}
    assert [(hole.log, hole.first, hole.last) for hole in replay.missing] == [("a", 6, 6)]
    assert (replay.turns, replay.fed) == (2, 3)


def test_a_turn_that_is_lost_is_named_and_its_words_belong_to_nobody(data_dir: Path) -> None:
    damage(data_dir / "log" / "sum", 3)
    replay = Replay(data_dir, run_of(data_dir, "sum", 6), Sum(), 6)
    turns = list(replay.play())
    assert [(played.seq, list(played.recorded)) for played in turns] == [(2, []), (5, [6])]
    assert turns[-1].said == {6: total(6, 30, 200)}
    assert [(hole.log, hole.first, hole.last) for hole in replay.missing_words] == [("sum", 3, 3)]
    assert replay.missing == replay.missing_words


def test_a_sound_record_that_is_not_what_its_kind_says_is_named(data_dir: Path) -> None:
    class Foreign(TradePrinted, frozen=True, array_like=True, gc=False):
        """A trade of a version that says its price otherwise."""

        kind: ClassVar[int] = TradePrinted.kind
        price_e8: str  # type: ignore[assignment]

    with LogWriter(data_dir / "log" / "a", QUIET) as writer:
        writer.append([Foreign("a", "BTC-USD", 0, 0, 0, "", "nine", 1, True)], 9)
    write_own(data_dir, [Turn(80, [Read("a", 9, 9)], True)])
    with pytest.raises(DamagedRecordError, match="record 9 of a is sound, and no TradePrinted"):
        play(data_dir, 16)


def test_damage_behind_the_record_is_none_of_its_business(data_dir: Path) -> None:
    damage(data_dir / "log" / "sum", 5)
    replay = Replay(data_dir, run_of(data_dir, "sum", 4), Sum(), 4)
    assert [played.seq for played in replay.play()] == [2, 3]
    assert replay.missing == []
