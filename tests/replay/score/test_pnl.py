import math

import numpy as np
import pytest

from replay.score.bought import DEARER
from replay.score.pnl import MARK_S, arrival, at_once, by_time_left, marked, settled
from tests.replay.score.made import close_ns, signals


def test_what_is_held_brings_a_dollar_or_nothing_less_its_cost() -> None:
    bought, yes = signals([0, 1, 2, 3], [1, -1, 1, 1], cost_usd=0.6)
    found = at_once(bought, yes)
    assert found.total_usd == pytest.approx(4 * -0.6 + 3)
    assert found.per_contract.mean == pytest.approx(0.15)
    assert settled(bought, yes).gain == pytest.approx([0.4, -0.6, 0.4, 0.4])


def test_what_has_not_settled_is_counted_and_not_summed() -> None:
    bought, _ = signals([0, 1], [1, 1], cost_usd=0.6)
    found = at_once(bought, np.array([1.0, math.nan]))
    assert found.total_usd == pytest.approx(0.4)
    assert (found.unsettled, found.per_contract.count) == (1, 1)


def test_an_order_that_came_too_late_neither_wins_nor_loses() -> None:
    bought, yes = signals([0, 1], [1, -1], cost_usd=0.6)
    late = bought._replace(later=np.array([0, DEARER]), later_usd=np.array([0.61, math.nan]))
    found = arrival(late, yes)
    assert (found.met["taken"], found.met["dearer"], sum(found.met.values())) == (1, 1, 2)
    assert found.settled.total_usd == pytest.approx(0.39)
    assert found.settled.unsettled == 0
    assert at_once(late, yes).per_contract.count == 2


def test_where_no_mid_is_left_settlement_says_what_it_was_worth() -> None:
    bought, yes = signals([0, 1], [2, -2], cost_usd=0.6)
    marks = bought.marks.copy()
    marks[4, 1] = math.nan
    found = marked(bought._replace(marks=marks), yes, MARK_S)
    assert found.gain == pytest.approx([0.02, -0.6])
    assert found.until_ns.tolist() == [bought.at_ns[0] + 60 * 10**9, close_ns(1)]


def test_the_table_parts_by_market_time_to_the_close() -> None:
    bought, yes = signals([0] * 6, [1] * 6, left_s=[0.0, 59.9, 60.0, 299.0, 600.0, 900.0])
    assert [(row.from_s, row.to_s, row.count) for row in by_time_left(bought, yes)] == [
        (0.0, 60.0, 2), (60.0, 120.0, 1), (120.0, 300.0, 1), (300.0, 600.0, 0), (600.0, None, 2),
    ]  # fmt: skip
