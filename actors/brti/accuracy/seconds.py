"""What was compared, second by second, as columns; and what could not be."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from actors.market_seconds import SECOND_NS, STAMP_TOLERANCE_NS, MarketSeconds
from messages import IndexCompared, OfficialIndexPublished

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Coverage(msgspec.Struct, frozen=True):
    """How much of the time was compared, and what is amiss with the rest. All but *_ns are counts.

    first_ns, last_ns: the first and the last second of which anything is known; 0 where nothing is.
    seconds: market seconds from first to last, both in. official: of these, seconds with an official value.
    compared: seconds that were compared. absent = seconds - official: nobody received a value.
    not_compared = official - compared: the official value came, but nothing was computed then. repeated:
    official values of a second that had come on the same channel already. contradicted: that differ from
    the second's first, which holds. out_of_order: stamped before one received earlier on the same
    channel. unstamped: without a stamp, of no use.
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

    left_out: the venues that were not in the value, sorted, comma between them; `none` where all were in,
    `not computed` where our own grid passed over the second.
    """

    second: Integers
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
        [", ".join(sorted(row.left_out)) or ("none" if row.errors else "not computed") for row in rows],
        value_usd,
        error_bps,
    )


class Official(NamedTuple):
    """Official values as columns, in order of receipt."""

    source_ns: Integers
    recv_ns: Integers
    hz: Integers
    value_e6: Integers


def official_columns(official: Sequence[OfficialIndexPublished]) -> Official:
    """Bring the official values into columns, just as they came."""
    count = len(official)
    return Official(
        np.fromiter((published.source_ns for published in official), np.int64, count),
        np.fromiter((published.recv_ns for published in official), np.int64, count),
        np.fromiter((published.hz for published in official), np.int64, count),
        np.fromiter((published.value_e6 for published in official), np.int64, count),
    )


class Series(NamedTuple):
    """One method's values of grid times; 0.0 is no value."""

    stamps_ns: Integers
    usd: Floats


def series_columns(series: Sequence[tuple[int, float]]) -> Series:
    """Bring (stamp_ns, value_usd) into columns."""
    return Series(
        np.fromiter((stamp_ns for stamp_ns, _ in series), np.int64, len(series)),
        np.fromiter((usd for _, usd in series), np.float64, len(series)),
    )


def numbered(stamps_ns: Integers, clock: MarketSeconds, tolerance_ns: int) -> tuple[Integers, Mask]:
    """The number of the nearest second of a clock, and whether the stamp lies at its beginning.

    0 is no stamp, and lies nowhere.
    """
    newest = clock.nearest(int(stamps_ns.max(initial=0)))
    away_ns = (stamps_ns - clock.begin_ns(newest)).astype(np.float64)
    step_ns = SECOND_NS / clock.speed
    steps = np.rint(away_ns / step_ns)
    on = (np.abs(away_ns - steps * step_ns) <= tolerance_ns) & (stamps_ns > 0)
    return steps.astype(np.int64) + newest, on


def coverage(second: Integers, official: Official, seconds: MarketSeconds) -> Coverage:
    """Count what is there and what is not. second: the compared ones."""
    stamped = official.source_ns > 0
    source_ns, hz, value_e6 = (
        column[stamped] for column in (official.source_ns, official.hz, official.value_e6)
    )
    number, on = numbered(source_ns, seconds, STAMP_TOLERANCE_NS)
    number, value_e6, channel = number[on], value_e6[on], hz[on]
    of, first, again = np.unique(number, return_index=True, return_inverse=True)
    repeated = sum(
        len(of_channel) - len(np.unique(of_channel))
        for of_channel in (number[channel == one] for one in np.unique(channel))
    )
    contradicted = int((value_e6 != value_e6[first][again]).sum())
    out_of_order = sum(_falls(source_ns[hz == one]) for one in np.unique(hz))
    unstamped = int((~stamped).sum())
    known = np.union1d(of, second)
    if not len(known):
        return Coverage(0, 0, 0, 0, 0, 0, 0, repeated, contradicted, out_of_order, unstamped)
    span = int(known[-1] - known[0]) + 1
    return Coverage(
        first_ns=seconds.begin_ns(int(known[0])),
        last_ns=seconds.begin_ns(int(known[-1])),
        seconds=span,
        official=len(known),
        compared=len(second),
        absent=span - len(known),
        not_compared=len(known) - len(second),
        repeated=repeated,
        contradicted=contradicted,
        out_of_order=out_of_order,
        unstamped=unstamped,
    )


def _falls(stamps_ns: Integers) -> int:
    return int((stamps_ns[1:] < np.maximum.accumulate(stamps_ns)[:-1]).sum())
