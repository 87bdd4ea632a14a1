"""The pace of a replay: recorded distances, divided by the speed."""

from replay.pace import Pace

S = 10**9


def test_the_first_word_comes_at_once_and_the_others_at_their_distance() -> None:
    pace = Pace(1.0)
    assert pace.wait_s(100 * S, 5.0) == 0.0
    assert pace.wait_s(102 * S, 5.5) == 1.5
    assert pace.wait_s(103 * S, 9.0) == 0.0


def test_a_speed_divides_the_distances() -> None:
    pace = Pace(4.0)
    pace.wait_s(100 * S, 0.0)
    assert pace.wait_s(108 * S, 1.0) == 1.0


def test_as_fast_as_can_be_never_waits() -> None:
    pace = Pace(0.0)
    assert [pace.wait_s(at * S, 0.0) for at in (1, 1000)] == [0.0, 0.0]
