"""What the simulator can be told before it starts."""

from typing import Literal

import msgspec

VENUES = (
    "kalshi",
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
OPTIONAL = ("polymarket",)
"""Served where `ports` names them. They follow the price path and have no part in it."""


CapSample = Literal["min50", "max50"]


class KalshiSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the simulated Kalshi behaves, and which reading it takes where the documents are silent.

    require_key: refuse streams without a valid signature. quote_delay_ms: how far its quotes trail what
    can be known of the index, in market time; with 0 they hold no edge. quote_noise: standard deviation of
    the quotes' centre, in dollars. hourly_strikes: markets of each hour in KXBTCD, 0 for no such series.
    ok_takes_seq: an `ok` consumes a number of the sid's sequence. snapshot_gives_ok: `get_snapshot` is
    answered by `ok` too. ticker_has_seq: `ticker` carries a sequence number. legacy_ok: lists in `ok` stand
    at top level, as before spring 2026. flat_errors: REST errors as `{"code", "message"}` instead of
    `{"error": {...}}`.
    summary_cache_s: how long `/markets` and `/series` may be old (the real one: up to 15).
    read_tokens_per_s, read_bucket_tokens: the REST budget of one caller; a call costs 10.
    slow_reader_bytes: unsent bytes at which a subscription is ended with error 25.
    subscription_market_limit: markets one subscription may hold (error 26 above it).
    thursday_pause: trading stops Thursday 03:00-05:00 in New York, as on the real exchange.
    """

    require_key: bool = True
    quote_delay_ms: float = 300.0
    quote_noise: float = 0.004
    hourly_strikes: int = 5
    ok_takes_seq: bool = True
    snapshot_gives_ok: bool = False
    ticker_has_seq: bool = False
    legacy_ok: bool = False
    flat_errors: bool = False
    summary_cache_s: float = 0.0
    read_tokens_per_s: float = 200.0
    read_bucket_tokens: float = 600.0
    slow_reader_bytes: int = 4_000_000
    subscription_market_limit: int = 500_000
    thursday_pause: bool = False

    def __post_init__(self) -> None:
        for name in ("quote_delay_ms", "quote_noise", "summary_cache_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"simulator kalshi.{name} is {getattr(self, name)}; it cannot be negative")
        if not 0 <= self.hourly_strikes <= 200:
            raise ValueError(f"simulator kalshi.hourly_strikes is {self.hourly_strikes}; it must be 0 to 200")
        for name in ("read_tokens_per_s", "read_bucket_tokens", "slow_reader_bytes"):
            if getattr(self, name) <= 0:
                raise ValueError(f"simulator kalshi.{name} is {getattr(self, name)}; it must be above 0")


class IndexSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the simulated official index is made, in the readings that sources leave open.

    cap_sample: what the order-size cap is made of: `min50`, all orders within 5 % of the touch, at least 50 a
    side, or `max50`, at most 50 a side of them. uncross: whether bids and asks of different venues that
    cross are traded against each other first. hush_ms: how long before every whole market second no book
    moves, at most a tenth of that second.
    """

    cap_sample: CapSample = "min50"
    uncross: bool = True
    hush_ms: float = 10.0

    def __post_init__(self) -> None:
        if self.hush_ms < 0:
            raise ValueError(f"simulator index.hush_ms is {self.hush_ms}; it cannot be negative")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One simulator.

    seed: of the price path and all that hangs on it. speed: the quarter hour lasts 900/speed seconds.
    rate: book and trade messages a second, over all venues together, to one reader each.
    ports: venue to TCP port on 127.0.0.1, 0 for any free one; only the venues named are served.
    faults: as `kind:venue:key=value,key=value` (simulator/faults.py). journal: folder that gets every
    frame sent. keys: Kalshi key id to public key, as PEM text or the path of a PEM file.
    compression: agree to permessage-deflate where a client offers it.
    """

    seed: int = 1
    speed: float = 1.0
    rate: float = 150.0
    ports: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(VENUES, 0))
    faults: list[str] = []
    journal: str | None = None
    keys: dict[str, str] = {}
    compression: bool = False
    kalshi: KalshiSettings = KalshiSettings()
    index: IndexSettings = IndexSettings()

    def __post_init__(self) -> None:
        if not 1.0 <= self.speed <= 900.0:
            raise ValueError(f"simulator speed is {self.speed}; it must be between 1 and 900")
        if not 0.0 < self.rate <= 50_000.0:
            raise ValueError(f"simulator rate is {self.rate}; it must be above 0 and at most 50000 a second")
        for venue, port in self.ports.items():
            if venue not in (*VENUES, *OPTIONAL):
                known = ", ".join((*VENUES, *OPTIONAL))
                raise ValueError(f"simulator ports name {venue!r}; known venues are {known}")
            if not 0 <= port <= 65535:
                raise ValueError(f"simulator port of {venue} is {port}; it must be between 0 and 65535")
