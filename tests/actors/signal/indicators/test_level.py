import pytest

from actors.signal.indicators.level import LONGEST_HOLE_NS, IndexLevel

STEP = 200_000_000


def test_the_level_is_the_index_while_it_is_made_of_the_same_venues() -> None:
    line = IndexLevel()
    for turn in range(5):
        line.take(turn * STEP, 84_000.0 + turn, ())
        assert line.level == 84_000.0 + turn
    assert (line.era, line.joined) == (1, 1)


def test_a_venue_that_leaves_is_no_move_and_neither_is_its_return() -> None:
    line = IndexLevel()
    line.take(0, 84_000.0, ())
    line.take(STEP, 84_042.0, ("lmax",))
    assert line.level == pytest.approx(84_000.0)
    line.take(2 * STEP, 84_042.0 * 1.001, ("lmax",))
    assert line.level == pytest.approx(84_000.0 * 1.001)
    line.take(3 * STEP, 84_000.0, ())
    assert line.level == pytest.approx(84_000.0 * 1.001)
    assert (line.era, line.joined) == (1, 3)


def test_a_hole_alone_breaks_nothing() -> None:
    line = IndexLevel()
    line.take(0, 84_000.0, ())
    line.take(STEP, 0.0, ())
    assert line.level == 0.0
    line.take(100 * STEP, 84_100.0, ())
    assert line.level == 84_100.0
    assert line.era == 1


def test_other_venues_after_a_hole_cannot_be_joined() -> None:
    for withheld in (True, False):
        line = IndexLevel()
        line.take(0, 84_000.0, ())
        if withheld:
            line.take(STEP, 0.0, ())
        line.take(LONGEST_HOLE_NS + STEP, 84_100.0, ("lmax",))
        assert line.level == 84_100.0
        assert line.era == 2


def test_time_that_runs_back_begins_anew() -> None:
    line = IndexLevel()
    line.take(100 * LONGEST_HOLE_NS, 84_000.0, ())
    line.take(50 * LONGEST_HOLE_NS, 84_100.0, ())
    assert line.era == 2
    line.take(50 * LONGEST_HOLE_NS - STEP, 84_100.0, ())  # jitter
    assert line.era == 2


def test_another_series_joins_nothing() -> None:
    line = IndexLevel()
    line.take(0, 84_000.0, ())
    line.restart()
    assert line.level == 0.0
    line.take(STEP, 90_000.0, ())
    assert (line.level, line.era, line.joined) == (90_000.0, 2, 2)
