import numpy as np
import pytest

from replay.score.bought import HORIZONS_S
from replay.score.markouts import markouts
from tests.replay.score.made import signals


def test_a_move_to_our_side_counts_for_either_side() -> None:
    bought, yes = signals([0, 1, 2], [5, 5, 5], mark_usd=0.5)
    for side in (1.0, -1.0):
        turned = bought._replace(side=np.full(3, side))
        found = markouts(turned, yes)
        assert [one.horizon_s for one in found] == [*HORIZONS_S, None]
        assert found[0].move_usd.mean == pytest.approx(0.05 * side)


def test_the_net_is_what_it_is_worth_less_what_it_cost() -> None:
    bought, yes = signals([0, 1], [3, -1], cost_usd=0.6)
    found = markouts(bought, yes)
    assert found[2].net_usd.mean == pytest.approx(0.01)
    assert found[-1].net_usd.mean == pytest.approx(0.5 - 0.6)
    bought = bought._replace(side=-np.ones(2))
    assert markouts(bought, yes)[2].net_usd.mean == pytest.approx((0.37 + 0.41) / 2 - 0.6)


def test_a_horizon_behind_the_close_and_a_missing_mid_are_told_apart() -> None:
    bought, yes = signals([0, 1, 2], [1, 1, 1], left_s=[10.0, 600.0, 600.0])
    marks = bought.marks.copy()
    marks[4, 0] = marks[4, 1] = np.nan
    found = markouts(bought._replace(marks=marks), np.array([1.0, np.nan, 1.0]))
    assert (found[4].closed, found[4].missing, found[4].move_usd.count) == (1, 1, 1)
    assert (found[0].closed, found[0].missing) == (0, 0)
    assert (found[-1].closed, found[-1].missing) == (0, 1)
    assert yes.tolist() == [1, 1, 1]
