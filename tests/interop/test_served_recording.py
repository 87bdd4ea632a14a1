"""Other people's exchange clients, with nothing but their URLs changed, accept a recording that is served."""

import asyncio
from pathlib import Path

import pytest

from simulator.recorded.main import running_recording
from simulator.settings import Settings
from tests.interop.test_exchange_clients import CCXT, keeps_the_true_book
from tests.simulator.recorded.logs import moving, recording, write
from tests.simulator.venues.client import Exchange

# Their own deprecations are theirs.
pytestmark = [pytest.mark.interop, pytest.mark.filterwarnings("default")]

# ccxt drops what Bitstamp sends while it waits for the snapshot; a level that is told but once never heals.
NAMES = [name for name in CCXT if name != "bitstamp"]


@pytest.mark.parametrize("name", NAMES)
def test_the_book_of_ccxt_becomes_the_recorded_one(name: str, tmp_path: Path) -> None:
    venue = CCXT[name][0]
    write(tmp_path / "log" / venue, moving(venue, 300, 30.0))

    with running_recording(recording(tmp_path, from_s=0.15), Settings(), print) as (live, _):
        asyncio.run(keeps_the_true_book(name, Exchange(live.urls[venue], live.stream_urls[venue])))
