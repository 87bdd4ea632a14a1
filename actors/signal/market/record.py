"""One market as the signal actor knows it: definition, quote, trades, settlement so far, and their trust."""

import math

from actors.fees import multiplier_e6
from actors.market_status import OPEN_STATUSES
from actors.settlement import AT_LEAST
from actors.signal.market.trades import Trades
from actors.standing import ABSENT, STALE, Standing
from messages import MarketDefined, MarketQuoteChanged, SettlementAverage


class MarketRecord:
    """The newest word on everything about one market; its rows in the log are named by their numbers.

    defined holds the strike with its source, opening, close, ticks, fee type and multiplier, result and
    settlement value. averages: the settlement average so far, by source. The levels of its book stand
    with the indicators.
    """

    __slots__ = (
        "_flaw",
        "averages",
        "book_seq",
        "defined",
        "defined_seq",
        "fee_multiplier_e6",
        "quote",
        "quote_seq",
        "standing",
        "ticker",
        "trades",
    )

    def __init__(self, ticker: str) -> None:
        self.ticker = ticker
        self.defined: MarketDefined | None = None
        self._flaw = ""
        self.defined_seq = 0
        self.quote: MarketQuoteChanged | None = None
        self.quote_seq = 0
        self.book_seq = 0
        self.standing = Standing()
        self.fee_multiplier_e6: int | None = None
        self.trades = Trades()
        self.averages: dict[str, SettlementAverage] = {}

    def define(self, defined: MarketDefined, seq: int) -> None:
        """Take the market's definition."""
        self.defined = defined
        self.defined_seq = seq
        self.fee_multiplier_e6 = multiplier_e6(defined.fee_type, defined.fee_multiplier)
        self._flaw = _flaw(defined)

    def open_at(self, now_ns: int) -> bool:
        """Whether the market runs, by the clock."""
        return self.defined is not None and self.defined.open_ns <= now_ns < self.defined.close_ns

    def not_priced(self, now_ns: int) -> str:
        """Say why the market has no price of its own now; empty if it has."""
        defined = self.defined
        if defined is None:
            return "the market is not defined yet"
        if now_ns < defined.open_ns:
            return "the market is not open yet"
        if now_ns >= defined.close_ns:
            return "the market is closed"
        return self._flaw

    def book_trouble(self, now_ns: int, limit_ns: int) -> str:
        """Say why the market's quote must not be used; empty if it may."""
        trouble = self.standing.trouble(now_ns, limit_ns)
        if trouble == ABSENT:
            return "no book yet"
        if trouble == STALE:
            return f"the book is older than {limit_ns / 1e9:g} s"
        return "the book is withdrawn" if trouble else ""

    def confirmed_age_s(self, now_ns: int) -> float:
        """How long ago the feed last said that the quote stands; infinite if it does not."""
        if not self.standing.stands():
            return math.inf
        return abs(now_ns - self.standing.until_ns(0)) / 1e9


def _flaw(defined: MarketDefined) -> str:
    """Why a market of this definition has no price of its own at any time; empty if it has."""
    if defined.status == "inactive":
        return "the market is paused"
    if defined.status not in OPEN_STATUSES:
        return f"the market is {defined.status}"
    if defined.strike_e6 < 0:
        return "the strike is not known yet"
    if defined.strike_type not in AT_LEAST:
        return f"strike type {defined.strike_type} is not priced"
    return ""
