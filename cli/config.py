"""The shape of config.yaml. Actors' own sections are defined beside the actors; here is what holds them."""

from typing import Annotated

import msgspec

from actors.brti.settings import Settings as BrtiSettings
from actors.kalshi.settings import KalshiSettings
from actors.logger.settings import Settings as LoggerSettings
from actors.paper.settings import Settings as PaperSettings
from actors.polymarket.settings import PolymarketSettings
from actors.prices.settings import PricesSettings
from actors.signal.settings import Settings as SignalSettings
from actors.store.settings import Settings as StoreSettings
from cli.wording import did_you_mean
from messages.log import LogSettings
from simulator.settings import Settings as SimulatorSettings

Key = tuple[str, ...]
EXCHANGES = (
    "coinbase",
    "kraken",
    "bitstamp",
    "gemini",
    "cryptocom",
    "bullish",
    "itbit",
    "lmax",
    "binance",
    "binance_us",
)
SET_BY_US: dict[Key, str] = {
    **{("actors", venue, "venue"): "cannot be set, the section's name says it" for venue in EXCHANGES},
    **{
        ("actors", name, "speed"): "cannot be set, it follows simulator.speed"
        for name in ("kalshi", "polymarket", "brti", "signal", "paper")
    },
}
"""Settings of actors that are not the user's to choose, and why."""

Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class BinanceSettings(PricesSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As of every exchange, but for what it trades: dollars are a stablecoin there."""

    symbol: Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]+-[A-Z0-9]+$")] = "BTC-USDT"


def _price(venue: str) -> PricesSettings:
    return PricesSettings(venue=venue)


class ActorsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each actor is told."""

    kalshi: KalshiSettings = KalshiSettings()
    coinbase: PricesSettings = msgspec.field(default_factory=lambda: _price("coinbase"))
    kraken: PricesSettings = msgspec.field(default_factory=lambda: _price("kraken"))
    bitstamp: PricesSettings = msgspec.field(default_factory=lambda: _price("bitstamp"))
    gemini: PricesSettings = msgspec.field(default_factory=lambda: _price("gemini"))
    cryptocom: PricesSettings = msgspec.field(default_factory=lambda: _price("cryptocom"))
    bullish: PricesSettings = msgspec.field(default_factory=lambda: _price("bullish"))
    itbit: PricesSettings = msgspec.field(default_factory=lambda: _price("itbit"))
    lmax: PricesSettings = msgspec.field(default_factory=lambda: _price("lmax"))
    binance: BinanceSettings = msgspec.field(default_factory=lambda: BinanceSettings(venue="binance"))
    binance_us: PricesSettings = msgspec.field(default_factory=lambda: _price("binance_us"))
    polymarket: PolymarketSettings = PolymarketSettings()
    brti: BrtiSettings = msgspec.field(default_factory=BrtiSettings)
    signal: SignalSettings = msgspec.field(default_factory=SignalSettings)
    paper: PaperSettings = msgspec.field(default_factory=PaperSettings)
    logger: LoggerSettings = msgspec.field(default_factory=LoggerSettings)
    store: StoreSettings = msgspec.field(default_factory=StoreSettings)


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the supervisor loses patience with an actor; the fields are those of supervisor.ChildSpec."""

    ready_s: Seconds = 30.0
    heartbeat_s: Seconds = 10.0
    shutdown_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 5.0
    max_restarts: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 10
    period_s: Seconds = 600.0
    trial_s: Seconds = 300.0
    backoff_s: Seconds = 1.0
    backoff_limit_s: Seconds = 60.0
    good_s: Seconds = 60.0

    def __post_init__(self) -> None:
        if self.backoff_limit_s < self.backoff_s:
            message = (
                f"backoff_s ({self.backoff_s:g}) must be at most backoff_limit_s ({self.backoff_limit_s:g})"
            )
            raise ValueError(message)


class StoreLimits(Limits, frozen=True, forbid_unknown_fields=True):
    """As of every actor, but a disk that is slow to bring many files down is no reason to kill it."""

    heartbeat_s: Seconds = 60.0


class SupervisorConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits per actor, and for stopping all of them."""

    stop_limit_s: Seconds = 20.0
    simulator: Limits = Limits()
    kalshi: Limits = Limits()
    coinbase: Limits = Limits()
    kraken: Limits = Limits()
    bitstamp: Limits = Limits()
    gemini: Limits = Limits()
    cryptocom: Limits = Limits()
    bullish: Limits = Limits()
    itbit: Limits = Limits()
    lmax: Limits = Limits()
    binance: Limits = Limits()
    binance_us: Limits = Limits()
    polymarket: Limits = Limits()
    brti: Limits = Limits()
    signal: Limits = Limits()
    paper: Limits = Limits()
    logger: Limits = Limits()
    store: StoreLimits = StoreLimits()


class LogConfig(LogSettings, frozen=True, forbid_unknown_fields=True):
    """How logs are kept: as messages.log has it, but bounded in size unless the user wants otherwise."""

    most_bytes: int = 10_000_000_000


class ScreenConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The live table. redraws_per_s: at most."""

    redraws_per_s: Annotated[float, msgspec.Meta(ge=0.2, le=4)] = 4.0


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set. without: actors that never run, as `start --without` leaves them out."""

    without: list[str] = []
    actors: ActorsConfig = msgspec.field(default_factory=ActorsConfig)
    simulator: SimulatorSettings = msgspec.field(default_factory=SimulatorSettings)
    supervisor: SupervisorConfig = SupervisorConfig()
    log: LogConfig = LogConfig()
    screen: ScreenConfig = ScreenConfig()

    def __post_init__(self) -> None:
        known = ActorsConfig.__struct_fields__
        for name in self.without:
            if name not in known:
                hint = did_you_mean(name, known) or f"; there are: {', '.join(known)}"
                message = f"without names {name!r}, which is no actor{hint}"
                raise ValueError(message)


def section_of(config: Config, actor: str) -> msgspec.Struct:
    """The settings of one actor, the simulator included."""
    section: msgspec.Struct = config.simulator if actor == "simulator" else getattr(config.actors, actor)
    return section
