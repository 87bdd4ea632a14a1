"""The index as one unbroken series, through changes of what it is made of."""

from typing import Final

LONGEST_HOLE_NS: Final = 1_000_000_000
"""Real time: the aggregator speaks at least every 200 ms. After more, nothing says what the step was."""


class IndexLevel:
    """Index values, joined where a venue leaves or returns.

    level = value / F, where F <- F x value / value before, at every value that is made of other venues
    than the one before: that step is a change of measure and not a move. `era` counts the times when the
    series could not be joined (a hole and other venues after it, time set back): what was remembered in
    levels before is void then.
    """

    __slots__ = ("_basis", "_factor", "_value_usd", "at_ns", "era", "joined", "level")

    def __init__(self) -> None:
        self._basis: tuple[str, ...] | None = None
        self._factor = 1.0
        self._value_usd = 0.0
        self.at_ns = 0
        """When the newest value was made."""
        self.level = 0.0
        """0.0: there is none now."""
        self.era = 0
        self.joined = 0
        """How often the measure has changed, joined or not."""

    def take(self, at_ns: int, value_usd: float, basis: tuple[str, ...]) -> None:
        """Take a value; 0.0: there is none. basis: the venues that are not in it."""
        back = at_ns < self.at_ns - LONGEST_HOLE_NS
        if value_usd <= 0.0:
            self.level = 0.0
            self.at_ns = at_ns
            return
        if self._basis is None or back:
            self._start(basis)
        elif basis != self._basis:
            if self.level > 0.0 and at_ns - self.at_ns <= LONGEST_HOLE_NS:
                self._factor *= value_usd / self._value_usd
                self._basis = basis
                self.joined += 1
            else:
                self._start(basis)
        self._value_usd = value_usd
        self.level = value_usd / self._factor
        self.at_ns = at_ns

    def restart(self) -> None:
        """Join nothing to what was before: another series comes."""
        self._basis = None
        self.level = 0.0

    def _start(self, basis: tuple[str, ...]) -> None:
        self._basis = basis
        self._factor = 1.0
        self.era += 1
        self.joined += 1
