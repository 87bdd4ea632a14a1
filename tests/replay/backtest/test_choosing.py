import numpy as np
import pytest

from replay.backtest.choosing import PNL, SHARPE, Course, best, sharpe, value
from replay.score.bootstrap import Floats


def course(pnl_usd: list[float], fills: int = 1) -> Course:
    return Course(dict(enumerate(pnl_usd)), dict.fromkeys(range(len(pnl_usd)), fills))


def column(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def test_the_best_brought_most_per_window_on_the_windows_named() -> None:
    courses = [course([1.0, 1.0, -9.0]), course([2.0, 0.5, 9.0])]
    assert best(courses, [0, 1], PNL) == 1
    assert best(courses, [1], PNL) == 0
    assert value(courses[0], [0, 1, 2], PNL) == pytest.approx(-7 / 3)


def test_of_equal_points_the_one_with_fewer_fills_is_chosen_then_the_first() -> None:
    assert best([course([1.0, 1.0], 5), course([1.0, 1.0], 2)], [0, 1], PNL) == 1
    assert best([course([1.0, 1.0], 2), course([1.0, 1.0], 2)], [0, 1], PNL) == 0
    assert best([course([0.1 + 0.2, 0.0], 5), course([0.3, 0.0], 2)], [0, 1], PNL) == 1


def test_by_sharpe_the_steadier_one_is_chosen() -> None:
    steady, wild = course([1.0, 1.1, 0.9]), course([9.0, -6.0, 6.0])
    assert best([wild, steady], [0, 1, 2], SHARPE) == 1
    assert best([wild, steady], [0, 1, 2], PNL) == 0


def test_what_does_not_vary_has_no_sharpe_ratio() -> None:
    assert sharpe(column()) == sharpe(column(1.0)) == sharpe(column(1.0, 1.0)) == 0.0
    assert sharpe(column(1.0, 3.0)) == pytest.approx(2.0 / 2**0.5)
    assert value(course([]), [], PNL) == 0.0
