import math

import pytest

from actors.signal.indicators.imbalance import decaying, imbalance, micro_price_usd, weighted_mid
from messages import Level
from tests.actors.signal.vectors import vectors

BIDS = [(500_000, 100), (490_000, 300)]
ASKS = [(520_000, 300), (530_000, 100)]


def test_every_reference_vector_comes_out() -> None:
    reference = vectors("microstructure")
    for (bid, bid_count, ask, ask_count), i, mid in zip(
        reference["quotes"], reference["imbalance"], reference["weighted_mid"], strict=True
    ):
        assert imbalance([(1, bid_count)], [(2, ask_count)], [1.0]) == pytest.approx(i)
        assert weighted_mid(bid, bid_count, ask, ask_count) == pytest.approx(mid)


def test_deeper_levels_count_less_by_the_decay() -> None:
    a = math.exp(-0.5)
    assert decaying(3, 0.5) == pytest.approx([1.0, a, a * a])
    bid, ask = 100 + a * 300, 300 + a * 100
    assert imbalance(BIDS, ASKS, decaying(5, 0.5)) == pytest.approx((bid - ask) / (bid + ask))


def test_the_micro_price_lies_nearer_to_the_thinner_side() -> None:
    assert micro_price_usd(BIDS, ASKS) == pytest.approx(-0.005)  # a quarter of the way up two cents
    assert micro_price_usd([(500_000, 300)], [(520_000, 100)]) == pytest.approx(0.005)


def test_seen_as_no_both_turn_their_sign() -> None:
    bids = [(1_000_000 - price, count) for price, count in ASKS]
    asks = [(1_000_000 - price, count) for price, count in BIDS]
    weights = decaying(2, 0.5)
    assert imbalance(bids, asks, weights) == pytest.approx(-imbalance(BIDS, ASKS, weights))
    assert micro_price_usd(bids, asks) == pytest.approx(-micro_price_usd(BIDS, ASKS))


@pytest.mark.parametrize(
    ("bids", "asks"), [([], ASKS), (BIDS, []), ([], []), ([(530_000, 1)], ASKS), ([(520_000, 1)], ASKS)]
)
def test_an_empty_side_or_a_crossed_book_gives_none(bids: list[Level], asks: list[Level]) -> None:
    assert math.isnan(imbalance(bids, asks, [1.0]))
    assert math.isnan(micro_price_usd(bids, asks))
