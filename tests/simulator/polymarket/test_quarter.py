import math
import random

import pytest

from simulator.polymarket.quarter import COARSE, FINE, Quarter

S = 1_000_000_000


def quarter() -> Quarter:
    made = Quarter(1_795_385_700, 0, 900 * S)
    made.start_usd = 84_000.0
    return made


def test_up_is_worth_the_chance_that_the_price_at_the_end_is_not_below_that_at_the_start() -> None:
    made = quarter()
    assert made.fair(84_000.0, 4e-5, 100.0) == pytest.approx(0.5)
    sd_usd = 84_010.0 * 4e-5 * math.sqrt(100.0)
    assert made.fair(84_010.0, 4e-5, 100.0) == pytest.approx(0.5 * (1 + math.erf(10 / sd_usd / math.sqrt(2))))
    assert made.fair(84_500.0, 4e-5, 0.0) == pytest.approx(1.0)
    made.start_usd = None
    assert made.fair(90_000.0, 4e-5, 100.0) == 0.5


def test_the_book_comes_to_any_price_and_is_never_crossed() -> None:
    rng = random.Random(1)
    made = quarter()
    made.fill(0.5, rng)
    for fair in (0.5, 0.9, 0.2, 0.01, 0.995, 1.0, 0.0, 0.5):
        for _ in range(60):
            assert 1 <= len(made.follow(fair, rng)) <= 8
            bid, ask = made.best()
            assert bid < ask
            assert all(size > 0 for size in (*made.bids.values(), *made.asks.values()))
        assert bid / 1000 - 0.011 <= fair <= ask / 1000 + 0.011


def test_a_trade_takes_from_the_touch() -> None:
    rng = random.Random(2)
    made = quarter()
    assert made.trade(rng) is None
    made.fill(0.5, rng)
    bid, ask = made.best()
    buys, price, size, change = made.trade(rng) or pytest.fail("no trade")
    assert price == change.price == (ask if buys else bid)
    assert change.is_bid is not buys
    assert size > 0
    assert (made.asks if buys else made.bids).get(price, 0) == change.size


def test_the_tick_becomes_fine_near_the_ends_and_stays_so() -> None:
    rng = random.Random(3)
    made = quarter()
    made.fill(0.5, rng)
    assert not made.refine()
    for _ in range(200):
        made.follow(0.985, rng)
    assert made.tick == COARSE
    assert made.refine()
    assert (made.tick, made.refine()) == (FINE, False)
    for _ in range(200):
        made.follow(0.9853, rng)
    assert made.best()[0] % COARSE


def test_tokens_and_ids_follow_from_the_start_alone() -> None:
    assert quarter().up == quarter().up != quarter().down
    assert quarter().slug == "btc-updown-15m-1795385700"
    assert quarter().condition_id != Quarter(1_795_386_600, 0, 1).condition_id
