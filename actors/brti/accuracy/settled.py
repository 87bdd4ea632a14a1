"""What each method made of the settlement minutes that Kalshi has settled."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from actors.brti.accuracy.direction import Agreement, judged, wilson
from actors.brti.accuracy.errors_table import QUARTER_S, MethodErrors, method_errors
from actors.brti.accuracy.seconds import Floats, Integers, numbered, official_columns, series_columns
from actors.brti.minute import OFFICIAL, Closed, compare
from actors.market_seconds import STAMP_TOLERANCE_NS, MarketSeconds
from actors.settlement import WINDOW
from messages import MethodAverage, OfficialIndexPublished, SettlementCompared

OWN_TOLERANCE_NS = 1
"""Our own stamps are whole nanoseconds."""


class Average(msgspec.Struct, frozen=True):
    """One method's settlement average of one market. known: of the sixty values. error_bps: of the average.

    result: `yes` or `no` by this average and the strike; empty where the strike is not known.
    """

    method: str
    average_usd: float
    known: int
    error_bps: float
    result: str


class SettledMarket(msgspec.Struct, frozen=True):
    """One settled market. strike_usd: None where it was never known. result: Kalshi's, `yes` or `no`.

    averages: what each method (and `official`, where its values came) makes of the minute.
    """

    ticker: str
    close_ns: int
    strike_usd: float | None
    expiration_usd: float
    result: str
    averages: list[Average]


class SettledMethod(msgspec.Struct, frozen=True):
    """One method over all settled markets; only minutes of which it knew all sixty values are judged.

    errors: of its averages; `missing` in it counts the markets that are left out, because values were
    missing in the minute or because the method was not there. judged: markets whose strike is known.
    right: of these, those in which its average falls on the side that Kalshi paid. share = right / judged,
    low, high: Wilson's interval of 95 %; None where none was judged.
    """

    method: str
    errors: MethodErrors
    judged: int
    right: int
    share: float | None
    low: float | None
    high: float | None


class Settled(msgspec.Struct, frozen=True):
    """The settled markets, each once, in order of their close.

    direction: of the settlement average from one market to the next, which is what the market pays on:
    the official average from strike to expiration value, the method's from its own average of the minute
    before the open to its own before the close. An equal official average is not counted but told
    (`unchanged`), though the contract pays YES there.
    """

    markets: list[SettledMarket]
    methods: list[SettledMethod]
    direction: list[Agreement]


def settled(compared: Sequence[SettlementCompared], seconds: MarketSeconds) -> Settled:
    """Sum up the settled markets.

    A market may have been compared twice: the comparison with more values counts, of equal ones the first.
    """
    best: dict[str, SettlementCompared] = {}
    for message in compared:
        before = best.get(message.ticker)
        if before is None or _values(message) > _values(before):
            best[message.ticker] = message
    markets = sorted(best.values(), key=lambda market: (market.close_ns, market.ticker))
    methods = sorted({one.method for market in markets for one in market.averages})
    return Settled(
        markets=[_market(market) for market in markets],
        methods=[_method(method, markets) for method in methods],
        direction=[_direction(method, markets, seconds) for method in methods if method != OFFICIAL],
    )


def compare_settled(
    markets: Sequence[Closed],
    series: Mapping[str, Sequence[tuple[int, float]]],
    official: Sequence[OfficialIndexPublished],
    seconds: MarketSeconds,
    at_ns: int,
) -> list[SettlementCompared]:
    """Compare settled markets with what was recorded; markets of whose minute nothing was are left out.

    series: by method, (stamp_ns, value_usd) of grid times, 0.0 for no value.
    """
    received = official_columns(official)
    cents = {OFFICIAL: _on_seconds(received.source_ns, received.value_e6 / 1e4, seconds, STAMP_TOLERANCE_NS)}
    for method, values in series.items():
        stamps_ns, usd = series_columns(values)
        cents[method] = _on_seconds(stamps_ns, usd * 100.0, seconds, OWN_TOLERANCE_NS)
    found = []
    for market in markets:
        close = seconds.nearest(market.close_ns)
        window = range(close - WINDOW, close)
        of_minute = {
            source: {second: values[second] for second in window if second in values}
            for source, values in cents.items()
        }
        if market.expiration_e6 > 0 and any(of_minute.values()):
            found.append(compare(market, of_minute, at_ns))
    return found


def _on_seconds(
    stamps_ns: Integers, cents: Floats, seconds: MarketSeconds, tolerance_ns: int
) -> dict[int, int]:
    """The first value of each second, half-up to whole cents."""
    number, on = numbered(stamps_ns, seconds, tolerance_ns)
    on &= cents > 0.0
    second, first = np.unique(number[on], return_index=True)
    whole = np.floor(cents[on][first] + 0.5).astype(np.int64)
    return dict(zip(second.tolist(), whole.tolist(), strict=True))


def _values(market: SettlementCompared) -> int:
    return sum(one.known for one in market.averages)


def _market(market: SettlementCompared) -> SettledMarket:
    return SettledMarket(
        ticker=market.ticker,
        close_ns=market.close_ns,
        strike_usd=market.strike_e6 / 1e6 if market.strike_e6 > 0 else None,
        expiration_usd=market.expiration_e6 / 1e6,
        result=market.result,
        averages=[
            Average(one.method, one.average_usd, one.known, one.error_bps, _side(one, market))
            for one in market.averages
        ],
    )


def _side(one: MethodAverage, market: SettlementCompared) -> str:
    if market.strike_e6 <= 0:
        return ""
    return "yes" if round(one.average_usd * 1e6) >= market.strike_e6 else "no"


def _whole(method: str, market: SettlementCompared) -> MethodAverage | None:
    """The method's average, if it rests on all sixty values."""
    return next((one for one in market.averages if one.method == method and one.known == WINDOW), None)


def _method(method: str, markets: Sequence[SettlementCompared]) -> SettledMethod:
    errors = np.full(len(markets), np.nan)
    judged_count = right = 0
    for number, market in enumerate(markets):
        one = _whole(method, market)
        if one is None:
            continue
        errors[number] = one.error_bps
        if market.strike_e6 > 0 and market.result in ("yes", "no"):
            judged_count += 1
            right += _side(one, market) == market.result
    share, low, high = wilson(right, judged_count)
    return SettledMethod(method, method_errors(method, errors), judged_count, right, share, low, high)


def _direction(method: str, markets: Sequence[SettlementCompared], seconds: MarketSeconds) -> Agreement:
    by_close = {seconds.nearest(market.close_ns): market for market in markets}
    official: list[float] = []
    ours: list[float] = []
    official_missing = 0
    for close, market in by_close.items():
        if market.strike_e6 <= 0:
            official_missing += 1
            continue
        official.append(float(market.expiration_e6 - market.strike_e6))
        before = by_close.get(close - QUARTER_S)
        first = _whole(method, before) if before is not None else None
        last = _whole(method, market)
        ours.append(last.average_usd - first.average_usd if first and last else np.nan)
    return judged(method, QUARTER_S, _floats(official), _floats(ours), official_missing)


def _floats(values: list[float]) -> Floats:
    return np.array(values, dtype=np.float64)
