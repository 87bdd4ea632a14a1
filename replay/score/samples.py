"""Fair value and indicators at even times of a market: the newest one known then, not every one said.

What is said on every update says more in busy seconds; a grid to the close gives each moment one voice.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from messages import INDICATORS, FairValue, Indicators
from replay.score.bootstrap import Floats, Ints
from replay.score.bought import HORIZONS_S, Clock
from replay.score.marks import Marks

STEP_S = 10.0
"""Market seconds between two samples, counted back from the close."""
FRESH_S = 2.5
"""Market seconds that a value may be old: it is said again every second."""
LEAST_FRESH_NS = 250_000_000


class Sampled(NamedTuple):
    """Columns, one row a moment at which a fair value stood.

    market: place in the list of markets. probability: of YES. mid: the market's own; marks: at each
    horizon after, one row a horizon; NaN where there was none. indicators: one row an indicator in the
    order of messages.INDICATORS, NaN: none.
    """

    market: Ints
    at_ns: Ints
    close_ns: Ints
    left_s: Floats
    probability: Floats
    mid: Floats
    marks: npt.NDArray[np.float64]
    indicators: npt.NDArray[np.float64]


class Sampler:
    """Follows one market's fair values and indicators, in the order in which they were said."""

    def __init__(self, close_ns: int, clock: Clock) -> None:
        self._close_ns = close_ns
        self._step_ns = clock.real_ns(STEP_S)
        self._fresh_ns = max(LEAST_FRESH_NS, clock.real_ns(FRESH_S))
        self._clock = clock
        self._fair: FairValue | None = None
        self._values: list[float] = []
        self._found: list[tuple[int, float, list[float]]] = []

    def take(self, fair: FairValue) -> None:
        """Take a fair value; it holds until the next one."""
        self._sample(fair.at_ns)
        self._fair = fair
        self._values = []

    def take_indicators(self, made: Indicators) -> None:
        """Take the indicators that were made together with the newest fair value."""
        if self._fair is not None and made.at_ns == self._fair.at_ns:
            self._values = made.values

    def sampled(self, marks: Marks, market: int) -> Sampled:
        """All samples of the market, with what the market said then and later."""
        self._sample(self._close_ns)
        self._fair = None
        at_ns = np.array([at for at, _, _ in self._found], dtype=np.int64)
        due = [at_ns + self._clock.real_ns(horizon_s) for horizon_s in HORIZONS_S]
        return Sampled(
            market=np.full(len(at_ns), market, dtype=np.int64),
            at_ns=at_ns,
            close_ns=np.full(len(at_ns), self._close_ns, dtype=np.int64),
            left_s=np.asarray((self._close_ns - at_ns) * self._clock.speed / 1e9, dtype=np.float64),
            probability=np.array([probability for _, probability, _ in self._found], dtype=np.float64),
            mid=marks.mids(at_ns),
            marks=np.stack([np.where(at < self._close_ns, marks.mids(at), np.nan) for at in due]),
            indicators=_columns([values for _, _, values in self._found]),
        )

    def _sample(self, until_ns: int) -> None:
        """Sample what holds, at the grid times from when it was said to before `until_ns`."""
        fair = self._fair
        if fair is None or fair.withheld or fair.at_ns >= self._close_ns:
            return
        steps = (self._close_ns - fair.at_ns) // self._step_ns  # grid times from here to the close
        while steps > 0:
            at_ns = self._close_ns - steps * self._step_ns
            if at_ns >= until_ns or at_ns - fair.at_ns > self._fresh_ns:
                return
            self._found.append((at_ns, fair.probability, self._values))
            steps -= 1


def join(parts: Sequence[Sampled]) -> Sampled:
    """All markets' columns in one, market by market."""
    if not parts:
        ints, floats = np.empty(0, dtype=np.int64), np.empty(0)
        shape = (len(HORIZONS_S), 0)
        rows = np.empty((len(INDICATORS), 0))
        return Sampled(ints, ints, ints, floats, floats, floats, np.empty(shape), rows)
    return Sampled(*(np.concatenate(columns, axis=-1) for columns in zip(*parts, strict=True)))


def _columns(rows: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    """One row an indicator. What an older version did not know yet is NaN."""
    table = np.full((len(INDICATORS), len(rows)), np.nan)
    for place, values in enumerate(rows):
        known = min(len(values), len(INDICATORS))
        table[:known, place] = values[:known]
    return table
