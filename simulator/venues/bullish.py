"""Bullish: a WebSocket path for each channel below /trading-api/v1/market-data/, and its REST pages.

Source: docs.exchange.bullish.com (AsyncAPI and REST of 2026-08), frames of production of October 2024 and
of 2025, live probes of the test venue of September 2026. BTCUSD is listed there beside BTCUSDC; here it is
the only market. Frames of type `update` on l2Orderbook were recorded in 2024 and not since; none is sent.
"""

from simulator.settings import Settings
from simulator.venues.bullish_book import BookStream, Sequence
from simulator.venues.bullish_frames import SHOWN_LEVELS, SYMBOL
from simulator.venues.bullish_rest import BullishPages
from simulator.venues.bullish_tape import SymbolTickStream, TickStream, TradesStream
from simulator.venues.exchange import Exchange
from simulator.venues.market import Market, Profile
from simulator.world import World

PROFILE = Profile(
    tick_usd=0.1,
    price_decimals=1,
    level_btc=0.2,
    levels=600,
    gap_ticks=14.0,
    changes=5,
    trade_share=0.08,
    move_frames=1,
    trade_frames=2,
    day_volume_btc=900.0,
    first_trade_id=100_086_000_000_000_000,
    shown_levels=SHOWN_LEVELS,
)
ROOT = "/trading-api/v1/market-data"
_FIRST_NUMBER = 24_498_992


class BullishVenue(Exchange):
    def __init__(self, settings: Settings, world: World) -> None:
        market, sequence = Market("bullish", world, PROFILE), Sequence(_FIRST_NUMBER)
        streams = {
            f"{ROOT}/orderbook": BookStream(market, sequence),
            f"{ROOT}/trades": TradesStream(market),
            f"{ROOT}/tick": TickStream(market),
            f"{ROOT}/tick/{SYMBOL}": SymbolTickStream(market),
        }
        super().__init__(market, streams, BullishPages(market, sequence))
