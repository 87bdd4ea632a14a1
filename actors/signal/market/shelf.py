"""All markets that are still of interest, and which of each series runs."""

from typing import Final

from actors.signal.market.record import MarketRecord
from messages import MarketRoleChanged

KEPT_NS: Final = 600_000_000_000
"""How long after its close a market is kept, in market time: until Kalshi has settled it."""
SHORTEST_KEPT_NS: Final = 60_000_000_000


class Shelf:
    """The records of markets by ticker, and the running one of each series that is priced."""

    def __init__(self, series: list[str], speed: float) -> None:
        self._series = frozenset(series)
        self._kept_ns = max(SHORTEST_KEPT_NS, round(KEPT_NS / speed))
        self.markets: dict[str, MarketRecord] = {}
        self.running: dict[str, str] = {}
        """Of each priced series that the feed has spoken of: its running market, empty for none."""

    def market(self, ticker: str) -> MarketRecord:
        """The record of a market, a new one if need be."""
        found = self.markets.get(ticker)
        if found is None:
            found = self.markets[ticker] = MarketRecord(ticker)
        return found

    def priced(self, series: str) -> bool:
        """Whether markets of this series get a fair value."""
        return series in self._series

    def runs(self, ticker: str) -> bool:
        """Whether this is the running market of a priced series."""
        return ticker in self.running.values()

    def take_role(self, role: MarketRoleChanged) -> tuple[bool, list[str]]:
        """Take which market runs; say whether that is news of a priced series, and what was dropped."""
        news = self.priced(role.series) and self.running.get(role.series) != role.running
        if news:
            self.running[role.series] = role.running
        over = [
            ticker
            for ticker, market in self.markets.items()
            if market.defined is not None
            and market.defined.close_ns + self._kept_ns < role.at_ns
            and not self.runs(ticker)
        ]
        for ticker in over:
            del self.markets[ticker]
        return news, over
