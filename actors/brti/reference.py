"""Our values beside the official ones, second by second, and what the nowcast may learn from them."""

import math
from collections.abc import Sequence
from typing import Any

from actors.brti.distances import Distances
from actors.brti.published import CME_CF
from actors.market_seconds import MarketSeconds
from messages import IndexCompared, Message, MethodError, OfficialIndexPublished

LEAST_SECONDS = 30
"""Of which the distance must be known before there is a nowcast."""
KEPT_S = 600
SIGMA_S = 60
LEAST_CHANGES = 10


class _Stamped:
    """What each method said for one second. left_out: from the value by the published method."""

    __slots__ = ("left_out", "values_usd")

    def __init__(self) -> None:
        self.values_usd: dict[str, float] = {}
        self.left_out: list[str] = []


class Reference:
    """Stamped values and official ones in, comparisons out. Reads no clock; remembers a bounded stretch.

    Per turn: `official` as values come, `stamped` once a method and grid time, then `due` once. A
    second's official value may come before our own, late, twice or out of order; the first one holds.
    """

    def __init__(self, speed: float, nowcast_window_s: float) -> None:
        """nowcast_window_s: market seconds that the median distance reaches back."""
        self._seconds = MarketSeconds(speed)
        self._window_s = round(nowcast_window_s)
        self._ours: dict[int, _Stamped] = {}
        self._first = self._last = -1
        self._official: dict[int, OfficialIndexPublished] = {}
        self._waiting: dict[int, OfficialIndexPublished] = {}
        self._distances = Distances(self._window_s + KEPT_S)
        self._offset_bps: float | None = None
        self._offset_from_ns = self._offset_to_ns = 0

    def stamped(self, method: str, stamp_ns: int, value_usd: float, left_out: Sequence[str]) -> None:
        """Take a method's value of a grid time; only whole market seconds count here. 0.0: it has none."""
        second = self._seconds.nearest(stamp_ns)
        if self._seconds.begin_ns(second) != stamp_ns:
            return
        ours = self._ours.get(second)
        if ours is None:
            ours = self._ours[second] = _Stamped()
            _forget(self._ours, KEPT_S)
        self._first = second if self._first < 0 else min(self._first, second)
        self._last = second
        ours.values_usd[method] = value_usd
        if method == CME_CF:
            ours.left_out = list(left_out)
            self._measure(second)

    def official(self, published: OfficialIndexPublished) -> None:
        """Take a value of the official index, of either channel; those between whole seconds are left."""
        second = self._seconds.of_print(published.source_ns)
        if second is None or second in self._official or published.value_e6 <= 0:
            return
        self._official[second] = self._waiting[second] = published
        _forget(self._official, KEPT_S)
        _forget(self._waiting, KEPT_S)
        self._measure(second)

    def due(self, now_ns: int) -> list[Message]:
        """Say an IndexCompared for each second of which both sides have come since.

        Without errors where our own grid went past the second without a value. Nothing is said of
        seconds from before our first one.
        """
        if not self._waiting:
            return []
        said: list[Message] = []
        for second, published in list(self._waiting.items()):
            ours = self._ours.get(second)
            if ours is None and (self._first < 0 or second >= self._last):
                continue
            del self._waiting[second]
            if ours is not None or second >= self._first:
                said.append(self._compare(second, published, ours or _Stamped(), now_ns))
        return said

    def offset_bps(self, at_ns: int) -> float | None:
        """How far the official value lies above the published method's, as of now: the trailing median.

        From seconds of which both values were known before `at_ns` and nothing later; None while these
        are fewer than 30 in the window. Cheap to ask again.
        """
        if not self._offset_from_ns <= at_ns < self._offset_to_ns:
            begun = self._seconds.begun(at_ns)
            oldest = begun - self._window_s
            self._offset_bps = self._distances.median(at_ns, oldest, LEAST_SECONDS)
            self._offset_from_ns = at_ns
            next_ns = self._seconds.begin_ns(begun + 1)
            self._offset_to_ns = min(next_ns, self._distances.next_ns() or next_ns)
        return self._offset_bps

    def _measure(self, second: int) -> None:
        ours, published = self._ours.get(second), self._official.get(second)
        if ours is None or published is None or second in self._distances:
            return
        value_usd = ours.values_usd.get(CME_CF, 0.0)
        if value_usd > 0.0:
            known_ns = max(published.recv_ns, self._seconds.begin_ns(second))
            bps = (published.value_e6 / 1e6 / value_usd - 1.0) * 1e4
            self._distances.put(second, known_ns, bps)
            self._offset_to_ns = 0

    def _compare(
        self, second: int, published: OfficialIndexPublished, ours: _Stamped, now_ns: int
    ) -> IndexCompared:
        official_usd = published.value_e6 / 1e6
        return IndexCompared(
            index_id=published.index_id,
            stamp_ns=self._seconds.begin_ns(second),
            at_ns=now_ns,
            recv_ns=published.recv_ns,
            official_e6=published.value_e6,
            errors=[
                MethodError(method, value_usd, (value_usd / official_usd - 1.0) * 1e4)
                for method, value_usd in ours.values_usd.items()
                if value_usd > 0.0
            ],
            sigma_bps=self._sigma_bps(second),
            left_out=ours.left_out,
        )

    def _sigma_bps(self, second: int) -> float:
        """Sample standard deviation of the changes from second to second in the minute up to here."""
        changes = []
        for at in range(second - SIGMA_S + 1, second + 1):
            before, after = self._official.get(at - 1), self._official.get(at)
            if before is not None and after is not None:
                changes.append((after.value_e6 / before.value_e6 - 1.0) * 1e4)
        if len(changes) < LEAST_CHANGES:
            return 0.0
        mean = math.fsum(changes) / len(changes)
        return math.sqrt(math.fsum((change - mean) ** 2 for change in changes) / (len(changes) - 1))


def _forget(kept: dict[int, Any], most: int) -> None:
    """Drop what was put in first, whatever its stamp: clocks jump."""
    if len(kept) > most:
        del kept[next(iter(kept))]
