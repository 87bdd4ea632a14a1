import math

import pytest

from actors.signal.indicators.imbalance import decaying, imbalance, micro_price_usd, weighted_mid
from actors.signal.ladder import EMPTY, Touch
from tests.actors.signal.vectors import vectors

BIDS, ASKS = [100, 300], [300, 100]
TOUCH = (500_000, 100, 520_000, 300)


def test_every_reference_vector_comes_out() -> None:
    reference = vectors("microstructure")
    for (bid, bid_count, ask, ask_count), i, mid in zip(
        reference["quotes"], reference["imbalance"], reference["weighted_mid"], strict=True
    ):
        assert imbalance([bid_count], [ask_count], [1.0]) == pytest.approx(i)
        assert weighted_mid(bid, bid_count, ask, ask_count) == pytest.approx(mid)


def test_deeper_levels_count_less_by_the_decay() -> None:
    a = math.exp(-0.5)
    assert decaying(3, 0.5) == pytest.approx([1.0, a, a * a])
    bid, ask = 100 + a * 300, 300 + a * 100
    assert imbalance(BIDS, ASKS, decaying(5, 0.5)) == pytest.approx((bid - ask) / (bid + ask))


def test_the_micro_price_lies_nearer_to_the_thinner_side() -> None:
    assert micro_price_usd(TOUCH) == pytest.approx(-0.005)  # a quarter of the way up two cents
    assert micro_price_usd((500_000, 300, 520_000, 100)) == pytest.approx(0.005)


def test_seen_as_no_both_turn_their_sign() -> None:
    weights = decaying(2, 0.5)
    assert imbalance(ASKS, BIDS, weights) == pytest.approx(-imbalance(BIDS, ASKS, weights))
    bid, bid_count, ask, ask_count = TOUCH
    mirrored = (1_000_000 - ask, ask_count, 1_000_000 - bid, bid_count)
    assert micro_price_usd(mirrored) == pytest.approx(-micro_price_usd(TOUCH))


@pytest.mark.parametrize(("bids", "asks"), [([], ASKS), (BIDS, []), ([], [])])
def test_an_empty_side_has_no_imbalance(bids: list[int], asks: list[int]) -> None:
    assert math.isnan(imbalance(bids, asks, [1.0]))


@pytest.mark.parametrize(
    "touch",
    [
        (-1, 0, 520_000, 1),
        (500_000, 1, -1, 0),
        EMPTY,
        (530_000, 1, 520_000, 1),
        (520_000, 1, 520_000, 1),
    ],
)
def test_an_empty_side_or_a_crossed_book_has_no_micro_price(touch: Touch) -> None:
    assert math.isnan(micro_price_usd(touch))
