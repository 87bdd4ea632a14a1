from dataclasses import dataclass

import pytest

from simulator.faults import FaultBoard, FaultError, make_fault, parse_fault

SECOND = 1_000_000_000


@dataclass
class Someone:
    id: int


@pytest.mark.parametrize(
    ("text", "venue", "kind", "left"),
    [
        ("close:kalshi:code=1012,after_s=3", "kalshi", "close", 1),
        ("deaf", "*", "deaf", 1),
        ("skip:*:count=3", "*", "skip", 3),
        ("refuse:gemini:count=0,status=500", "gemini", "refuse", -1),
    ],
)
def test_a_fault_is_read_from_its_short_form(text: str, venue: str, kind: str, left: int) -> None:
    got, fault = parse_fault(text)
    assert (got, fault.kind, fault.left) == (venue, kind, left)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("explode:kalshi:", "not known"),
        ("lag:kalshi:ms=slow", "not a number"),
        ("skip:kalshi:ms=4", "no option 'ms'"),
        ("deaf:kalshi:count=many", "not a number"),
    ],
)
def test_what_cannot_be_understood_is_said_in_words(text: str, words: str) -> None:
    with pytest.raises(FaultError, match=words):
        parse_fault(text)


def test_a_fault_waits_acts_and_ends_by_the_time_it_is_told() -> None:
    board = FaultBoard()
    board.inject(make_fault("lag", {"after_s": "2", "duration_s": "3"}), 0)
    assert not board.hot
    board.turn(2 * SECOND)
    assert board.hot
    assert board.holding(Someone(1)) is not None
    board.turn(5 * SECOND)
    assert not board.hot
    assert board.holding(Someone(1)) is None


def test_a_session_fault_stays_with_its_session_and_spares_the_next() -> None:
    board = FaultBoard()
    board.inject(make_fault("deaf", {}), 0)
    first, second = Someone(1), Someone(2)
    assert board.holding(first) is board.holding(first) is not None
    assert board.holding(second) is None
    board.closed(first)
    board.turn(SECOND)
    assert not board.hot


def test_a_frame_fault_is_gone_after_its_count() -> None:
    board = FaultBoard()
    board.inject(make_fault("skip", {"count": "2", "session": "7"}), 0)
    assert board.on_frame(Someone(1)) == []
    for _ in range(2):
        (fault,) = board.on_frame(Someone(7))
        board.used(fault)
    assert board.on_frame(Someone(7)) == []
