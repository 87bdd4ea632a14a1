from typing import Any

import pytest

from actors.kalshi.definitions import Market
from tests.actors.kalshi.samples import body, needs_samples

NOW = 1_786_942_000_000_000_000


@needs_samples
def test_a_published_market_is_read() -> None:
    market = Market("KXBTC15M-26AUG170100-00")
    assert market.take_rest(body("rest_market_kxbtc15m_current_form_spec.json")) == []
    assert (market.strike_e6, market.strike_source, market.strike_type) == (
        63_441_030_000, "rest", "greater_or_equal"
    )  # fmt: skip
    assert market.close_ns - market.open_ns == 900 * 10**9
    assert market.ticks == [(0, 100_000, 1000), (100_000, 900_000, 10_000), (900_000, 1_000_000, 1000)]
    assert (market.status, market.exchange_index, market.expiration_e6) == ("active", 2, -1)


@needs_samples
def test_a_published_settlement_is_read() -> None:
    market = Market("KXBTC15M-26JUL290015-15")
    market.take_rest(body("rest_market_kxbtc15m_settled_partial.json"))
    assert (market.result, market.expiration_e6, market.strike_e6) == ("yes", 63_653_210_000, 63_650_030_000)


def test_an_absent_strike_takes_none_away() -> None:
    market = Market("KXBTC15M-A-00")
    market.take_rest({"floor_strike": 63441.03})
    market.take_rest({"status": "closed"})
    assert market.strike_e6 == 63_441_030_000


def test_the_settlement_before_is_a_strike_until_the_own_one_comes() -> None:
    market = Market("KXBTC15M-A-00")
    market.take_previous(60_000_000_000)
    assert market.strike_source == "previous"
    market.take_rest({"floor_strike": 60000.01})
    market.take_previous(60_000_000_000)
    assert (market.strike_e6, market.strike_source) == (60_000_010_000, "rest")


@pytest.mark.parametrize(("series", "kept"), [("KXBTC15M", False), ("KXETH15M", True)])
def test_a_strike_is_absurd_by_what_it_is_of(series: str, kept: bool) -> None:
    market = Market(f"{series}-A-00")
    odd = market.take_rest({"floor_strike": 7.02})
    assert (market.strike_e6 == 7_020_000) is kept
    assert bool(odd) is not kept


def test_a_finished_market_does_not_come_back_to_life_by_an_older_word() -> None:
    market = Market("KXBTC15M-A-00")
    market.take_lifecycle({"event_type": "determined", "result": "no"}, NOW)
    market.take_rest({"status": "active", "updated_time": "2026-08-17T04:45:00Z"})
    assert market.status == "determined"
    market.take_lifecycle({"event_type": "settled"}, NOW)
    market.take_rest({"status": "determined"})
    assert market.status == "finalized"


def test_what_is_odd_is_named() -> None:
    market = Market("KXBTC15M-A-00")
    assert market.take_lifecycle({"event_type": "merged"}, NOW) == [("value", "event_type merged")]
    odd = market.take_rest({"status": "new", "result": "maybe", "price_level_structure": "odd"})
    assert odd == [("value", "status new"), ("value", "result maybe"), ("value", "price_level_structure odd")]


@pytest.mark.parametrize(
    "fields",
    [{"floor_strike": "x"}, {"open_time": 5}, {"status": 5}, {"price_ranges": [5]}, {"expiration_value": "-"},
     {"price_ranges": [{"start": "0", "end": "1"}]}, {"updated_time": "yesterday"}],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Market("KXBTC15M-A-00").take_rest(fields)
