import math

import pytest

from actors.fees import Rounding
from actors.signal.edge import edges_of, offers
from messages import MarketQuoteChanged
from tests.actors.signal.vectors import vectors

ONE = 1_000_000


def quote(bid: float, ask: float) -> MarketQuoteChanged:
    """-1 for an empty side."""
    return MarketQuoteChanged("M", 0, 0, 0, round(bid * ONE), 500, round(ask * ONE), 700)


def test_yes_is_bought_at_the_ask_and_no_at_one_less_the_bid_each_with_its_fee() -> None:
    yes, no = offers(0.56, quote(0.50, 0.52), ONE, Rounding.DIRECT)
    assert (yes.side, yes.price_e6, yes.count_e2, yes.fee_e6) == ("yes", 520_000, 700, 17_500)
    assert yes.edge_usd == pytest.approx(0.56 - 0.52 - 0.0175)
    assert (no.side, no.price_e6, no.count_e2, no.fee_e6) == ("no", 500_000, 500, 17_500)
    assert no.edge_usd == pytest.approx(0.50 - 0.56 - 0.0175)


def test_every_reference_edge_comes_out() -> None:
    for row in vectors("edges_after_taker_fee_direct_member"):
        if row["C"] != 1:
            continue
        found = offers(row["p"], quote(row["yes_bid"], row["yes_ask"]), ONE, Rounding.DIRECT)
        assert edges_of(found)[0] == pytest.approx(row["buy_yes"])
        assert edges_of(found)[1] == pytest.approx(row["buy_no"])


def test_an_empty_side_offers_nothing() -> None:
    found = offers(0.5, quote(-1e-6, 0.52), ONE, Rounding.DIRECT)
    assert [offer.side for offer in found] == ["yes"]
    assert math.isnan(edges_of(found)[1])


def test_without_a_known_fee_there_is_no_edge() -> None:
    assert offers(0.9, quote(0.1, 0.2), None, Rounding.DIRECT) == []
