import math

import pytest
from msgspec.structs import astuple

from actors.fees import Rounding
from actors.signal.edge import edges_of, offers
from actors.signal.indicators.edge import NO_COSTS, costs, edges, rested_usd, taken_usd
from actors.signal.ladder import Ladder
from messages import Level, MarketQuoteChanged
from tests.actors.signal.vectors import vectors

ONE = 1_000_000
DIRECT = Rounding.DIRECT


def ladder(bids: list[Level], asks: list[Level]) -> Ladder:
    made = Ladder()
    made.replace(1, bids, asks)
    return made


BOOK = ladder([(500_000, 1000), (490_000, 9000)], [(520_000, 500), (530_000, 2000)])


def test_every_reference_edge_comes_out() -> None:
    for row in vectors("edges_after_taker_fee_direct_member"):
        bid_e6, ask_e6 = round(row["yes_bid"] * ONE), round(row["yes_ask"] * ONE)
        book = ladder([(bid_e6, 10**6)], [(ask_e6, 10**6)])
        made = edges(row["p"], costs(book, row["C"] * 100, "quadratic", ONE, DIRECT))
        assert made.yes == pytest.approx(row["buy_yes"])
        assert made.no == pytest.approx(-row["buy_no"])


def test_an_order_walks_the_levels_and_pays_one_fee() -> None:
    cost = taken_usd([(520_000, 500), (530_000, 1500)], ONE, DIRECT)
    fee = math.ceil(1e4 * 0.07 * (5 * 0.52 * 0.48 + 15 * 0.53 * 0.47)) / 1e4
    assert cost == pytest.approx((5 * 0.52 + 15 * 0.53 + fee) / 20)
    assert costs(BOOK, 2000, "quadratic", ONE, DIRECT).yes == cost


def test_no_is_bought_from_the_bids_at_one_dollar_less() -> None:
    cost = costs(BOOK, 2000, "quadratic", ONE, DIRECT).no
    assert cost == taken_usd([(500_000, 1000), (510_000, 1000)], ONE, DIRECT)


def test_where_less_stands_the_edge_is_of_what_stands() -> None:
    assert costs(BOOK, 10**9, "quadratic", ONE, DIRECT).yes == taken_usd(
        [(520_000, 500), (530_000, 2000)], ONE, DIRECT
    )


def test_the_edge_of_one_contract_is_that_of_the_fair_value() -> None:
    quote = MarketQuoteChanged("M", 0, 0, 0, 500_000, 1000, 520_000, 500)
    found = offers(0.56, quote, ONE, DIRECT)
    made = edges(0.56, costs(BOOK, 100, "quadratic", ONE, DIRECT))
    assert made.yes == pytest.approx(edges_of(found)[0])
    assert made.no == pytest.approx(-edges_of(found)[1])


def test_a_maker_joins_the_best_level_and_pays_by_fee_type() -> None:
    free = edges(0.56, costs(BOOK, 100, "quadratic", ONE, DIRECT))
    assert free.maker_yes == pytest.approx(0.56 - 0.50)
    assert free.maker_no == pytest.approx(-(0.44 - 0.48))
    paid = edges(0.56, costs(BOOK, 100, "quadratic_with_maker_fees", ONE, DIRECT))
    assert paid.maker_yes == pytest.approx(0.56 - 0.50 - 0.0044)
    assert paid.maker_no == pytest.approx(-(0.44 - 0.48 - 0.0044))
    assert rested_usd(500_000, 100, "quadratic_with_maker_fees", ONE, DIRECT) == pytest.approx(0.5044)


def test_every_edge_grows_with_the_fair_value() -> None:
    cost = costs(BOOK, 100, "quadratic", ONE, DIRECT)
    assert all(
        high > low for low, high in zip(astuple(edges(0.4, cost)), astuple(edges(0.6, cost)), strict=True)
    )


def test_an_empty_side_cannot_be_had() -> None:
    cost = costs(ladder([], [(520_000, 500)]), 100, "quadratic", ONE, DIRECT)
    assert math.isnan(cost.no)
    assert math.isnan(cost.maker_yes)
    assert not math.isnan(cost.yes)
    assert not math.isnan(cost.maker_no)
    cost = costs(ladder([(500_000, 100)], []), 100, "quadratic", ONE, DIRECT)
    assert [math.isnan(one) for one in astuple(cost)] == [True, False, False, True]


def test_a_crossed_book_and_an_unknown_fee_give_none() -> None:
    assert costs(ladder([(520_000, 1)], [(520_000, 1)]), 100, "quadratic", ONE, DIRECT) is NO_COSTS
    assert costs(BOOK, 100, "flat", None, DIRECT) is NO_COSTS
    assert all(math.isnan(value) for value in astuple(edges(0.5, NO_COSTS)))


def test_a_withheld_fair_value_has_no_edge() -> None:
    made = edges(math.nan, costs(BOOK, 100, "quadratic", ONE, DIRECT))
    assert all(math.isnan(value) for value in astuple(made))
