"""What the signal actor can be told."""

from typing import Literal

import msgspec

from actors.bounds import Bounds, check_bounds
from actors.signal.blend import Blend
from actors.signal.decision.kinds import EDGE
from actors.signal.decision.settings import DecisionSettings, Thresholds, by_kind
from actors.signal.indicators.settings import IndicatorSettings

_BOUNDS: Bounds = {
    "threshold_usd": (0.0, 1.0),
    "min_contracts": (0.01, 1e6),
    "cooldown_s": (0.0, 3600.0),
    "index_error_bps": (0.0, 100.0),
    "index_stale_s": (0.05, 60.0),
    "book_stale_s": (0.1, 60.0),
    "tail_degrees": (2.1, 100.0),
    "sigma_step_s": (1, 60),
    "sigma_floor": (0.0, 0.01),
    "sigma_default": (1e-7, 0.01),
    "sigma_default_s": (0.0, 86_400.0),
    "warm_up_s": (0.0, 3600.0),
    "speed": (1.0, 900.0),
}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signal actor's settings. Seconds are market seconds, except in index_stale_s, book_stale_s.

    series: whose running markets are priced; the index must be theirs. lead_venues: price actors whose
    quotes may lead the index. threshold_usd: edge per contract, net of the fee, from which a Signal is
    sent; thresholds: of the other kinds, each in its own unit (docs/signals.md). min_contracts: that must
    stand there. cooldown_s: silence per market, kind and side after a Signal. fee_rounding: `direct`,
    `non-direct` or `cent`. settle_on: where the closing minute's known values come from. index_error_bps:
    standard deviation of the proxy against the official index, part of every probability. index_stale_s,
    book_stale_s: older inputs are not used. model: of the closed form; tail_degrees: of freedom, for
    `student-t`. half_lives_s: of the volatility; weights_short, weights_long: theirs for what ends within 2
    minutes, and for an hour or more (blend.py). sigma_step_s: grid of its returns. sigma_floor,
    sigma_default: relative, per square root of a second; the default counts like sigma_default_s seconds of
    index. warm_up_s: of index that must be seen first. missing_limit: settlement values that may be missing
    in one minute. calibration_file: one that `kalshi-actors fit` has made, which decisions are then made
    with; empty for none.
    """

    series: list[str] = msgspec.field(default_factory=lambda: ["KXBTC15M"])
    lead_venues: list[str] = msgspec.field(default_factory=lambda: ["coinbase", "binance"])
    threshold_usd: float = 0.02
    thresholds: Thresholds = Thresholds()
    min_contracts: float = 1.0
    cooldown_s: float = 5.0
    fee_rounding: Literal["direct", "non-direct", "cent"] = "direct"
    settle_on: Literal["proxy", "official"] = "proxy"
    index_error_bps: float = 1.0
    index_stale_s: float = 1.0
    book_stale_s: float = 3.0
    model: Literal["normal", "log-normal", "student-t"] = "normal"
    tail_degrees: float = 4.5
    half_lives_s: list[float] = msgspec.field(default_factory=lambda: list(Blend().half_lives_s))
    weights_short: list[float] = msgspec.field(default_factory=lambda: list(Blend().short_weights))
    weights_long: list[float] = msgspec.field(default_factory=lambda: list(Blend().long_weights))
    sigma_step_s: int = 5
    sigma_floor: float = 1e-5
    sigma_default: float = 5e-5
    sigma_default_s: float = 60.0
    warm_up_s: float = 5.0
    missing_limit: int = 5
    calibration_file: str = ""
    indicators: IndicatorSettings = IndicatorSettings()
    decision: DecisionSettings = DecisionSettings()
    speed: float = 1.0

    def __post_init__(self) -> None:
        check_bounds("signal", self, _BOUNDS)
        self._check_kinds()
        if not 0 <= self.missing_limit <= 60:
            raise ValueError(f"signal missing_limit is {self.missing_limit}; it must be between 0 and 60")
        if not self.half_lives_s or not all(1.0 <= half <= 30 * 86_400.0 for half in self.half_lives_s):
            raise ValueError("signal half_lives_s must be numbers between 1 and 2592000, at least one")
        for name in ("weights_short", "weights_long"):
            weights = getattr(self, name)
            if len(weights) != len(self.half_lives_s) or not all(0.0 <= weight <= 1.0 for weight in weights):
                raise ValueError(f"signal {name} must be one number from 0 to 1 for each of half_lives_s")
            if abs(sum(weights) - 1.0) > 1e-9:
                raise ValueError(f"signal {name} sum to {sum(weights):g}; they must sum to 1")

    def _check_kinds(self) -> None:
        given = {EDGE: self.threshold_usd, **by_kind(self.thresholds)}
        weighed = [kind for kind, weight in by_kind(self.decision.weights).items() if weight > 0.0]
        for kind in (*weighed, *self.decision.required):
            if kind not in given:
                raise ValueError(f"signal decision requires {kind}, which is no kind of signal")
            if given[kind] <= 0.0:
                raise ValueError(f"signal decision rests on {kind}, whose threshold is 0")
