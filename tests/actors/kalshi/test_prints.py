import json
from typing import Any

import pytest

from actors.kalshi.prints import read_index, read_ticker, read_trade
from tests.actors.kalshi.samples import body, needs_samples

TRADE = {
    "trade_id": "a",
    "market_ticker": "M",
    "yes_price_dollars": "0.3600",
    "count_fp": "136.00",
    "ts_ms": 1669149841000,
}


@pytest.mark.parametrize(
    ("sides", "buys_yes"),
    [
        ({"taker_outcome_side": "yes", "taker_book_side": "bid"}, True),
        ({"taker_outcome_side": "no"}, False),
        ({"taker_book_side": "bid"}, True),
        ({"taker_book_side": "ask"}, False),
        ({"taker_side": "no"}, False),
        ({"taker_side": None, "taker_book_side": "bid"}, True),
    ],
)
def test_the_takers_side_is_found_wherever_it_stands(sides: dict[str, Any], buys_yes: bool) -> None:
    assert read_trade({**TRADE, **sides}, 5, 6).taker_buys_yes is buys_yes


def test_a_trade_without_a_takers_side_is_refused() -> None:
    with pytest.raises(ValueError, match="which side"):
        read_trade(TRADE, 5, 6)


def test_a_trade_in_the_old_cents_is_read() -> None:
    old = {"market_ticker": "M", "yes_price": 36, "count": 136, "taker_side": "no", "ts": 1669149841}
    trade = read_trade(old, 5, 6)
    assert (trade.price_e6, trade.count_e2, trade.venue_ns) == (360_000, 13_600, 1669149841 * 10**9)


@needs_samples
def test_a_published_trade_of_rest_is_read() -> None:
    trade = read_trade(body("rest_trade_live.json"), 5, 6)
    assert (trade.ticker, trade.price_e6, trade.count_e2) == ("KXBTC15M-26SEP261900-00", 770_000, 894)
    assert trade.venue_ns % 10**9 == 728_645_000
    assert trade.taker_buys_yes


@needs_samples
def test_a_published_ticker_of_a_closed_market_has_two_empty_sides() -> None:
    msg = json.loads(json.dumps(body("ws_ticker_live_closed_market.json")))["msg"]
    line = read_ticker(msg, 5, 6)
    assert (line.bid_e6, line.bid_count_e2, line.ask_e6, line.ask_count_e2) == (-1, 0, -1, 0)
    assert (line.last_e6, line.volume_e2, line.open_interest_e2) == (999_000, 223_348_748, 61_870_014)


@needs_samples
def test_published_values_of_the_index_are_read() -> None:
    live = json.loads(json.dumps(body("ws_cfbenchmarks_value_live.json")))["msg"]
    value = read_index(live, 1, 5, 6)
    assert (value.value_e6, value.window_e6, value.window_count) == (85_850_670_000, -1, 0)
    assert value.source_ns == 1791180714000 * 10**6
    final = json.loads(json.dumps(body("ws_cfbenchmarks_value_final_minute_doc.json")))["msg"]
    assert read_index(final, 1, 5, 6).window_count == 14


@pytest.mark.parametrize("data", ["", "[]", "{", '{"value":"NaN"}', '{"value":null}', '{"value":true}'])
def test_an_index_without_a_value_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_index({"index_id": "BRTI", "data": data}, 1, 5, 6)
