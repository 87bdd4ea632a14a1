"""Recomputed words beside recorded ones: bytes decide, fields say what differs."""

from messages import DayVolume, Turn, encode
from messages.log import Record
from replay.comparing import Difference, comparable, differences, is_same
from replay.records import Missing
from replay.turns import Played
from tests.messages.log.samples import frame, volume


def record(message: DayVolume, seq: int = 1) -> Record:
    return Record(seq, 1, message.kind, encode(message))


def played(recorded: list[int], said: list[int], caught_up: bool = True) -> Played:
    return Played(
        1,
        1,
        Turn(1, [], caught_up),
        {seq: record(volume(seq), seq) for seq in recorded},
        {seq: volume(seq) for seq in said},
    )


def test_only_the_same_bytes_of_the_same_kind_are_the_same() -> None:
    assert is_same(volume(1), record(volume(1)))
    assert not is_same(volume(1), record(volume(2)))
    assert not is_same(volume(1), record(volume(1))._replace(kind=99))
    assert not is_same(None, record(volume(1)))
    assert not is_same(volume(1), None)


def test_what_differs_is_told_by_field_by_type_or_by_bytes() -> None:
    assert differences(volume(1), DayVolume("coinbase", "BTC-USD", 1, 1, 2)) == [
        Difference("volume_e8", 1, 2)
    ]
    assert differences(volume(1), frame(b"")) == [Difference("type", "DayVolume", "FrameReceived")]
    assert [found.field for found in differences(volume(1), volume(1))] == ["bytes"]


def test_words_on_either_side_are_compared_but_not_those_whose_record_is_lost() -> None:
    assert comparable(played([2, 3], [2, 3, 4]), []) == [2, 3, 4]
    assert comparable(played([2], [2, 3, 4]), [Missing("a", 3, 3, "damaged")]) == [2, 4]
    assert comparable(played([2], [], caught_up=False), []) == []
