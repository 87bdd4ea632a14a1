"""Whether Kalshi settled a market as the rule says."""

from collections.abc import Mapping
from typing import Final

from actors.settlement import AT_LEAST, WINDOW
from messages import MarketDefined, SettlementAverage, SettlementCompared, SettlementMismatch

OFFICIAL: Final = "official"
_CENT_E6: Final = 10_000


def mismatch(
    compared: SettlementCompared,
    defined: MarketDefined | None,
    averages: Mapping[str, SettlementAverage],
    chosen: str,
    band_bps: float,
    now_ns: int,
) -> SettlementMismatch | None:
    """Hold Kalshi's settlement against sixty known values; None where they agree or are not all known.

    The official values must give Kalshi's average to the cent, and its result. Where they are not all
    known the values of the chosen method stand in: being another measure of the same thing, they may be
    off by the band of the index error, and only what is further off is a mismatch. averages: of the market
    by source, the exact sums where they were said.
    """
    full = {average.method: average for average in compared.averages if average.known == WINDOW}
    source = OFFICIAL if OFFICIAL in full else chosen
    average = full.get(source)
    if average is None:
        return None
    said = averages.get(source)
    exact = said is not None and said.known == WINDOW
    ours_cents = said.average_cents if said is not None and exact else round(average.average_usd * 100)
    ours_result = _result(ours_cents, compared, defined)
    if source == OFFICIAL:
        agrees = ours_cents * _CENT_E6 == compared.expiration_e6 and ours_result in ("", compared.result)
    else:
        agrees = abs(ours_cents * _CENT_E6 / compared.expiration_e6 - 1.0) * 1e4 <= band_bps
    if agrees:
        return None
    return SettlementMismatch(
        ticker=compared.ticker,
        close_ns=compared.close_ns,
        at_ns=now_ns,
        source=source,
        ours_cents=ours_cents,
        expiration_e6=compared.expiration_e6,
        result=compared.result,
        ours_result=ours_result,
    )


def _result(ours_cents: int, compared: SettlementCompared, defined: MarketDefined | None) -> str:
    """Our result by the rule; empty where the strike is not known, or Kalshi's strike is of another rule."""
    if compared.strike_e6 < 0 or (defined is not None and defined.strike_type not in AT_LEAST):
        return ""
    return "yes" if ours_cents * _CENT_E6 >= compared.strike_e6 else "no"
