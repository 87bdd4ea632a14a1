import json

import pytest

from simulator.settings import Settings
from simulator.venues.lmax import LmaxVenue
from simulator.venues.lmax_frames import error, order_book, price_text, quantity_text, subscriptions, ticker
from simulator.world import World

MARKET = LmaxVenue(Settings(), World(1)).market
NOW_NS = 1_795_380_000_123_456_789


@pytest.mark.parametrize(
    ("lots", "text"), [(50_000_000, "0.5000"), (12_345_678, "0.12345678"), (1, "0.00000001"), (0, "0.0000")]
)
def test_quantities_have_four_decimals_or_as_many_as_are_needed(lots: int, text: str) -> None:
    assert quantity_text(lots) == text


def test_prices_have_six_decimals() -> None:
    assert price_text(8_400_012) == "84000.120000"


def test_a_book_is_told_best_first_with_the_time_in_milliseconds() -> None:
    book = json.loads(order_book(MARKET.book, NOW_NS))
    assert book["timestamp"].endswith(":00.123Z")
    assert [float(level["price"]) for level in book["bids"]] == [p / 100 for p, _ in MARKET.book.bids()]
    assert [float(level["price"]) for level in book["asks"]] == [p / 100 for p, _ in MARKET.book.asks()]


def test_a_ticker_tells_the_trade_and_the_touch() -> None:
    deal = MARKET.last()
    told = json.loads(ticker(MARKET, deal, NOW_NS))
    assert told["last_price"] == price_text(deal.price)
    assert told["best_bid"] == price_text(MARKET.book.best_bid())
    assert float(told["session_low"]) <= float(told["last_price"]) <= float(told["session_high"])


def test_answers_are_json() -> None:
    assert json.loads(subscriptions([])) == {"type": "SUBSCRIPTIONS", "channels": []}
    assert json.loads(error("X", "y")) == {"type": "ERROR", "error_code": "X", "error_message": "y"}
