"""Polymarket's quarter hour, re-priced to Kalshi's strike and fixing.

It settles on a different source: never call the two riskless together. Polymarket pays on one price of
Chainlink's BTC/USD stream at the end against one at the start, Kalshi on the mean of sixty values of the
index against a strike; both sides of what looks like an arbitrage can lose.
"""

import math

from actors.signal.indicators.strikes import deviations, likelihood, mid_of
from actors.standing import Standing
from messages import FairValue, FeedHealth

_WINDOW = 60
LEAST_LEFT_S = 1.0
"""Of market time: with less left there is no spread of outcomes from which a price could be read."""
SAME_CLOSE_NS = 50_000_000
"""The two name the end of a quarter hour in clocks of their own precision."""
FARTHEST = 2.5
"""Standard deviations: farther out, one tick of the quote moves the price that is read from it too far."""


class PolymarketGap:
    """P_Kalshi(S') - mid, S' the index now as Polymarket's mid u implies it.

    1. S' = B0 + Phi^-1(u) S sigma sqrt(left): the Up token is worth u when the price now lies that far
       above the start's. B0 is our own index at the start; that the sources lie apart drops out as far as
       it was the same then as it is now. Where our index at the start was not seen, the start's price by
       their source stands in.
    2. P_Kalshi(S') = Phi(Phi^-1(p) + (S' - S) (open / 60) / sd), p and sd the fair value's probability and
       standard deviation, open: how many of the sixty settlement values are still to come.

    Unit: USD per contract. Positive: Polymarket pays more for YES. NaN without a quote of the market with
    the same close that its feed stands behind, or with a wide one, or one beyond 2.5 standard deviations;
    without B0; while the fair value is withheld; when p is 0 or 1; in the last second. *Source*: own
    derivation; Polymarket's rule as in its market text.
    """

    def __init__(self, stale_ns: int) -> None:
        """stale_ns: since Polymarket's feed last spoke, real time."""
        self._stale_ns = stale_ns
        self.standing = Standing()
        self._close_ns = 0
        self._z = math.nan
        self._reference_usd = 0.0
        self.recv_ns = 0

    def take(self, close_ns: int, recv_ns: int, bid_e6: int, ask_e6: int, reference_usd: float) -> None:
        """Take the Up token's quote of the market that ends at close_ns. reference_usd: 0.0 if unknown."""
        self.standing.quoted(recv_ns)
        self._close_ns = close_ns
        self._z = deviations(mid_of(bid_e6, ask_e6))
        self._reference_usd = reference_usd
        self.recv_ns = recv_ns

    def health(self, health: FeedHealth) -> None:
        """Take the feed's report on itself: a quiet quote stands while its feed says so."""
        self.standing.health(health)

    def value(
        self, now_ns: int, close_ns: int, start_usd: float, left_s: float, fair: FairValue, mid_usd: float
    ) -> float:
        """The gap now. start_usd: our index at the start, 0.0 if not seen. left_s: market seconds."""
        z = self._z
        if abs(close_ns - self._close_ns) > SAME_CLOSE_NS or left_s < LEAST_LEFT_S:
            return math.nan
        if not -FARTHEST <= z <= FARTHEST:  # nor NaN
            return math.nan
        if fair.withheld or fair.sd_usd <= 0.0 or self.standing.trouble(now_ns, self._stale_ns):
            return math.nan
        start_usd = start_usd or self._reference_usd
        z_fair = deviations(fair.probability)
        if start_usd <= 0.0 or math.isnan(z_fair):
            return math.nan
        implied_usd = start_usd + z * fair.index_usd * fair.sigma * math.sqrt(left_s)
        open_share = (_WINDOW - fair.known - len(fair.missing)) / _WINDOW
        return likelihood(z_fair + (implied_usd - fair.index_usd) * open_share / fair.sd_usd) - mid_usd
