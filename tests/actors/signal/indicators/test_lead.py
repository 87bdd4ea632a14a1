import math

import pytest

from actors.signal.indicators.lead import VenueLead
from messages import FeedHealth

SECOND = 1_000_000_000
E8 = 100_000_000


def lead(speed: float = 1.0) -> VenueLead:
    return VenueLead(300.0, 60.0, 3 * SECOND, speed)


def quote(made: VenueLead, at_ns: int, usd: float, venue: str = "binance") -> None:
    made.take(venue, at_ns, round((usd - 1) * E8), round((usd + 1) * E8))


def learnt(made: VenueLead, seconds: int, usd: float, step_ns: int = SECOND, venue: str = "binance") -> int:
    """Let a venue stand at a price for so long beside an index of 84,000; return the time then."""
    for turn in range(seconds + 1):
        quote(made, turn * step_ns, usd, venue)
        made.value(turn * step_ns, 84_000.0)
    return seconds * step_ns


def test_what_always_lies_between_them_is_no_lead() -> None:
    made = lead()
    now_ns = learnt(made, 61, 84_020.0)
    value, oldest_ns = made.value(now_ns, 84_000.0)
    assert value == pytest.approx(0.0, abs=1e-9)
    assert oldest_ns == now_ns


def test_a_venue_that_rises_before_the_index_speaks_for_yes() -> None:
    made = lead()
    now_ns = learnt(made, 61, 84_020.0)
    quote(made, now_ns, 84_020.0 * 1.0002)
    assert made.value(now_ns, 84_000.0)[0] == pytest.approx(1e4 * math.log(1.0002))
    assert made.value(now_ns, 84_000.0 * 1.0002)[0] == pytest.approx(0.0, abs=1e-9)


def test_the_usual_distance_follows_with_the_half_life() -> None:
    made = lead()
    learnt(made, 3000, 84_000.0)
    for turn in range(1, 301):
        quote(made, (3000 + turn) * SECOND, 84_084.0)
        value, _ = made.value((3000 + turn) * SECOND, 84_000.0)
    assert value == pytest.approx(1e4 * math.log(84_084 / 84_000) / 2, rel=0.02)


def test_before_the_warm_up_there_is_none() -> None:
    made = lead()
    now_ns = learnt(made, 59, 84_020.0)
    assert math.isnan(made.value(now_ns, 84_000.0)[0])
    assert math.isnan(lead().value(0, 84_000.0)[0])


def test_warm_up_and_half_life_are_market_seconds() -> None:
    made = lead(60.0)
    now_ns = learnt(made, 61, 84_020.0, SECOND // 60)
    assert made.value(now_ns, 84_000.0)[0] == pytest.approx(0.0, abs=1e-9)


def test_a_quote_that_is_withdrawn_stale_or_one_sided_does_not_count() -> None:
    made = lead()
    now_ns = learnt(made, 61, 84_020.0)
    assert math.isnan(made.value(now_ns + 3 * SECOND + 1, 84_000.0)[0])
    quote(made, now_ns, 84_020.0)
    made.withdraw("binance")
    assert math.isnan(made.value(now_ns, 84_000.0)[0])
    quote(made, now_ns, 84_020.0)
    assert not math.isnan(made.value(now_ns, 84_000.0)[0])
    for bid_e8, ask_e8 in ((0, 84_000 * E8), (84_000 * E8, 0), (84_001 * E8, 84_000 * E8)):
        made.take("binance", now_ns, bid_e8, ask_e8)
        assert math.isnan(made.value(now_ns, 84_000.0)[0])
    quote(made, now_ns, 84_020.0)
    made.gap("binance", now_ns + 1)
    assert math.isnan(made.value(now_ns, 84_000.0)[0])


def test_a_quiet_quote_stands_while_its_feed_says_so() -> None:
    made = lead()
    now_ns = learnt(made, 61, 84_020.0)
    late_ns = now_ns + 10 * SECOND
    made.health("binance", FeedHealth("binance", 1, late_ns, True, 0, 0, 0, 0, 0, 0, 0, ""))
    assert made.value(late_ns, 84_000.0)[0] == pytest.approx(0.0, abs=1e-9)
    made.health("binance", FeedHealth("binance", 1, late_ns, False, 0, 0, 0, 0, 0, 0, 0, "deaf"))
    assert math.isnan(made.value(late_ns, 84_000.0)[0])


def test_venues_are_averaged_and_the_oldest_quote_is_told() -> None:
    made = lead()
    for turn in range(62):
        quote(made, turn * SECOND, 84_020.0)
        quote(made, turn * SECOND, 83_990.0, "coinbase")
        made.value(turn * SECOND, 84_000.0)
    quote(made, 61 * SECOND + 5, 84_020.0 * 1.0002)
    value, oldest_ns = made.value(61 * SECOND + 5, 84_000.0)
    assert value == pytest.approx(1e4 * math.log(1.0002) / 2)
    assert oldest_ns == 61 * SECOND


def test_a_hole_is_not_learnt_from_and_not_counted() -> None:
    made = lead()
    now_ns = learnt(made, 30, 84_020.0)
    for turn in range(29):
        quote(made, now_ns + (1000 + turn) * SECOND, 84_020.0)
        made.value(now_ns + (1000 + turn) * SECOND, 84_000.0)
    assert math.isnan(made.value(now_ns + 1029 * SECOND, 84_000.0)[0])


def test_an_index_measured_otherwise_begins_anew() -> None:
    made = lead()
    now_ns = learnt(made, 61, 84_020.0)
    made.forget()
    assert math.isnan(made.value(now_ns, 84_000.0)[0])


def test_of_a_venue_that_never_quoted_nothing_is_kept() -> None:
    made = lead()
    made.withdraw("kraken")
    made.gap("kraken", 1)
    made.health("kraken", FeedHealth("kraken", 1, 0, True, 0, 0, 0, 0, 0, 0, 0, ""))
    assert math.isnan(made.value(0, 84_000.0)[0])
