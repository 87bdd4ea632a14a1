"""Every indicator of the running market together: what each is fed, and all their values at once."""

import math

from actors.fees import Rounding
from actors.market_seconds import MarketSeconds
from actors.signal.indicators.settings import IndicatorSettings
from messages import (
    INDICATORS,
    FairValue,
    IndexCompared,
    IndexValue,
    Level,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketDefined,
    MarketQuoteChanged,
    MarketTraded,
    OfficialIndexPublished,
    QuoteChanged,
)


class IndicatorSet:
    """Fed with every record that matters, it gives the indicators of the market that a fair value is of.

    Reads no clock: time comes with the records and with `values`. Several markets may be fed at once (the
    running one, the upcoming one, hourly strikes); each keeps its own state until `forget`.
    """

    def __init__(self, settings: IndicatorSettings, seconds: MarketSeconds, rounding: Rounding) -> None:
        self._settings = settings
        self._seconds = seconds
        self._rounding = rounding

    # -- the index

    def take_index(self, value: IndexValue) -> None:
        """Take a value of the chosen method, whether or not it moved; others are passed over."""

    def take_official(self, published: OfficialIndexPublished) -> None:
        """Take a value of the official index, of either stream."""

    def take_compared(self, compared: IndexCompared) -> None:
        """Take how far each method was off in one second."""

    # -- Kalshi

    def take_definition(self, defined: MarketDefined) -> None:
        """Take a market's definition: of our series, or of the one whose strikes are set against ours."""

    def take_book(self, snapshot: MarketBookSnapshot) -> None:
        """Take a whole book."""

    def take_change(self, changed: MarketBookChanged) -> None:
        """Take one level's new count."""

    def take_quote(self, quote: MarketQuoteChanged) -> None:
        """Take a market's best bid and ask; of the hourly strikes nothing else is needed."""

    def take_trade(self, traded: MarketTraded) -> None:
        """Take a trade."""

    def withdraw(self, ticker: str) -> None:
        """Trust no book of this market until its next snapshot; begin its windows anew."""

    def withdraw_all(self) -> None:
        """The same for every market: the feed closed, started anew, or has a gap."""

    def forget(self, ticker: str) -> None:
        """Drop a market that is over."""

    # -- others

    def take_venue_quote(self, quote: QuoteChanged) -> None:
        """Take the quote of a venue that may lead the index."""

    def withdraw_venue(self, venue: str) -> None:
        """Trust no quote of this venue until its next one."""

    def take_polymarket(
        self, close_ns: int, recv_ns: int, bid_e6: int, ask_e6: int, reference_usd: float
    ) -> None:
        """Take the quote of Polymarket's Up token for the quarter hour that ends at close_ns.

        bid_e6, ask_e6: -1 for an empty side. reference_usd: the price it started at by its own source; 0.0
        while unknown.
        """

    def withdraw_polymarket(self) -> None:
        """Trust no quote of Polymarket until its next one."""

    # -- out

    def values(self, now_ns: int, fair: FairValue) -> tuple[list[float], list[int]]:
        """Every indicator in the order of INDICATORS, and the age in ms of the oldest input of each.

        Positive speaks for YES, in the edges of NO as well: the values `edge-no` and `maker-edge-no` are
        what buying NO would bring, with the sign turned round. NaN: none, and its age is -1. Call it once
        for every fair value said, in the order of their times: the delay remembers them. fair: index_usd 0
        means that the index must not be used, bid_e6 and ask_e6 both -1 that the book must not.
        """
        return [math.nan] * len(INDICATORS), [-1] * len(INDICATORS)

    def levels(self, ticker: str, most: int) -> tuple[list[Level], list[Level]]:
        """The best bids and asks of a market as (price_e6, count_e2), best first; empty while not trusted."""
        return [], []
