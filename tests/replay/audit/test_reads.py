"""A listener reads a log without a hole, or says what it passed over."""

from messages import Read, RecordsLost, Turn
from replay.audit.reads import Reads


def turn(*reads: tuple[str, int, int], caught_up: bool = True) -> Turn:
    return Turn(1, [Read(*read) for read in reads], caught_up)


def test_reads_that_follow_each_other_are_right() -> None:
    reads = Reads()
    assert reads.turn(turn(("kalshi", 5, 9), ("kraken", 1, 1)), 11) == ""
    assert reads.turn(turn(("kraken", 2, 4)), 12) == ""
    assert reads.turn(turn(("kalshi", 10, 10)), 13) == ""
    assert (reads.turns, reads.furthest) == (3, {"kalshi": (10, 13), "kraken": (4, 12)})


def test_a_hole_or_a_repetition_is_named() -> None:
    reads = Reads()
    reads.turn(turn(("kalshi", 5, 9)), 11)
    assert reads.turn(turn(("kalshi", 11, 12)), 12) == "it read kalshi on from record 11, not from 10"
    assert reads.turn(turn(("kalshi", 12, 12)), 13) == "it read kalshi on from record 12, not from 13"


def test_while_it_catches_up_what_it_does_not_want_lies_in_between() -> None:
    reads = Reads()
    assert reads.turn(turn(("kalshi", 1, 5), caught_up=False), 1) == ""
    assert reads.turn(turn(("kalshi", 9, 12), caught_up=False), 2) == ""
    assert reads.turn(turn(("kalshi", 20, 21)), 3) == ""
    assert reads.turn(turn(("kalshi", 22, 22)), 4) == ""


def test_damage_that_it_told_of_is_no_hole() -> None:
    reads = Reads()
    reads.turn(turn(("kalshi", 1, 5)), 1)
    reads.lost(RecordsLost("kalshi", 1, 6, 8, "damaged"))
    assert reads.turn(turn(("kalshi", 9, 12)), 3) == ""


def test_a_run_begins_where_it_likes() -> None:
    reads = Reads()
    reads.turn(turn(("kalshi", 1, 5)), 1)
    reads.forget()
    assert reads.turn(turn(("kalshi", 3, 12)), 3) == ""
