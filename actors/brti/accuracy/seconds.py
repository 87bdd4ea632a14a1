"""What was compared, second by second, as columns; and what could not be."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from actors.brti.minute import second_of
from actors.market_seconds import MarketSeconds
from messages import IndexCompared, OfficialIndexPublished

Floats = npt.NDArray[np.float64]


class Coverage(msgspec.Struct, frozen=True):
    """How much of the time was compared, and what is amiss with the rest. All but *_ns are counts.

    first_ns, last_ns: the first and the last second of which anything is known; 0 where nothing is.
    seconds: market seconds from first to last, both in. official: of these, seconds with an official value.
    compared: seconds that were compared. absent = seconds - official: nobody received a value.
    not_compared = official - compared: the official value came and we had not computed then. repeated:
    official values of a second that had one already. contradicted: of these, with another value; the
    first one holds. out_of_order: stamped before one received earlier on the same channel. unstamped: without
    any stamp, of no use.
    """

    first_ns: int
    last_ns: int
    seconds: int
    official: int
    compared: int
    absent: int
    not_compared: int
    repeated: int
    contradicted: int
    out_of_order: int
    unstamped: int


class Columns(NamedTuple):
    """The compared seconds in order of time, each once; nan where a method had no value.

    left_out: the venues that were not in the value, sorted, comma between them.
    """

    second: npt.NDArray[np.int64]
    official_usd: Floats
    sigma_bps: Floats
    left_out: list[str]
    value_usd: dict[str, Floats]
    error_bps: dict[str, Floats]


def columns(compared: Sequence[IndexCompared], seconds: MarketSeconds) -> Columns:
    """Bring the comparisons into columns.

    A second may have been compared twice, by two runs of the actor: the comparison with more methods
    counts, of equal ones the first.
    """
    best: dict[int, IndexCompared] = {}
    for message in compared:
        second = seconds.nearest(message.stamp_ns)
        before = best.get(second)
        if before is None or len(message.errors) > len(before.errors):
            best[second] = message
    in_order = sorted(best)
    rows = [best[second] for second in in_order]
    methods = sorted({error.method for row in rows for error in row.errors})
    value_usd = {method: np.full(len(rows), np.nan) for method in methods}
    error_bps = {method: np.full(len(rows), np.nan) for method in methods}
    for number, row in enumerate(rows):
        for error in row.errors:
            value_usd[error.method][number] = error.value_usd
            error_bps[error.method][number] = error.error_bps
    return Columns(
        np.array(in_order, dtype=np.int64),
        np.array([row.official_e6 for row in rows], dtype=np.float64) / 1e6,
        np.array([row.sigma_bps for row in rows], dtype=np.float64),
        [", ".join(sorted(row.left_out)) for row in rows],
        value_usd,
        error_bps,
    )


def coverage(
    second: npt.NDArray[np.int64], official: Sequence[OfficialIndexPublished], seconds: MarketSeconds
) -> Coverage:
    """Count what is there and what is not. official: in order of receipt, those between seconds too."""
    values: dict[int, int] = {}
    on_channel: set[tuple[int, int]] = set()
    newest: dict[int, int] = {}
    repeated = contradicted = out_of_order = unstamped = 0
    for published in official:
        if published.source_ns < newest.get(published.hz, 0):
            out_of_order += 1
        newest[published.hz] = max(newest.get(published.hz, 0), published.source_ns)
        unstamped += published.source_ns <= 0
        of = second_of(published.source_ns, seconds)
        if of is None:
            continue
        repeated += (published.hz, of) in on_channel
        on_channel.add((published.hz, of))
        contradicted += values.setdefault(of, published.value_e6) != published.value_e6
    compared = set(second.tolist())
    known = compared | values.keys()
    if not known:
        return Coverage(0, 0, 0, 0, 0, 0, 0, repeated, contradicted, out_of_order, unstamped)
    first, last = min(known), max(known)
    span = last - first + 1
    return Coverage(
        first_ns=seconds.begin_ns(first),
        last_ns=seconds.begin_ns(last),
        seconds=span,
        official=len(known),
        compared=len(compared),
        absent=span - len(known),
        not_compared=len(known) - len(compared),
        repeated=repeated,
        contradicted=contradicted,
        out_of_order=out_of_order,
        unstamped=unstamped,
    )
