"""Other people's Kalshi clients on the simulator, with nothing changed but their URLs.

pip install -e .[interop] and pytest -m interop
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from simulator.kalshi.keys import DemoKey, make_demo_key
from simulator.main import Running, running_simulator
from simulator.settings import KalshiSettings, Settings
from tests.simulator.kalshi.steady import steady_speed

# Their warnings are theirs.
pytestmark = [pytest.mark.interop, pytest.mark.filterwarnings("ignore")]

FRAMES = 100


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> DemoKey:
    return make_demo_key(tmp_path_factory.mktemp("keys"))


@contextlib.contextmanager
def _kalshi(key: DemoKey, **readings: Any) -> Iterator[Running]:
    settings = Settings(
        ports={"kalshi": 0},
        rate=3000.0,
        speed=steady_speed(),
        keys={key.key_id: str(key.public_file)},
        kalshi=KalshiSettings(**readings),
    )
    with running_simulator(settings) as running:
        yield running


def _http_get(running: Running, path: str) -> Any:
    return requests.get(running.urls["kalshi"] + path, timeout=10).json()


def _two_sided(running: Running) -> str:
    """An open market with bids on both sides (some clients refuse less), of the busy series if it can be."""
    markets = _http_get(running, "/trade-api/v2/markets?status=open")["markets"]
    markets.sort(key=lambda m: m["ticker"])
    return str(
        next(m["ticker"] for m in markets if float(m["yes_bid_size_fp"]) and float(m["yes_ask_size_fp"]))
    )


class TestPykalshiClient:
    """pykalshi-client: REST models, signed stream, sequence check, channel bookkeeping."""

    @pytest.fixture
    def pykalshi(self) -> Any:
        module = pytest.importorskip("pykalshi")
        if not hasattr(module, "KalshiWebSocketClient"):
            pytest.skip("this pykalshi is another project of that name")
        return module

    def test_rest_models_accept_the_answers(self, key: DemoKey, pykalshi: Any) -> None:
        """All but the market object: its model of June 2026 asks for fields that are gone since October."""

        async def ask(running: Running) -> None:
            config = pykalshi.ClientConfig(http_base_url=running.urls["kalshi"])
            credentials = pykalshi.KalshiCredentials.from_key_file(key.key_id, str(key.private_file))
            async with pykalshi.KalshiHttpClient(credentials, config) as client:
                book = (await client.get_market_orderbook(_two_sided(running))).orderbook_fp
                assert book.yes_dollars or book.no_dollars
                assert (await client.get_exchange_status()).trading_active
                assert (await client.get_exchange_schedule()).schedule.standard_hours
                assert (await client.get_series("KXBTC15M")).series.ticker == "KXBTC15M"
                assert (await client.get_trades(limit=5)).trades is not None

        with _kalshi(key) as running:
            asyncio.run(ask(running))

    def test_the_stream_passes_its_sequence_check_and_its_models(self, key: DemoKey, pykalshi: Any) -> None:
        models = pytest.importorskip("pykalshi.models.ws")

        payloads = {
            "orderbook_snapshot": models.OrderbookSnapshotPayload,
            "orderbook_delta": models.OrderbookDeltaPayload,
            "ticker": models.TickerPayload,
            "trade": models.TradePayload,
            "market_lifecycle_v2": models.MarketLifecycleV2Payload,
        }
        seen: dict[str, int] = {}
        book: dict[str, dict[str, Decimal]] = {"yes": {}, "no": {}}

        async def listen(running: Running) -> None:
            first = _two_sided(running)
            enough = asyncio.Event()

            async def on_message(text: str) -> None:
                frame = json.loads(text)
                kind = frame["type"]
                if kind in payloads:
                    payloads[kind].model_validate(frame)
                    _apply(book, frame, first)
                seen[kind] = seen.get(kind, 0) + 1
                if seen.get("orderbook_delta", 0) >= FRAMES and seen.get("ok") and seen.get("trade"):
                    enough.set()

            config = pykalshi.ClientConfig(ws_base_url=running.stream_urls["kalshi"])
            credentials = pykalshi.KalshiCredentials.from_key_file(key.key_id, str(key.private_file))
            client = pykalshi.KalshiWebSocketClient(credentials, config, on_message_callback=on_message)
            await client.connect()
            # It raises KalshiSequenceGapError from here when a number is missing.
            listening = asyncio.create_task(client.listener_loop())
            await client.add_market(first, ["orderbook_delta", "trade", "ticker"])
            while "subscribed" not in seen:
                await asyncio.sleep(0.01)
            others = _http_get(running, "/trade-api/v2/markets?status=open&series_ticker=KXBTCD")
            await client.add_markets([m["ticker"] for m in others["markets"]], ["orderbook_delta", "trade"])
            await client.request_snapshot([first])
            waiting = asyncio.create_task(enough.wait())
            await asyncio.wait({waiting, listening}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
            assert not listening.done()
            assert enough.is_set()
            _http_get(running, "/_sim/pause")
            true = _http_get(running, "/_sim/books")["books"][first]
            async with asyncio.timeout(10):  # what was sent before the pause may still be on its way
                while [[p, f"{c:.2f}"] for p, c in sorted(book["yes"].items(), reverse=True)] != true["bids"]:
                    await asyncio.sleep(0.01)
            await client.close()
            await listening

        with _kalshi(key, legacy_ok=True) as running:
            asyncio.run(listen(running))
        assert seen["orderbook_snapshot"] >= 2


def _apply(book: dict[str, dict[str, Decimal]], frame: dict[str, Any], ticker: str) -> None:
    body = frame["msg"]
    if body.get("market_ticker") != ticker:
        return
    if frame["type"] == "orderbook_snapshot":
        for side in book:
            book[side] = {p: Decimal(c) for p, c in body.get(f"{side}_dollars_fp", [])}
    elif frame["type"] == "orderbook_delta":
        size = book[body["side"]].get(body["price_dollars"], Decimal(0)) + Decimal(body["delta_fp"])
        book[body["side"]][body["price_dollars"]] = size
        if not size:
            del book[body["side"]][body["price_dollars"]]


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_the_official_sdk_signs_asks_and_understands(tmp_path: Path, algorithm: str) -> None:
    sdk = pytest.importorskip("kalshi_python_sync")
    key = make_demo_key(tmp_path, algorithm)
    with _kalshi(key) as running:
        configuration = sdk.Configuration(host=running.urls["kalshi"] + "/trade-api/v2")
        configuration.api_key_id = key.key_id
        configuration.private_key_pem = key.private_file.read_text()
        client = sdk.KalshiClient(configuration)
        page = client.get_markets(series_ticker="KXBTC15M", status="open", limit=5)
        market = page.markets[0]
        assert (market.status, market.price_level_structure) == ("active", "tapered_deci_cent")
        assert client.get_market(market.ticker).market.ticker == market.ticker
        assert client.get_market_orderbook(market.ticker, depth=5).orderbook_fp is not None
        assert len(client.get_market_orderbooks(tickers=[market.ticker, "NOBODY"]).orderbooks) == 2
        assert client.get_trades(limit=5).trades is not None
        assert client.get_events(series_ticker="KXBTCD", with_nested_markets=True).events[0].markets
        assert client.get_event(market.event_ticker).event.series_ticker == "KXBTC15M"
        assert client.get_series("KXBTC15M").series.fee_multiplier == 1
        assert client.get_exchange_status().trading_active
        assert client.get_exchange_schedule().schedule.standard_hours
        assert client.get_series_fee_changes().series_fee_change_arr == []
        with pytest.raises(sdk.exceptions.NotFoundException):
            client.get_market("NOBODY")
        configuration.private_key_pem = make_demo_key(tmp_path / "other").private_file.read_text()
        with pytest.raises(sdk.exceptions.UnauthorizedException):
            sdk.KalshiClient(configuration).get_exchange_status()


def test_kalshi_sdk_streams_strict_models_and_keeps_its_book(key: DemoKey) -> None:
    client = pytest.importorskip("kalshi.ws")
    signing = pytest.importorskip("kalshi.auth")
    configuration = pytest.importorskip("kalshi.config")

    async def listen(running: Running) -> None:
        ticker = _two_sided(running)
        config = configuration.KalshiConfig(
            base_url=running.urls["kalshi"] + "/trade-api/v2",
            ws_base_url=running.stream_urls["kalshi"] + "/trade-api/ws/v2",
            allow_unknown_host=True,
        )
        auth = signing.KalshiAuth.from_key_path(key.key_id, str(key.private_file))
        socket = client.KalshiWebSocket(auth, config)
        async with socket.connect() as session:
            # It throws away what arrives while it waits for an acknowledgement: the book comes last.
            values = await session.subscribe_cfbenchmarks_value(index_ids=["BRTI"])
            trades = await session.subscribe_trade(tickers=[ticker])
            books = await session.orderbook(ticker, maxsize=10_000)
            for _ in range(FRAMES):
                book = await asyncio.wait_for(books.__anext__(), 10)
            assert book.yes
            assert book.no
            value = await asyncio.wait_for(values.__anext__(), 10)
            assert value.msg.index_id == "BRTI"
            assert (await asyncio.wait_for(trades.__anext__(), 20)).msg.market_ticker == ticker

    with _kalshi(key) as running:
        asyncio.run(listen(running))
