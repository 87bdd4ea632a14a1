"""Markets -> the columns that are fitted on."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from actors.signal.calibration import inputs, mid_usd
from replay.fit.dataset import Floats, Ints, Market


class Table(NamedTuple):
    """One row a sample. weight: every window weighs 1 in all, however many samples it has, for all of them
    hang on one settlement. known_ns: when the row's result was known. mid: the market's own probability,
    NaN where it gives none. features: one column a feature, NaN likewise."""

    at_ns: Ints
    close_ns: Ints
    known_ns: Ints
    outcome: Floats
    weight: Floats
    probability: Floats
    mid: Floats
    features: Floats


def table(markets: Sequence[Market], features: Sequence[str]) -> Table:
    """Set up the table of these markets."""
    counts = [len(market.at_ns) for market in markets]
    close_ns = np.repeat(np.array([market.close_ns for market in markets], dtype=np.int64), counts)
    probability = np.concatenate([market.probability for market in markets])
    rows = [row for market in markets for row in samples(market)]
    _, window, in_window = np.unique(close_ns, return_inverse=True, return_counts=True)
    return Table(
        at_ns=np.concatenate([market.at_ns for market in markets]),
        close_ns=close_ns,
        known_ns=np.repeat(np.array([market.known_ns for market in markets], dtype=np.int64), counts),
        outcome=np.repeat(np.array([market.outcome for market in markets]), counts),
        weight=1.0 / in_window[window],
        probability=probability,
        mid=np.array([mid_usd(bid_e6, ask_e6) for _, bid_e6, ask_e6, _ in rows]),
        features=np.array([inputs(features, *row) for row in rows]).reshape(len(rows), len(features)),
    )


def samples(market: Market) -> Iterator[tuple[float, int, int, list[float]]]:
    """Each sample as `Calibration.evaluate` takes it: probability, bid, ask, indicators."""
    columns = (market.probability, market.bid_e6, market.ask_e6, market.values)
    return zip(*(column.tolist() for column in columns), strict=True)


def pick(whole: Table, rows: npt.NDArray[np.bool_]) -> Table:
    """Some rows of it."""
    return Table._make(column[rows] for column in whole)
