"""One market's closing minute: its values, its average so far, and what each source made of it."""

from collections.abc import Mapping
from typing import Protocol

from actors.settlement import AT_LEAST, WINDOW, Window, least_sum_cents, mean_cents
from messages import MarketDefined, MethodAverage, SettlementAverage, SettlementCompared

OFFICIAL = "official"
_CENT_E6 = 10_000


class Closed(Protocol):
    """A market that Kalshi has settled, as MarketDefined or another listing gives it."""

    @property
    def ticker(self) -> str: ...
    @property
    def close_ns(self) -> int: ...
    @property
    def strike_e6(self) -> int: ...
    @property
    def expiration_e6(self) -> int: ...
    @property
    def result(self) -> str: ...


class Minute:
    """A market, and the values of its closing minute by source and second, in cents."""

    __slots__ = ("cents", "close", "compared", "market", "said")

    def __init__(self, market: MarketDefined, close: int) -> None:
        self.market = market
        self.close = close
        self.cents: dict[str, dict[int, int]] = {}
        self.said: dict[str, object] = {}
        self.compared = False

    def put(self, source: str, second: int, cents: int) -> None:
        """Take a value, if it is one of the sixty."""
        if self.close - WINDOW <= second < self.close:
            self.cents.setdefault(source, {})[second] = cents

    def strike_cents(self) -> int:
        """The least settlement value that pays YES; -1 where no strike is known that this rule settles."""
        if self.market.strike_e6 <= 0 or self.market.strike_type not in AT_LEAST:
            return -1
        return -(-self.market.strike_e6 // _CENT_E6)

    def ready(self, passed: int) -> bool:
        """Whether it is settled, was seen, and is whole or past hope: up to `passed` no value will come."""
        if self.compared or self.market.expiration_e6 <= 0 or not self.cents:
            return False
        return passed >= self.close - 1 or all(len(cents) == WINDOW for cents in self.cents.values())


def average(minute: Minute, source: str, window: Window, stamp_ns: int, at_ns: int) -> SettlementAverage:
    """State the average as far as the window goes; integers throughout."""
    strike_cents = minute.strike_cents()
    left = WINDOW - window.known
    required_cents = least_sum_cents(strike_cents) - window.sum_cents if strike_cents > 0 else 0
    result = ""
    if left == 0 and strike_cents > 0:
        result = "yes" if required_cents <= 0 else "no"
    return SettlementAverage(
        ticker=minute.market.ticker,
        source=source,
        close_ns=minute.market.close_ns,
        at_ns=at_ns,
        stamp_ns=stamp_ns,
        known=window.known,
        sum_cents=window.sum_cents,
        average_cents=mean_cents(window.sum_cents, window.known) if window.known else 0,
        remaining=left - len(window.missing),
        missing=window.missing,
        strike_cents=strike_cents,
        required_sum_cents=required_cents,
        required_usd=required_cents / (100 * left) if left else 0.0,
        locked_share=window.known / WINDOW,
        result=result,
    )


def compare(market: Closed, cents: Mapping[str, Mapping[int, int]], at_ns: int) -> SettlementCompared:
    """Compare each source's average with Kalshi's. cents: of the market's minute, by source and second."""
    averages = []
    for source in sorted(cents, key=lambda name: (name != OFFICIAL, name)):
        values = cents[source].values()
        if values:
            usd = mean_cents(sum(values), len(values)) / 100
            error_bps = (usd / (market.expiration_e6 / 1e6) - 1.0) * 1e4
            averages.append(MethodAverage(source, usd, len(values), error_bps))
    return SettlementCompared(
        ticker=market.ticker,
        close_ns=market.close_ns,
        at_ns=at_ns,
        strike_e6=market.strike_e6,
        expiration_e6=market.expiration_e6,
        result=market.result,
        averages=averages,
    )


def cents_of_e6(value_e6: int) -> int:
    """Round half-up to whole cents."""
    return (2 * value_e6 + _CENT_E6) // (2 * _CENT_E6)
