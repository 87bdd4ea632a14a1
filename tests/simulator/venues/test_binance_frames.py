import json
from decimal import Decimal

from simulator.settings import Settings
from simulator.venues import binance_frames as frames
from simulator.venues.binance import BinanceVenue
from simulator.world import World

NOW_NS = 1_795_380_000_123_456_789


def test_numbers_have_eight_decimals() -> None:
    event = frames.depth_update("BTCUSDT", 3, 4, [(8_400_001, 0)], [(8_400_002, 150_000_000)], NOW_NS)
    assert json.loads(event) == {
        "e": "depthUpdate",
        "E": 1_795_380_000_123,
        "s": "BTCUSDT",
        "U": 3,
        "u": 4,
        "b": [["84000.01000000", "0.00000000"]],
        "a": [["84000.02000000", "1.50000000"]],
    }


def test_stream_and_page_tell_the_same_day() -> None:
    market = BinanceVenue(Settings(), World(1)).market
    streamed = json.loads(frames.day_ticker("BTCUSDT", market, NOW_NS))
    page = frames.rest_ticker("BTCUSDT", market, NOW_NS)
    names = "symbol priceChange priceChangePercent weightedAvgPrice prevClosePrice lastPrice lastQty bidPrice"
    names += " bidQty askPrice askQty openPrice highPrice lowPrice openTime closeTime firstId lastId count"
    assert [page[name] for name in names.split()] == [streamed[key] for key in "spPwxcQbBaAohlOCFLn"]
    assert Decimal(str(page["volume"])) == Decimal(streamed["v"])


def test_a_fallen_price_has_its_sign_before_the_digits() -> None:
    market = BinanceVenue(Settings(), World(1)).market
    market.day_open = market.last().price + 5
    assert json.loads(frames.day_ticker("BTCUSDT", market, NOW_NS))["p"] == "-0.05000000"
