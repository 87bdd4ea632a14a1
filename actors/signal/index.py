"""The index as the signal actor follows it: newest value, second values, volatility."""

import math

from actors.market_seconds import MarketSeconds
from actors.settlement import SecondValues, Window, look
from actors.signal.blend import Blend
from actors.signal.settings import Settings
from actors.signal.volatility import Prior, Volatility
from messages import IndexValue, OfficialIndexPublished, VolatilityState

INDEX_ID = "BRTI"
SHORTEST_LIMIT_NS = 250_000_000
"""A second's value may be this old whatever the speed: the aggregator speaks at least every 200 ms."""


class IndexFollower:
    """Takes index values in; knows what the closing minute and the volatility need."""

    def __init__(self, settings: Settings, seconds: MarketSeconds) -> None:
        stale_ns = round(settings.index_stale_s * 1e9)
        self._stale_ns = stale_ns
        self._stale_reason = f"the index is older than {settings.index_stale_s:g} s"
        self._seconds = seconds
        self._warm_up_s = settings.warm_up_s
        self._own = SecondValues(seconds, max(SHORTEST_LIMIT_NS, round(stale_ns / settings.speed)))
        self._official = SecondValues(seconds, 0)
        self.settles = self._official if settings.settle_on == "official" else self._own
        self.volatility = Volatility(
            Blend(tuple(settings.half_lives_s), tuple(settings.weights_short), tuple(settings.weights_long)),
            Prior(settings.sigma_default, settings.sigma_default_s, settings.sigma_floor),
            settings.sigma_step_s,
        )
        self._minutes: dict[int, Window] = {}
        """Closing minutes by their close, as they stand until another second is settled."""
        self._recalled: tuple[VolatilityState, float] | None = None
        self._venues: list[str] = []
        self.value: IndexValue | None = None
        self.seq = 0
        self.known_usd = 0.0
        """The newest value that was not withheld."""

    def recall(self, state: VolatilityState, rolled_back_s: float) -> None:
        """Go on from what was known before a restart, as soon as a second says what time it is.

        rolled_back_s: market seconds that reading begins before now.
        """
        self._recalled = state, rolled_back_s

    def take(self, value: IndexValue, seq: int) -> bool:
        """Take a value of the aggregator; say whether anything but its age is new."""
        before = self.value
        made_of = self._venues
        if value.stamp_ns:  # the others do not say whom they are made of
            self._venues = [share.venue for share in value.shares]
        settled_to = self._own.newest
        known = self._own.take(value.stamp_ns or value.at_ns, value.value_usd)
        if self._own.newest != settled_to:
            self._minutes.clear()
        for second in known:
            if self._recalled is not None:
                state, rolled_back_s = self._recalled
                self.volatility.restore(state, second, rolled_back_s)
                self._recalled = None
            own = self._seconds.begin_ns(second) == value.stamp_ns
            self.volatility.take(second, self._own.cents[second] / 100, self._venues if own else made_of)
        self.value = value
        self.seq = seq
        self.known_usd = value.value_usd or self.known_usd
        return before is None or before.value_usd != value.value_usd or before.withheld != value.withheld

    def take_official(self, published: OfficialIndexPublished) -> bool:
        """Take a value of the official index; say whether it is a new second that counts here."""
        second = self._seconds.of_print(published.source_ns)
        if second is None:
            return False  # between two seconds: the five-a-second stream
        new = second not in self._official.cents
        self._official.put(second, round(published.value_e6 / 10_000))
        self._minutes.clear()
        return new and self.settles is self._official

    def closing_minute(self, close_ns: int) -> Window:
        """Sum up the minute before a close as far as it is settled: once a second, not once a turn."""
        found = self._minutes.get(close_ns)
        if found is None:
            found = self._minutes[close_ns] = look(self.settles, self._seconds.nearest(close_ns))
        return found

    def trouble(self, now_ns: int) -> str:
        """Say why the newest value must not be used; empty if it may."""
        if self.value is None:
            return "no index value yet"
        if abs(now_ns - self.value.at_ns) > self._stale_ns:
            return self._stale_reason
        return self.withheld()

    def withheld(self) -> str:
        """Say why the newest value is none, however old it is; empty if it is one."""
        if self.value is None:
            return "no index value yet"
        return f"the index is withheld: {self.value.withheld}" if self.value.withheld else ""

    def age_s(self, now_ns: int) -> float:
        """How long ago the aggregator said how things are; infinite if it never did."""
        return abs(now_ns - self.value.at_ns) / 1e9 if self.value is not None else math.inf

    def warming_up(self) -> str:
        """Say that the volatility rests on too little; empty if it does not."""
        if self.volatility.observed_s >= self._warm_up_s:
            return ""
        return f"the volatility is warming up: {self._warm_up_s:g} s of index are needed"

    def sigma(self, now_ns: int, left_s: float) -> float:
        """Volatility of the next so many market seconds, per square root of one; none are left below 0."""
        return self.volatility.sigma_for(max(0.0, left_s), self._seconds.begun(now_ns))

    def until_ns(self) -> int:
        """When the newest value goes stale if no other comes."""
        return self.value.at_ns + self._stale_ns if self.value is not None else 0
