"""What the index aggregator can be told."""

import math

import msgspec

DEFAULT_VOLUMES_BTC = {"coinbase": 8000.0, "kraken": 2500.0, "bitstamp": 1500.0, "gemini": 700.0}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The aggregator's settings.

    venues: logs to take prices from. default_volumes_btc: weight of a venue that has not told its 24 h
    volume (a usual day's order of magnitude; what stands in is flagged in every value). stale_s: a quote
    nobody has confirmed for longer is left out. grid_ms: a value comes at least this often, on whole
    multiples of it. speed: how much faster than real the market's clock runs (simulator).
    """

    venues: list[str] = msgspec.field(default_factory=lambda: list(DEFAULT_VOLUMES_BTC))
    symbol: str = "BTC-USD"
    default_volumes_btc: dict[str, float] = msgspec.field(default_factory=lambda: dict(DEFAULT_VOLUMES_BTC))
    stale_s: float = 3.0
    grid_ms: int = 200
    speed: float = 1.0

    def __post_init__(self) -> None:
        if not self.venues:
            raise ValueError("brti venues is empty; it must name at least one price actor")
        if len(set(self.venues)) != len(self.venues):
            raise ValueError("brti venues names a venue twice")
        for venue in self.venues:
            volume = self.default_volumes_btc.get(venue)
            if volume is None:
                raise ValueError(f"brti default_volumes_btc has no volume for {venue}")
            if not (math.isfinite(volume) and volume >= 1e-8):
                raise ValueError(f"brti default_volumes_btc of {venue} is {volume}; it must be above 0")
        if not 0.1 <= self.stale_s <= 60.0:
            raise ValueError(f"brti stale_s is {self.stale_s}; it must be between 0.1 and 60")
        if not 10 <= self.grid_ms <= 1000 or 1000 % self.grid_ms:
            raise ValueError(f"brti grid_ms is {self.grid_ms}; it must be 10 to 1000 and divide 1000")
        if not 1.0 <= self.speed <= 900.0:
            raise ValueError(f"brti speed is {self.speed}; it must be between 1 and 900")
