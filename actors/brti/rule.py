"""When the aggregator speaks: at once when the chosen value moves, and of every method on the grid."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from actors.adapter import Freshness
from actors.brti.composition import Composition
from actors.brti.grid import Grid
from actors.brti.methods import METHODS, Methods
from actors.brti.reference import Reference
from actors.brti.settings import Settings
from actors.brti.settlements import Settlements
from actors.brti.sources import Constituent, Source
from messages import (
    ActorStarted,
    BookChanged,
    BookSnapshot,
    BookWithdrawn,
    DayVolume,
    FeedClosed,
    FeedGap,
    FeedHealth,
    IndexValue,
    MarketDefined,
    Message,
    OfficialIndexPublished,
    QuoteChanged,
    kinds,
)

INDEX_ID: Final = "BRTI"
MARKET_LOG: Final = "kalshi"
ROLLBACK_S: Final = 15.0
"""Feeds restate all they know every 10 s."""
RESTATED_NS: Final = 11_000_000_000
BACKLOG_NS: Final = 5_000_000_000
"""Grid times further back than this were slept through and get no value any more."""

_OF_EVERY_VENUE = (ActorStarted, FeedClosed, FeedGap, FeedHealth, BookWithdrawn, DayVolume)
_STAMPS: dict[type[Message], Callable[[Any], int]] = {
    **dict.fromkeys((ActorStarted, FeedClosed, FeedHealth, BookWithdrawn, MarketDefined), lambda m: m.at_ns),
    FeedGap: lambda m: m.to_ns,
}
"""Where a message bears the time of its receipt; the others have recv_ns."""


class _Pending(NamedTuple):
    stamp_ns: int
    log: str
    seq: int
    message: Message


class _Told(NamedTuple):
    """What makes one value news after another."""

    value_usd: float
    withheld: str
    left_out: list[tuple[str, str]]


class BrtiRule:
    """Books, volumes, markets and official values in; index values and their errors out. Reads no clock.

    The value of a grid time T is made of what was received before T, by the receivers' stamps, even where
    the turn comes late and later records wait already. So it is the same whenever it is computed.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._methods = Methods(settings)
        self._symbols = {name: settings.symbols.get(name, settings.symbol) for name in self._methods.sources}
        self._reference = Reference(settings.speed, settings.nowcast_window_s)
        self._settlements = Settlements(settings.speed, settings.method)
        self._period_ns = settings.grid_ms * 1_000_000
        self._grid = Grid(self._period_ns, settings.speed)
        self._next_grid_ns = 0
        self._stale_at_ns = 0
        self._begun_ns = 0
        self._moved = True
        self._told = _Told(-1.0, "nothing was computed yet", [])
        self._cause_ns = 0
        self._pending: list[_Pending] = []
        self.wanted: dict[str, frozenset[int]] = {
            **dict.fromkeys(settings.venues, kinds(*_OF_EVERY_VENUE, BookSnapshot, BookChanged)),
            **dict.fromkeys(settings.fallback, kinds(*_OF_EVERY_VENUE, QuoteChanged)),
            MARKET_LOG: kinds(MarketDefined, OfficialIndexPublished),
        }
        self.rollback_s: dict[str, float] = {
            **dict.fromkeys(self._methods.sources, ROLLBACK_S),
            # The official values of a closing minute are settled on, whoever heard them first.
            MARKET_LOG: ROLLBACK_S + 90.0 / settings.speed,
        }

    def take(self, log: str, seq: int, message: Message) -> None:
        """Take one record of a venue's or the market feed's log."""
        stamp = _STAMPS.get(type(message))
        stamp_ns = stamp(message) if stamp else message.recv_ns  # type: ignore[attr-defined]
        self._pending.append(_Pending(stamp_ns, log, seq, message))

    def turn(self, now_ns: int, next_seq: int) -> list[Message]:
        """Say every method's value for each grid time that has come, and the chosen one if it moved."""
        said: list[Message] = []
        self._begun_ns = self._begun_ns or now_ns
        if self._next_grid_ns > now_ns + self._period_ns:
            self._next_grid_ns = self._grid.after(now_ns)  # the clock was set back
            self._moved = True
        elif not self._next_grid_ns:
            self._next_grid_ns = self._grid.after(now_ns)
        elif self._next_grid_ns < now_ns - BACKLOG_NS:
            self._next_grid_ns = self._grid.after(now_ns - BACKLOG_NS)
        while self._next_grid_ns <= now_ns:
            stamp_ns = self._next_grid_ns
            self._apply_before(stamp_ns)
            self._say_all(stamp_ns, now_ns, said)
            self._next_grid_ns = self._grid.after(stamp_ns)
        for one in self._pending:
            self._apply(one)
        self._pending.clear()
        if self._moved or now_ns >= self._stale_at_ns:
            self._say_moved(now_ns, said)
        return said + self._reference.due(now_ns) + self._settlements.due(now_ns)

    def due_ns(self, now_ns: int) -> int:
        """The next grid time, or when a venue goes stale if that is sooner."""
        return min(self._next_grid_ns, self._stale_at_ns)

    def freshness(self, now_ns: int) -> Freshness:
        """Fresh while the chosen method has a value and a venue still qualifies."""
        freshest = self._methods.freshest(now_ns)
        if freshest is None:
            return Freshness(False, -1, self._told.withheld or "no venue qualifies any more")
        return Freshness(not self._told.withheld, freshest.age_ms(now_ns), self._told.withheld)

    # -- in

    def _apply_before(self, stamp_ns: int) -> None:
        waiting: list[_Pending] = []
        logs: set[str] = set()  # of these something waits; what came after it waits too
        for one in self._pending:
            if one.stamp_ns >= stamp_ns or one.log in logs:
                logs.add(one.log)
                waiting.append(one)
            else:
                self._apply(one)
        self._pending = waiting

    def _apply(self, one: _Pending) -> None:
        source = self._methods.sources.get(one.log)
        if source is None:
            self._take_market(one.message)
        elif self._take_from(source, one.seq, one.message):
            self._moved = True
            self._cause_ns = max(self._cause_ns, one.stamp_ns)

    def _take_market(self, message: Message) -> None:
        if isinstance(message, MarketDefined):
            if message.series in self._settings.series:
                self._settlements.defined(message)
        elif isinstance(message, OfficialIndexPublished) and message.index_id == INDEX_ID:
            self._reference.official(message)
            self._settlements.official(message)

    def _take_from(self, source: Source, seq: int, message: Message) -> bool:
        """Take what a venue said; say whether any value may be another one for it."""
        methods = self._methods
        if isinstance(message, BookChanged):  # first, as nearly all are
            return (
                message.symbol == self._symbols[source.name]
                and isinstance(source, Constituent)
                and methods.take_change(message, source, seq)
            )
        if isinstance(message, (BookSnapshot, BookWithdrawn, QuoteChanged, DayVolume)):
            if message.symbol != self._symbols[source.name]:
                return False
            if isinstance(message, BookSnapshot):
                return isinstance(source, Constituent) and methods.take_snapshot(message, source, seq)
            if isinstance(message, QuoteChanged):
                return methods.take_quote(message, source, seq)
            if isinstance(message, DayVolume):
                return source.take_volume(message)
        standing = source.standing
        if isinstance(message, FeedHealth):
            changed = standing.health(message)
        elif isinstance(message, FeedGap):
            changed = standing.gap(message.to_ns)
        else:
            changed = standing.withdraw()
        self._methods.doubt()
        return changed

    # -- out

    def _say_all(self, stamp_ns: int, now_ns: int, said: list[Message]) -> None:
        offset_bps = self._reference.offset_bps(stamp_ns)
        # After a start the venues come back one by one: what is made before is said, but not judged.
        judged = self._methods.complete() or stamp_ns - self._begun_ns > RESTATED_NS
        for method in METHODS:
            made = self._methods.compose(method, stamp_ns, offset_bps, shares=True)
            chosen = method == self._settings.method
            said.append(self._value(method, made, now_ns, stamp_ns, chosen=chosen))
            if judged:
                out = [out.venue for out in made.left_out]
                self._reference.stamped(method, stamp_ns, made.value_usd, out)
                self._settlements.stamped(method, stamp_ns, made.value_usd)
            if chosen:
                self._told = _told(made)

    def _say_moved(self, now_ns: int, said: list[Message]) -> None:
        method = self._settings.method
        made = self._methods.compose(method, now_ns, self._reference.offset_bps(now_ns), shares=False)
        self._moved = False
        self._stale_at_ns = self._methods.stale_ns(method, now_ns)
        if self._told != _told(made):
            self._told = _told(made)
            said.append(self._value(method, made, now_ns, 0, chosen=True))

    def _value(
        self, method: str, made: Composition, now_ns: int, stamp_ns: int, *, chosen: bool
    ) -> IndexValue:
        return IndexValue(
            index_id=INDEX_ID,
            method=method,
            at_ns=now_ns,
            cause_ns=self._cause_ns,
            value_usd=made.value_usd,
            shares=made.shares,
            left_out=made.left_out,
            on_grid=stamp_ns > 0,
            withheld=made.withheld,
            stamp_ns=stamp_ns,
            chosen=chosen,
            depth_btc=made.depth_btc,
            curve_btc=made.curve_btc,
            cap_btc=made.cap_btc,
        )


def _told(made: Composition) -> _Told:
    return _Told(made.value_usd, made.withheld, [(out.venue, out.why) for out in made.left_out])
