import pytest

from replay.score.bootstrap import NOTHING, Interval
from replay.score.spelling import cents, correlation, dollars, percent, spelled

KNOWN = Interval(0.012, -0.003, 0.027, 0.01, 40, 9)
ALONE = Interval(0.5, None, None, None, 3, 1)


def test_a_mean_stands_with_its_unit_and_the_ends_without() -> None:
    assert cents(KNOWN) == "+1.20 c (-0.30 to +2.70)"
    assert dollars(KNOWN) == "$+0.01 (-0.00 to +0.03)"
    assert percent(KNOWN) == "1% (-0% to 3%)"
    assert correlation(KNOWN) == "+0.01 (-0.00 to +0.03)"


def test_a_mean_of_a_single_window_has_no_interval() -> None:
    assert cents(ALONE) == "+50.00 c (no interval)"
    assert percent(ALONE) == "50%"


@pytest.mark.parametrize("spell", [cents, dollars, percent, correlation, lambda of: spelled(of, "g")])
def test_of_nothing_there_is_a_dash(spell: object) -> None:
    assert callable(spell)
    assert spell(NOTHING) == "-"
