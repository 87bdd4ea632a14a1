"""What decides on a decision."""

import math

import msgspec

from actors.bounds import Bounds, check_bounds

_BOUNDS: Bounds = {
    "least_score": (0.0, 10.0),
    "least_edge_usd": (-1.0, 1.0),
    "limit_edge_usd": (-1.0, 1.0),
    "contracts": (0.01, 1e6),
    "cooldown_s": (0.0, 3600.0),
    "oldest_index_s": (0.05, 60.0),
    "oldest_book_s": (0.1, 60.0),
    "index_error_limit_bps": (0.01, 100.0),
    "index_error_window_s": (10.0, 120.0),
    "closing_s": (0.0, 900.0),
}


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which value a kind of signal is one, in its own unit (docs/signals.md); 0: never."""

    delay: float = 0.04
    momentum_5: float = 2.5
    momentum_15: float = 2.5
    momentum_60: float = 2.5
    book_imbalance: float = 0.8
    micro_price: float = 0.004
    order_flow: float = 3.0
    trade_flow: float = 0.8
    venue_lead: float = 1.5
    proxy_gap: float = 1.5
    value_area: float = 0.05
    vwap_distance: float = 0.1
    cross_market: float = 0.03
    polymarket_gap: float = 0.05

    def __post_init__(self) -> None:
        for kind, threshold in by_kind(self).items():
            if not (math.isfinite(threshold) and 0.0 <= threshold <= 1e6):
                raise ValueError(f"signal threshold of {kind} is {threshold}; it must be between 0 and 1e6")


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each kind of signal weighs in the score; 0: nothing."""

    edge: float = 1.0
    delay: float = 1.0
    momentum_5: float = 0.0
    momentum_15: float = 0.0
    momentum_60: float = 0.0
    book_imbalance: float = 0.0
    micro_price: float = 0.0
    order_flow: float = 0.0
    trade_flow: float = 0.0
    venue_lead: float = 0.0
    proxy_gap: float = 0.0
    value_area: float = 0.0
    vwap_distance: float = 0.0
    cross_market: float = 0.0
    polymarket_gap: float = 0.0

    def __post_init__(self) -> None:
        weights = by_kind(self)
        for kind, weight in weights.items():
            if not (math.isfinite(weight) and 0.0 <= weight <= 100.0):
                raise ValueError(
                    f"signal decision weight of {kind} is {weight}; it must be between 0 and 100"
                )
        if not sum(weights.values()) > 0.0:
            raise ValueError("signal decision weights are all 0; at least one must count")


def by_kind(figures: Thresholds | Weights) -> dict[str, float]:
    """The figures by the kinds' own names."""
    return {name.replace("_", "-"): value for name, value in msgspec.structs.asdict(figures).items()}


class DecisionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The composite and its gates. Seconds are market seconds, except in oldest_*_s.

    weights: of each signal kind in the score. required: kinds that must have passed their thresholds; an
    edge alone says no more than that the model and the market disagree, and of the two the market has been
    the better judge: so the edge must come from a move that the quote has not followed yet.
    least_score, least_edge_usd: of the side that is bought. limit_edge_usd: what must be left per contract
    at the limit price. contracts: wanted of one decision. cooldown_s: silence per market and side after it.

    Gates. oldest_index_s, oldest_book_s: since the aggregator, and Kalshi's feed, last said how things are.
    index_error_limit_bps: root mean square of the index's measured error over index_error_window_s; where
    nothing was measured there is no gate. closing_s: before the close.
    """

    weights: Weights = Weights()
    required: list[str] = msgspec.field(default_factory=lambda: ["edge", "delay"])
    least_score: float = 1.0
    least_edge_usd: float = 0.02
    limit_edge_usd: float = 0.01
    contracts: float = 10.0
    cooldown_s: float = 5.0
    oldest_index_s: float = 0.5
    oldest_book_s: float = 2.0
    index_error_limit_bps: float = 3.0
    index_error_window_s: float = 120.0
    closing_s: float = 2.0

    def __post_init__(self) -> None:
        check_bounds("signal decision", self, _BOUNDS)
