"""When the settlement average is said: while a closing minute runs, and once Kalshi has settled."""

import math

from actors.brti.curve import to_cents
from actors.brti.minute import OFFICIAL, Minute, average, cents_of_e6, compare
from actors.market_seconds import MarketSeconds
from actors.settlement import WINDOW, Window, sum_up
from messages import MarketDefined, Message, OfficialIndexPublished

PATIENCE_S = 5
"""Market seconds, but never less than one real second, that a value may be late before it is missing."""
KEPT_S = 1800
"""Seconds of values remembered for a market that is named late."""
MOST_MARKETS = 64


class Settlements:
    """Market definitions and second values in, settlement averages out. Reads no clock.

    Per turn: `defined`, `official` and `stamped` in any order, then `due` once. The markets and the
    official values passed in must be those of this index.
    """

    def __init__(self, speed: float, chosen: str) -> None:
        """chosen: the method whose values stand in where the official ones are missing."""
        self._seconds = MarketSeconds(speed)
        self._patience = max(PATIENCE_S, math.ceil(speed))
        self._chosen = chosen
        self._recent: dict[str, dict[int, int]] = {OFFICIAL: {}}
        self._newest = {OFFICIAL: -1, chosen: -1}
        self._minutes: dict[str, Minute] = {}
        self._news = False
        self._begun = -1

    def defined(self, market: MarketDefined) -> None:
        """Take a market as far as it is known; the newest definition holds, also of its close."""
        close = self._seconds.nearest(market.close_ns)
        minute = self._minutes.get(market.ticker)
        if minute is None and len(self._minutes) >= MOST_MARKETS:
            del self._minutes[next(iter(self._minutes))]
        if minute is None or minute.close != close:
            minute = self._minutes[market.ticker] = Minute(market, close)
            for source, cents in self._recent.items():
                for second, value in cents.items():
                    minute.put(source, second, value)
        minute.market = market
        self._news = True

    def stamped(self, method: str, stamp_ns: int, value_usd: float) -> None:
        """Take a method's value of a grid time; only whole market seconds count. 0.0: it has none."""
        second = self._seconds.nearest(stamp_ns)
        if self._seconds.begin_ns(second) != stamp_ns:
            return
        if method == self._chosen:
            self._newest[method] = second
        self._put(method, second, to_cents(value_usd))

    def official(self, published: OfficialIndexPublished) -> None:
        """Take a value of the official index, late, repeated or out of order as it may come.

        Only values on a whole market second count, from either channel; the first one of a second holds.
        """
        second = self._seconds.of_print(published.source_ns)
        if second is None or second in self._recent[OFFICIAL] or published.value_e6 <= 0:
            return
        self._newest[OFFICIAL] = max(self._newest[OFFICIAL], second)
        self._put(OFFICIAL, second, cents_of_e6(published.value_e6))

    def due(self, now_ns: int) -> list[Message]:
        """Say what is new.

        A SettlementAverage per market in its closing minute and per source that counts, whenever what
        is known of it changed: of the official values from the first one on; of the chosen method's where
        no official value has come lately, or the official minute lacks a second. A second is missing
        when a later one has come, or 5 market seconds (at least one real) after it began; a value that
        comes yet takes it off the list again. A SettlementCompared, once, when the settlement value is
        known and no value of the minute can be on its way any more; none where nothing of it was seen.
        """
        begun = self._seconds.begun(now_ns)
        if begun == self._begun and not self._news:
            return []
        self._begun = begun
        self._news = False
        said: list[Message] = []
        for minute in self._minutes.values():
            if minute.close - WINDOW <= begun < minute.close + self._patience:
                said.extend(self._averages(minute, begun, now_ns))
            if minute.ready(begun - self._patience):
                minute.compared = True
                said.append(compare(minute.market, minute.cents, now_ns))
        return said

    def _put(self, source: str, second: int, cents: int) -> None:
        self._news = True
        if cents <= 0:
            return
        recent = self._recent.setdefault(source, {})
        recent[second] = cents
        if len(recent) > KEPT_S:
            del recent[next(iter(recent))]
        for minute in self._minutes.values():
            minute.put(source, second, cents)

    def _averages(self, minute: Minute, begun: int, now_ns: int) -> list[Message]:
        official = self._look(minute, OFFICIAL, begun)
        said: list[Message] = []
        if official.known:
            said += self._say(minute, OFFICIAL, official, now_ns)
        if official.missing or self._newest[OFFICIAL] < begun - self._patience:
            said += self._say(minute, self._chosen, self._look(minute, self._chosen, begun), now_ns)
        return said

    def _look(self, minute: Minute, source: str, begun: int) -> Window:
        # A stamp from the future, or a clock set back, decides nothing beyond now.
        settled_to = max(min(self._newest[source], begun), begun - self._patience)
        return sum_up(minute.cents.get(source, {}), settled_to, minute.close)

    def _say(self, minute: Minute, source: str, window: Window, now_ns: int) -> list[Message]:
        state = (window.known, window.sum_cents, window.missing, minute.strike_cents())
        if not (window.known or window.missing) or minute.said.get(source) == state:
            return []
        minute.said[source] = state
        newest = max(minute.cents.get(source, ()), default=min(window.settled_to, minute.close - 1))
        return [average(minute, source, window, self._seconds.begin_ns(newest), now_ns)]
