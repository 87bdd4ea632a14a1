"""What the paper trader can be told."""

from typing import Literal

import msgspec

from actors.bounds import Bounds, check_bounds

_BOUNDS: Bounds = {
    "latency_ms": (0.0, 60_000.0),
    "book_stale_s": (0.1, 60.0),
    "exit_edge_usd": (-1.0, 1.0),
    "exit_cooldown_s": (0.0, 3600.0),
    "max_contracts": (0.0, 1e6),
    "max_open_cost_usd": (0.0, 1e9),
    "max_loss_day_usd": (0.0, 1e9),
    "max_orders": (0, 1_000_000),
    "speed": (1.0, 900.0),
}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The paper trader's settings.

    latency_ms: from the decision to the book that its order meets; divided by `speed`, so that a run of
    the simulator at any speed gives the market the same time to move. fee_rounding: `direct`,
    `non-direct` or `cent`. book_stale_s: real seconds; an order that meets a book which nobody has
    confirmed for longer is refused. exit: `hold` to settlement, or `edge`: sell when the bid, net of the
    fee, is worth exit_edge_usd more than the fair value. exit_cooldown_s: market seconds between two
    exits of a market. max_contracts, max_orders: per market. max_open_cost_usd: paid for all that is not
    settled. max_loss_day_usd: all that could be lost by the end of the day, UTC, if everything open
    came to nothing.
    """

    latency_ms: float = 100.0
    fee_rounding: Literal["direct", "non-direct", "cent"] = "direct"
    book_stale_s: float = 3.0
    exit: Literal["hold", "edge"] = "hold"
    exit_edge_usd: float = 0.01
    exit_cooldown_s: float = 5.0
    max_contracts: float = 100.0
    max_open_cost_usd: float = 500.0
    max_loss_day_usd: float = 500.0
    max_orders: int = 50
    speed: float = 1.0

    def __post_init__(self) -> None:
        check_bounds("paper", self, _BOUNDS)
