"""What the index aggregator can be told."""

import math
from typing import Annotated, Literal

import msgspec

from actors.brti.switches import MOST_VENUES, Switches

CONSTITUENTS = ("coinbase", "kraken", "bitstamp", "gemini", "cryptocom", "bullish", "itbit", "lmax")
"""*Source*: CME CF constituent exchanges document v13.5 of 2026-06-08, as two readers give it."""
FALLBACK = ("binance_us", "binance")

Method = Literal["cme-cf", "volume-weighted", "equal-weighted", "nowcast"]


def _volumes() -> dict[str, float]:
    return {
        "coinbase": 8000.0,
        "kraken": 2500.0,
        "bitstamp": 1500.0,
        "gemini": 700.0,
        "cryptocom": 3000.0,
        "bullish": 2500.0,
        "itbit": 200.0,
        "lmax": 700.0,
        "binance_us": 100.0,
        "binance": 15000.0,
    }


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The aggregator's settings.

    method: whose values are said at once and are the index to whoever listens; every method is recorded on
    the grid. venues: the constituents. fallback: venues that are none, in order; the first that qualifies
    stands in for the weighted means while no constituent does. symbol: what a venue's books must be of;
    symbols: of venues that trade something else. switches: what readers of the published method do not
    agree on. default_volumes_btc: weight of a venue that has not told its 24 h volume (a usual day's order
    of magnitude; what stands in is flagged in every value). stale_s: a quote nobody has confirmed for longer
    is left out of the weighted means. grid_ms: values come at least this often, on whole multiples of it.
    nowcast_window_s: the nowcast corrects by the median error of so many seconds. speed: how much faster
    than real the market's clock runs (simulator).
    """

    method: Method = "cme-cf"
    venues: list[str] = msgspec.field(default_factory=lambda: list(CONSTITUENTS))
    fallback: list[str] = msgspec.field(default_factory=lambda: list(FALLBACK))
    symbol: str = "BTC-USD"
    symbols: dict[str, str] = msgspec.field(default_factory=lambda: {"binance": "BTC-USDT"})
    series: list[str] = msgspec.field(default_factory=lambda: ["KXBTC15M"])
    switches: Switches = Switches()
    default_volumes_btc: dict[str, float] = msgspec.field(default_factory=_volumes)
    stale_s: Annotated[float, msgspec.Meta(ge=0.1, le=60)] = 3.0
    grid_ms: int = 200
    nowcast_window_s: Annotated[float, msgspec.Meta(ge=60, le=3600)] = 600.0
    speed: Annotated[float, msgspec.Meta(ge=1, le=900)] = 1.0

    def __post_init__(self) -> None:
        if not self.venues:
            raise ValueError("brti venues is empty; it must name at least one price actor")
        if len(self.venues) > MOST_VENUES:
            raise ValueError(
                f"brti venues names {len(self.venues)} venues; at most {MOST_VENUES} can be in the index"
            )
        named = [*self.venues, *self.fallback]
        twice = next((venue for venue in named if named.count(venue) > 1), "")
        if twice:
            raise ValueError(f"brti venues and fallback name {twice} twice")
        for venue in named:
            volume = self.default_volumes_btc.get(venue)
            if volume is None:
                raise ValueError(f"brti default_volumes_btc has no volume for {venue}")
            if not (math.isfinite(volume) and volume >= 1e-8):
                raise ValueError(f"brti default_volumes_btc of {venue} is {volume}; it must be above 0")
        for venue in self.symbols:
            if venue not in named:
                raise ValueError(
                    f"brti symbols names {venue}, which stands neither in venues nor in fallback"
                )
        if not 10 <= self.grid_ms <= 1000 or 1000 % self.grid_ms:
            raise ValueError(f"brti grid_ms is {self.grid_ms}; it must be 10 to 1000 and divide 1000")
