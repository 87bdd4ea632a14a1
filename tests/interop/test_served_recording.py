"""Other people's exchange clients, with nothing but their URLs changed, accept a recording that is served."""

import asyncio
from pathlib import Path

import pytest

from simulator.recorded.main import running_recording
from simulator.settings import Settings
from tests.interop.test_exchange_clients import CCXT, LIMIT_S, FloatBook, as_floats, becomes, ccxt_client
from tests.simulator.recorded.logs import moving, recording, write
from tests.simulator.venues.client import Exchange

# Their own deprecations are theirs.
pytestmark = [pytest.mark.interop, pytest.mark.filterwarnings("default")]

# ccxt drops what Bitstamp sends while it waits for the snapshot; a level that is told but once never heals.
NAMES = [name for name in CCXT if name != "bitstamp"]


@pytest.mark.parametrize("name", NAMES)
def test_the_book_of_ccxt_becomes_the_recorded_one(name: str, tmp_path: Path) -> None:
    venue, _, _, depth = CCXT[name]
    write(tmp_path / "log" / venue, moving(venue, 300, 30.0))

    async def check(exchange: Exchange) -> None:
        async with ccxt_client(name, exchange) as client:
            for _ in range(20):
                book = await asyncio.wait_for(client.watch_order_book("BTC/USD"), LIMIT_S)
                assert book["bids"][0][0] < book["asks"][0][0]
            await asyncio.to_thread(exchange.pause)
            truth = as_floats(await asyncio.to_thread(exchange.true_book), depth)

            def held() -> FloatBook:
                kept = client.orderbooks["BTC/USD"]
                return {side: {row[0]: row[1] for row in kept[side]} for side in ("bids", "asks")}

            await becomes(held, truth)

    with running_recording(recording(tmp_path, from_s=0.15), Settings(), print) as (live, _):
        asyncio.run(check(Exchange(live.urls[venue], live.stream_urls[venue])))
