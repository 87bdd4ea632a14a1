"""One contract: what it is, where it stands in its life, its book and what was traded."""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from simulator.kalshi.contract_book import NO, YES, ContractBook, Print
from simulator.kalshi.ladder import E4, Ladder

INITIALIZED = "initialized"
ACTIVE = "active"
INACTIVE = "inactive"
CLOSED = "closed"
DETERMINED = "determined"
FINALIZED = "finalized"


class Traded(NamedTuple):
    """One trade as it was printed."""

    trade_id: str
    print: Print
    at_ns: int


@dataclass
class Market:
    """A market. strike_cents: None until it is known. settled_cents: None until determined.

    volume, open_interest in hundredths of a contract; turnover_e6 in millionths of a dollar.
    """

    series: str
    event_ticker: str
    ticker: str
    market_id: str
    ladder: Ladder
    at_least: bool  # YES at the strike itself: greater_or_equal; else strictly greater
    created_ns: int
    open_ns: int
    close_ns: int
    timer_s: int
    strike_cents: int | None = None
    status: str = INITIALIZED
    updated_ns: int = 0
    settled_cents: int | None = None
    result: str = ""
    determined_ns: int = 0
    finalized_ns: int = 0
    book: ContractBook = field(init=False)
    trades: deque[Traded] = field(default_factory=lambda: deque(maxlen=2000))
    last_rung: int = -1
    last_count: int = 0
    volume: int = 0
    open_interest: int = 0
    turnover_e6: int = 0

    def __post_init__(self) -> None:
        self.book = ContractBook(self.ladder)
        self.updated_ns = self.created_ns

    def traded(self, trade_id: str, printed: Print, at_ns: int) -> None:
        """Count a trade."""
        self.trades.append(Traded(trade_id, printed, at_ns))
        self.last_rung, self.last_count = printed.rung, printed.hundredths
        self.volume += printed.hundredths
        self.turnover_e6 += printed.hundredths * self.ladder.rungs[printed.rung]
        # About two in five trades open a position on both sides.
        self.open_interest += printed.hundredths * 2 // 5

    def determine(self, settled_cents: int, at_ns: int) -> None:
        """Fix the result. Without a strike, or without data, a market resolves No."""
        self.settled_cents = settled_cents
        strike = self.strike_cents
        reached = strike is not None and (
            settled_cents >= strike if self.at_least else settled_cents > strike
        )
        self.result = YES if reached else NO
        self.status = DETERMINED
        self.determined_ns = self.updated_ns = at_ns

    def last_e4(self) -> int:
        """Last traded YES price in units of 0.0001, 0 before the first trade."""
        return self.ladder.rungs[self.last_rung] if self.last_rung >= 0 else 0

    def quote_e4(self) -> tuple[int, int, int, int]:
        """Best YES bid and ask in units of 0.0001, and their sizes; an empty side: 0 or 1 dollar, size 0."""
        bid, ask = self.book.best_bid(), self.book.best_ask()
        rungs = self.ladder.rungs
        return (
            rungs[bid] if bid >= 0 else 0,
            rungs[ask] if ask >= 0 else E4,
            self.book.yes[bid] if bid >= 0 else 0,
            self.book.no[ask] if ask >= 0 else 0,
        )
