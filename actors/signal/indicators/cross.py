"""Cross-market consistency: the quarter hour against the hourly strikes that settle on the same average."""

import math
from bisect import bisect_left
from typing import Final, NamedTuple

from actors.settlement import AT_LEAST
from actors.signal.indicators.strikes import deviations, likelihood, mid_of
from messages import MarketDefined

_HALF_CENT_USD = 0.005
_ABOVE: Final = "greater"


class _Strike:
    __slots__ = ("ask_e6", "bid_e6", "close_ns", "recv_ns", "threshold_usd")

    def __init__(self) -> None:
        self.bid_e6 = -1
        self.ask_e6 = -1
        self.recv_ns = 0
        self.close_ns = 0
        self.threshold_usd = 0.0


class Implied(NamedTuple):
    """What the strikes around ours say. probability: of YES at our strike, NaN for none. oldest_ns:
    receive stamp of the older of the two quotes."""

    probability: float
    oldest_ns: int


class CrossMarket:
    """P_hourly(K) - mid, K our strike.

    The hourly markets of the same close settle on the same sixty values; they are asked about the nearest
    strikes K1 < K <= K2 without a wide spread, and between them z = Phi^-1(mid) is taken to run straight,
    as it does for a normal average: P(K) = Phi(z1 + (K - K1) / (K2 - K1) (z2 - z1)).
    Unit: USD per contract. Positive: the hourly market pays more for YES. NaN when the quarter hour does not
    end with an hourly market, when no strike lies on one side of ours, or when the series is not
    subscribed. `greater` counts as strictly above its strike, the others as at least the strike less half
    a cent. *Source*: own form; that both settle on one average is in their rule texts.
    """

    def __init__(self, series: str) -> None:
        self._prefix = series + "-"
        self._strikes: dict[str, _Strike] = {}
        self._by_close: dict[int, list[tuple[float, str]]] = {}

    def follows(self, ticker: str) -> bool:
        """Say whether a market is of the hourly series."""
        return ticker.startswith(self._prefix)

    def define(self, defined: MarketDefined) -> bool:
        """Take a market's definition; say whether it is of the hourly series."""
        if not self.follows(defined.ticker):
            return False
        if defined.strike_e6 <= 0 or defined.strike_type not in AT_LEAST | {_ABOVE}:
            return True
        strike = self._strikes.setdefault(defined.ticker, _Strike())
        shift = 0.0 if defined.strike_type == _ABOVE else _HALF_CENT_USD
        threshold_usd = defined.strike_e6 / 1e6 - shift
        if (strike.close_ns, strike.threshold_usd) != (defined.close_ns, threshold_usd):
            self._unlist(defined.ticker, strike)
            strike.close_ns = defined.close_ns
            strike.threshold_usd = threshold_usd
            listed = self._by_close.setdefault(defined.close_ns, [])
            listed.append((threshold_usd, defined.ticker))
            listed.sort()
        return True

    def quote(self, ticker: str, recv_ns: int, bid_e6: int, ask_e6: int) -> None:
        """Take a quote of the series; of a market that is not defined yet it is kept for when it is."""
        strike = self._strikes.setdefault(ticker, _Strike())
        strike.bid_e6 = bid_e6
        strike.ask_e6 = ask_e6
        strike.recv_ns = recv_ns

    def withdraw(self, ticker: str) -> None:
        """Trust no quote of this market until its next one."""
        if ticker in self._strikes:
            self._strikes[ticker].bid_e6 = self._strikes[ticker].ask_e6 = -1

    def withdraw_all(self) -> None:
        """The same for all."""
        for strike in self._strikes.values():
            strike.bid_e6 = strike.ask_e6 = -1

    def gap(self, to_ns: int) -> None:
        """Trust no quote from before the end of a gap."""
        for strike in self._strikes.values():
            if strike.recv_ns < to_ns:
                strike.bid_e6 = strike.ask_e6 = -1

    def forget(self, before_ns: int) -> None:
        """Drop the markets that closed before a time."""
        for ticker, strike in list(self._strikes.items()):
            if strike.close_ns < before_ns and strike.recv_ns < before_ns:
                self._unlist(ticker, strike)
                del self._strikes[ticker]

    def implied(self, close_ns: int, threshold_usd: float) -> Implied:
        """What the strikes say of P(average >= threshold) for the markets that end at close_ns."""
        listed = self._by_close.get(close_ns)
        if not listed:
            return _NONE
        place = bisect_left(listed, (threshold_usd, ""))
        above = self._usable(listed, range(place, len(listed)))
        if above is None:
            return _NONE
        if above.threshold_usd == threshold_usd:
            return Implied(mid_of(above.bid_e6, above.ask_e6), above.recv_ns)
        below = self._usable(listed, range(place - 1, -1, -1))
        if below is None:
            return _NONE
        share = (threshold_usd - below.threshold_usd) / (above.threshold_usd - below.threshold_usd)
        z_below = deviations(mid_of(below.bid_e6, below.ask_e6))
        z_above = deviations(mid_of(above.bid_e6, above.ask_e6))
        z = z_below + share * (z_above - z_below)
        return Implied(likelihood(z), min(below.recv_ns, above.recv_ns))

    def _usable(self, listed: list[tuple[float, str]], places: range) -> _Strike | None:
        for place in places:
            strike = self._strikes[listed[place][1]]
            if not math.isnan(mid_of(strike.bid_e6, strike.ask_e6)):
                return strike
        return None

    def _unlist(self, ticker: str, strike: _Strike) -> None:
        listed = self._by_close.get(strike.close_ns)
        if listed is not None and (strike.threshold_usd, ticker) in listed:
            listed.remove((strike.threshold_usd, ticker))
            if not listed:
                del self._by_close[strike.close_ns]


_NONE = Implied(math.nan, 0)
