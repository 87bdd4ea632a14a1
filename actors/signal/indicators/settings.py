"""What the indicators can be told."""

import msgspec

from actors.bounds import Bounds, check_bounds

_BOUNDS: Bounds = {
    "contracts": (0.01, 1e6),
    "delay_s": (0.1, 600.0),
    "delay_least_usd": (0.0001, 0.5),
    "imbalance_decay": (0.0, 10.0),
    "order_flow_s": (0.1, 600.0),
    "trade_flow_s": (0.1, 900.0),
    "lead_half_life_s": (1.0, 86_400.0),
    "lead_warm_up_s": (0.0, 3600.0),
    "lead_stale_s": (0.05, 60.0),
    "gap_stale_s": (0.1, 60.0),
    "profile_share": (0.01, 1.0),
    "polymarket_stale_s": (0.1, 60.0),
}


class IndicatorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The indicators' settings. Seconds are market seconds, except in the limits called *_stale_s.

    contracts: how many one edge is for; where fewer stand, for those. delay_s: how far back the delay looks
    for the beginning of a move; delay_least_usd: moves and rests below this are none. imbalance_levels: of a
    side that count, each e^-imbalance_decay times the one before. order_flow_s, trade_flow_s: windows.
    lead_half_life_s: of a venue's usual distance from the index; lead_warm_up_s: seen before it is one.
    gap_least: seconds with both values before the proxy's usual error is known, of the last gap_window.
    profile_share: of the volume that makes the value area; profile_least: trades from which there is one.
    cross_series: whose strikes of the same close are set against ours. lead_stale_s, polymarket_stale_s:
    since the feed last stood behind its quote, gap_stale_s: since the official value came; older is not used.
    """

    contracts: float = 1.0
    delay_s: float = 10.0
    delay_least_usd: float = 0.01
    imbalance_levels: int = 5
    imbalance_decay: float = 0.5
    order_flow_s: float = 15.0
    trade_flow_s: float = 60.0
    lead_half_life_s: float = 300.0
    lead_warm_up_s: float = 60.0
    lead_stale_s: float = 3.0
    gap_window: int = 600
    gap_least: int = 30
    gap_stale_s: float = 2.0
    profile_share: float = 0.7
    profile_least: int = 10
    cross_series: str = "KXBTCD"
    polymarket_stale_s: float = 3.0

    def __post_init__(self) -> None:
        check_bounds("indicators", self, _BOUNDS)
        for name, least, most in (
            ("imbalance_levels", 1, 50), ("gap_window", 30, 3600), ("gap_least", 1, 3600),
            ("profile_least", 1, 10_000),
        ):  # fmt: skip
            if not least <= getattr(self, name) <= most:
                message = f"indicators {name} is {getattr(self, name)}; it must be between {least} and {most}"
                raise ValueError(message)
        if self.gap_least > self.gap_window:
            raise ValueError(f"indicators gap_least is {self.gap_least}; it must not exceed gap_window")
