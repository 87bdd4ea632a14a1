"""The trades of one market, summed up exactly."""

from messages import MarketTraded


class Trades:
    """How many, how much and what for, as far as this run has seen.

    seq: of the newest in the market feed's log, 0 before any.
    """

    __slots__ = ("cost_e8", "count", "count_e2", "last_e6", "seq", "stamp_ns")

    def __init__(self) -> None:
        self.seq = 0
        self.stamp_ns = 0
        self.count = 0
        self.count_e2 = 0
        self.cost_e8 = 0
        self.last_e6 = -1

    def take(self, traded: MarketTraded, seq: int) -> None:
        """Take a trade at a YES price."""
        self.seq = seq
        self.stamp_ns = traded.recv_ns
        self.count += 1
        self.count_e2 += traded.count_e2
        self.cost_e8 += traded.price_e6 * traded.count_e2
        self.last_e6 = traded.price_e6
