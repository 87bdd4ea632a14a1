"""Made-up days: comparisons and official values, second by second."""

from collections.abc import Mapping, Sequence

from messages import IndexCompared, MethodError, OfficialIndexPublished

S = 1_000_000_000
MS = 1_000_000
BASE = 1_700_000_100
"""A whole quarter of an hour."""


def comparison(
    second: float,
    official_usd: float,
    values: Mapping[str, float],
    sigma_bps: float = 0.2,
    left_out: Sequence[str] = (),
) -> IndexCompared:
    stamp_ns = round((BASE + second) * 1000) * MS
    errors = [MethodError(method, usd, (usd / official_usd - 1) * 1e4) for method, usd in values.items()]
    return IndexCompared(
        "BRTI", stamp_ns, stamp_ns, stamp_ns, round(official_usd * 1e6), errors, sigma_bps, list(left_out)
    )


def official(second: float, usd: float, late_ms: int = 300, hz: int = 1) -> OfficialIndexPublished:
    stamp_ns = round((BASE + second) * 1000) * MS
    return OfficialIndexPublished(
        "BRTI", 1, stamp_ns + late_ms * MS, stamp_ns, hz, round(usd * 1e6), -1, -1, 0
    )
