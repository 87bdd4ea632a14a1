import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.curve import curves, decay_rate, raw_weights, to_cents, weights
from actors.brti.ladder import Integers
from tests.actors.brti.vectors import E8, example, levels

Sides = tuple[Integers, Integers, Integers, Integers]


def arrays(asks: list[tuple[int, int]], bids: list[tuple[int, int]]) -> Sides:
    columns = [[row[n] for row in side] for side in (asks, bids) for n in (0, 1)]
    ask_prices, ask_sizes, bid_prices, bid_sizes = (np.array(column, np.int64) for column in columns)
    return ask_prices, ask_sizes, bid_prices, bid_sizes


def consolidated() -> Sides:
    given_example = example()
    return arrays(levels(given_example["consolidated_asks"]), levels(given_example["consolidated_bids"]))


def test_every_point_of_the_worked_example_comes_out_to_the_printed_digits() -> None:
    printed = example()["result"]
    points = curves(*consolidated())
    rows = printed["rows"]
    assert (points.ask / E8).tolist() == [row["askPV"] for row in rows]
    assert (points.bid / E8).tolist() == [row["bidPV"] for row in rows]
    assert points.mid().tolist() == [row["midPV"] for row in rows]
    assert points.spread().tolist() == pytest.approx([row["midSV"] for row in rows], abs=1e-15)
    assert points.utilised() == printed["v_T"]


def test_the_weights_of_the_worked_example_come_out_to_the_printed_digits() -> None:
    printed = example()["result"]
    used = [row for row in printed["rows"] if "w" in row]
    assert decay_rate(14) == pytest.approx(printed["lam"], rel=1e-15)
    assert raw_weights(14).tolist() == pytest.approx([row["raw_w"] for row in used], rel=1e-13)
    assert raw_weights(14).sum() == pytest.approx(printed["NF"], rel=1e-14)
    assert weights(14).tolist() == pytest.approx([row["w"] for row in used], rel=1e-13)


@given(st.integers(1, 3000))
def test_weights_fall_and_sum_up_to_one(utilised: int) -> None:
    found = weights(utilised)
    assert len(found) == utilised
    assert math.isclose(found.sum(), 1.0, rel_tol=1e-12)
    assert (np.diff(found) < 0).all()


def test_the_mean_depth_of_the_weights_is_about_a_quarter_of_the_utilised_depth() -> None:
    assert (weights(1000) * np.arange(1, 1001)).sum() == pytest.approx(263, rel=0.01)


def test_the_price_is_that_of_the_last_unit_and_not_the_average() -> None:
    sides = arrays([(84_000 * E8, E8), (84_100 * E8, E8)], [(83_990 * E8, 2 * E8)])
    assert (curves(*sides).ask / E8).tolist() == [84_000, 84_100]


def test_an_order_that_ends_on_a_point_sets_its_price() -> None:
    sides = arrays([(100 * E8, E8 // 2), (101 * E8, E8 // 2), (102 * E8, E8)], [(99 * E8, 3 * E8)])
    assert (curves(*sides).ask / E8).tolist() == [101, 102]


def test_less_than_one_bitcoin_on_a_side_is_no_curve() -> None:
    assert len(curves(*arrays([(100 * E8, E8 - 1)], [(99 * E8, 5 * E8)])).ask) == 0
    assert len(curves(*arrays([], [(99 * E8, 5 * E8)])).ask) == 0


def test_the_first_point_is_used_however_wide_it_is() -> None:
    assert curves(*arrays([(200 * E8, E8)], [(100 * E8, E8)])).utilised() == 1


def test_a_point_of_exactly_half_a_percent_is_used() -> None:
    # ask / mid - 1 = 0.005 for ask 1005, bid 995
    asks = [(1_005 * E8, 2 * E8), (1_005 * E8 + 1, E8)]
    assert curves(*arrays(asks, [(995 * E8, 3 * E8)])).utilised() == 2


def plain_uncrossed(
    asks: list[tuple[int, int]], bids: list[tuple[int, int]]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    asks, bids = list(asks), list(bids)
    while asks and bids and bids[0][0] >= asks[0][0]:
        traded = min(asks[0][1], bids[0][1])
        asks[0] = (asks[0][0], asks[0][1] - traded)
        bids[0] = (bids[0][0], bids[0][1] - traded)
        asks, bids = asks[not asks[0][1] :], bids[not bids[0][1] :]
    return asks, bids


SIDE = st.lists(st.tuples(st.integers(90, 110), st.integers(1, 5 * E8)), min_size=1, max_size=12)


@given(SIDE, SIDE)
def test_uncrossing_leaves_the_curves_of_what_is_left(
    asks: list[tuple[int, int]], bids: list[tuple[int, int]]
) -> None:
    asks, bids = sorted(asks), sorted(bids, reverse=True)
    sides = arrays(asks, bids)
    left = curves(*arrays(*plain_uncrossed(asks, bids)))
    found = curves(*sides, uncross=True)
    assert (found.ask.tolist(), found.bid.tolist()) == (left.ask.tolist(), left.bid.tolist())


@given(SIDE, SIDE)
def test_a_wider_point_never_comes_before_a_narrower_one(
    asks: list[tuple[int, int]], bids: list[tuple[int, int]]
) -> None:
    points = curves(*arrays(sorted(asks), sorted(bids, reverse=True)))
    spreads = [Fraction(int(a), int(a) + int(b)) for a, b in zip(points.ask, points.bid, strict=True)]
    assert spreads == sorted(spreads)


@pytest.mark.parametrize(
    ("value_usd", "cents"), [(84_008.24895543, 8_400_825), (0.125, 13), (0.124999, 12), (84_000.0, 8_400_000)]
)
def test_values_are_rounded_half_up_to_cents(value_usd: float, cents: int) -> None:
    assert to_cents(value_usd) == cents


@given(st.integers(1, 10**9))
def test_a_published_price_keeps_its_cents(cents: int) -> None:
    assert to_cents(cents / 100) == cents
