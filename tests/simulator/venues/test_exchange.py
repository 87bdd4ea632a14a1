import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.faults import ON_FRAME
from simulator.server import Reply, Request
from simulator.settings import Settings
from simulator.venues.binance import BinanceUsVenue, BinanceVenue
from simulator.venues.binance_rest import BinancePages
from simulator.venues.bitstamp import BitstampVenue
from simulator.venues.bitstamp_rest import BitstampPages
from simulator.venues.bullish import ROOT as BULLISH
from simulator.venues.bullish import BullishVenue
from simulator.venues.bullish_book import Sequence
from simulator.venues.bullish_rest import BullishPages
from simulator.venues.coinbase import CoinbaseVenue
from simulator.venues.coinbase_rest import CoinbasePages
from simulator.venues.cryptocom import CryptocomVenue
from simulator.venues.cryptocom_rest import CryptocomPages
from simulator.venues.exchange import Exchange
from simulator.venues.gemini import GeminiVenue
from simulator.venues.gemini_rest import GeminiPages
from simulator.venues.itbit import ItbitVenue
from simulator.venues.itbit_rest import ItbitPages
from simulator.venues.kraken import KrakenVenue
from simulator.venues.kraken_rest import KrakenPages
from simulator.venues.lmax import LmaxVenue
from simulator.venues.lmax_rest import LmaxPages
from simulator.venues.market import Market
from simulator.world import World
from tests.simulator.venues.client import Recorder

VENUES: dict[str, Callable[[Settings, World], Exchange]] = {
    "coinbase": CoinbaseVenue,
    "kraken": KrakenVenue,
    "bitstamp": BitstampVenue,
    "gemini": GeminiVenue,
    "cryptocom": CryptocomVenue,
    "bullish": BullishVenue,
    "itbit": ItbitVenue,
    "lmax": LmaxVenue,
    "binance": BinanceVenue,
    "binance_us": BinanceUsVenue,
}
STREAMS = [
    ("coinbase", "/"),
    ("coinbase", "/advanced"),
    ("kraken", "/v2"),
    ("bitstamp", "/"),
    ("gemini", "/"),
    ("gemini", "/v2/marketdata"),
    ("cryptocom", "/exchange/v1/market"),
    ("bullish", f"{BULLISH}/orderbook"),
    ("itbit", "/marketdata/BTCUSD"),
    ("lmax", "/v1/web-socket"),
    ("binance", "/stream"),
    ("binance_us", "/ws"),
]
SUBSCRIBE: dict[tuple[str, str], list[object]] = {
    ("coinbase", "/"): [
        {"type": "subscribe", "product_ids": ["BTC-USD"], "channels": ["level2_batch", "matches", "ticker"]}
    ],
    ("coinbase", "/advanced"): [
        {"type": "subscribe", "product_ids": ["BTC-USD"], "channel": name} for name in ("level2", "ticker")
    ],
    ("kraken", "/v2"): [
        {"method": "subscribe", "params": {"channel": name, "symbol": ["BTC/USD"]}}
        for name in ("book", "trade")
    ],
    ("bitstamp", "/"): [
        {"event": "bts:subscribe", "data": {"channel": f"{name}_btcusd"}}
        for name in ("order_book", "diff_order_book", "live_trades")
    ],
    ("gemini", "/"): [{"id": 1, "method": "subscribe", "params": ["btcusd@depth", "btcusd@trade"]}],
    ("gemini", "/v2/marketdata"): [
        {"type": "subscribe", "subscriptions": [{"name": "l2", "symbols": ["BTCUSD"]}]}
    ],
    ("cryptocom", "/exchange/v1/market"): [
        {
            "id": 1,
            "method": "subscribe",
            "params": {
                "channels": ["book.BTC_USD.50", "trade.BTC_USD", "ticker.BTC_USD"],
                "book_subscription_type": "SNAPSHOT_AND_UPDATE",
            },
        }
    ],
    ("bullish", f"{BULLISH}/orderbook"): [
        {"method": "subscribe", "params": {"topic": topic, "symbol": "BTCUSD"}, "id": topic}
        for topic in ("l2Orderbook", "l1Orderbook")
    ],
    ("itbit", "/marketdata/BTCUSD"): [],
    ("lmax", "/v1/web-socket"): [
        {
            "type": "SUBSCRIBE",
            "channels": [{"name": name, "instruments": ["btc-usd"]} for name in ("ORDER_BOOK", "TICKER")],
        }
    ],
    ("binance", "/stream"): [
        {"method": "SUBSCRIBE", "params": [f"btcusdt@{name}" for name in ("depth@100ms", "trade")], "id": 1}
    ],
    ("binance_us", "/ws"): [
        {"method": "SUBSCRIBE", "params": ["btcusd@depth@100ms", "btcusd@bookTicker"], "id": 1}
    ],
}
WORDS = st.sampled_from(
    """
    type subscribe unsubscribe channels channel product_ids BTC-USD level2 level2_batch method params book
    symbol BTC/USD depth snapshot req_id ping event bts:subscribe data id btcusd@depth subscriptions name l2
    symbols BTCUSD signature key passphrase timestamp event_trigger ticker heartbeats
    book.BTC_USD.50 trade.BTC_USD book_subscription_type book_update_frequency SNAPSHOT 10
    topic l2Orderbook keepalivePing
    SUBSCRIBE UNSUBSCRIBE name instruments ORDER_BOOK TICKER btc-usd
    """.split()  # noqa: SIM905 - a list of forty strings is no better
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=12,
)


class Visitor(Recorder):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path


def visit(venue: str, path: str, world: World | None = None) -> tuple[Exchange, Any]:
    exchange, visitor = VENUES[venue](Settings(), world or World(1, rate=1_000.0)), Visitor(path)
    exchange.opened(visitor)  # type: ignore[arg-type]
    return exchange, visitor


@pytest.mark.parametrize(("venue", "path"), STREAMS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_that_a_client_says_brings_a_venue_down(venue: str, path: str, data: st.DataObject) -> None:
    exchange, visitor = HELD.setdefault((venue, path), visit(venue, path))
    message = data.draw(JSON.map(json.dumps) | st.text(max_size=20))
    exchange.received(visitor, message)
    for text in visitor.sent:
        json.loads(text)
    visitor.sent.clear()


HELD: dict[tuple[str, str], tuple[Exchange, Any]] = {}  # one venue each serves all examples


PATHS = """
    /products/BTC-USD/book /products/BTC-USD/trades /api/v3/brokerage/market/product_book
    /trading-api/v1/markets/BTCUSD/trades /trading-api/v1/markets/BTCUSD/tick /trading-api/v1/markets
    /exchange/v1/public/get-tickers /exchange/v1/public/get-book /exchange/v1/public/get-trades
    /0/public/Depth /0/public/Trades /0/public/AssetPairs /v1/book/btcusd /v1/trades/btcusd
    /api/v2/order_book/btcusd/ /api/v3/depth /api/v3/trades /api/v3/ticker/24hr / // /é
    /v2/markets /v2/markets/BTCUSD/ticker /v2/markets/BTCUSD/order-book /v1/orderbook/btc-usd
    /v1/ticker/btc-usd
"""
KEYS = "symbol level pair count limit_bids limit_trades group limit product_id instrument_name depth"
VALUES = ["XBTUSD", "BTC-USD", "BTC_USD", "0", "-1", "5", "99999999", "²", "x", ""]


def binance_pages(market: Market) -> BinancePages:
    return BinancePages(market, "XBTUSD", 1, 6_000)


def bullish_pages(market: Market) -> BullishPages:
    return BullishPages(market, Sequence(1))


@pytest.mark.parametrize(
    "pages_class",
    [
        CoinbasePages,
        KrakenPages,
        BitstampPages,
        GeminiPages,
        CryptocomPages,
        bullish_pages,
        ItbitPages,
        LmaxPages,
        binance_pages,
    ],
)
@settings(max_examples=80, deadline=None)
@given(
    path=st.sampled_from(PATHS.split()),
    query=st.lists(st.tuples(st.sampled_from(KEYS.split()), st.sampled_from(VALUES)), max_size=3),
    minute=st.integers(1, 10**6),
)
def test_no_question_brings_a_rest_page_down(
    pages_class: Callable[[Market], Callable[[Request, int], Reply]],
    path: str,
    query: list[tuple[str, str]],
    minute: int,
) -> None:
    reply = pages_class(MARKET)(Request(path, query, {}), minute * 60_000_000_000)
    assert reply.status in (200, 400, 404)
    json.loads(reply.body)


MARKET = KrakenVenue(Settings(), World(1)).market


@pytest.mark.parametrize(("venue", "path"), STREAMS)
def test_every_frame_is_json_under_every_fault(venue: str, path: str) -> None:
    world = World(1, rate=2_000.0)
    exchange, visitor = visit(venue, path, world)
    for message in SUBSCRIBE[venue, path]:
        exchange.received(visitor, json.dumps(message))
    for step in range(2_000):
        world.advance()
        exchange.step(step * 2_000_000, world)
        if step % 20 == 0:
            exchange.flush(step * 2_000_000)
    assert len(visitor.sent) > 50
    touched = set()
    for text in visitor.sent:
        json.loads(text)
        for kind in ON_FRAME:
            made = exchange.fault(kind, visitor, text)
            if made is not None:
                touched.add(kind)
                for frame in made:
                    json.loads(frame)
    assert touched >= {"skip", "repeat", "cross", "unknown_symbol"}
    assert ("missing_ack" in touched) == (path not in ("/v2/marketdata", "/marketdata/BTCUSD"))


@pytest.mark.parametrize(("venue", "path"), STREAMS)
def test_a_client_that_left_is_sent_nothing(venue: str, path: str) -> None:
    world = World(1, rate=1_000.0)
    exchange, visitor = visit(venue, path, world)
    for message in SUBSCRIBE[venue, path]:
        exchange.received(visitor, json.dumps(message))
    exchange.closed(visitor)
    visitor.sent.clear()
    for step in range(500):
        world.advance()
        exchange.step(step * 2_000_000, world)
    exchange.heartbeat(10**18)
    assert not visitor.sent


@pytest.mark.parametrize("venue", VENUES)
def test_what_is_flushed_once_is_not_held_back_any_more(venue: str) -> None:
    world = World(1, rate=1_000.0)
    path = next(path for name, path in STREAMS if name == venue)
    exchange, visitor = visit(venue, path, world)
    for message in SUBSCRIBE[venue, path]:
        exchange.received(visitor, json.dumps(message))
    for step in range(500):
        world.advance()
        exchange.step(step * 2_000_000, world)
    exchange.flush(10**18)
    visitor.sent.clear()
    exchange.flush(10**18 + 1)
    assert not visitor.sent
