"""When the aggregator speaks: at once when the value moves, and on the grid."""

from actors.adapter import Freshness
from actors.brti.grid import Grid
from actors.brti.proxy import METHOD, Composition, Venue, compose
from actors.brti.settings import Settings
from messages import (
    ActorStarted,
    BookWithdrawn,
    DayVolume,
    FeedClosed,
    FeedGap,
    FeedHealth,
    IndexValue,
    Message,
    QuoteChanged,
)

INDEX_ID = "BRTI"
ROLLBACK_S = 15.0
"""Feeds restate all they know every 10 s."""

_WANTED = frozenset(
    cls.kind
    for cls in (ActorStarted, FeedClosed, FeedGap, FeedHealth, BookWithdrawn, QuoteChanged, DayVolume)
)


class BrtiRule:
    """Quotes and volumes in, index values out. Reads no clock."""

    def __init__(self, settings: Settings) -> None:
        self._symbol = settings.symbol
        self._venues = {name: Venue(name, settings.default_volumes_btc[name]) for name in settings.venues}
        self._in_order = list(self._venues.values())
        self._stale_ns = round(settings.stale_s * 1e9)
        self._period_ns = settings.grid_ms * 1_000_000
        self._grid = Grid(self._period_ns, settings.speed)
        self._next_grid_ns = 0
        self._stale_at_ns = 0
        self._moved = True
        self._said = Composition(-1.0, [], [])
        self._cause_ns = 0
        self._turn_cause_ns = 0
        self.wanted: dict[str, frozenset[int]] = dict.fromkeys(settings.venues, _WANTED)
        self.rollback_s: dict[str, float] = dict.fromkeys(settings.venues, ROLLBACK_S)

    def take(self, log: str, seq: int, message: Message) -> None:
        """Take one record of a venue's log."""
        venue = self._venues[log]
        if isinstance(message, QuoteChanged):
            if message.symbol == self._symbol:
                self._take_quote(venue, seq, message)
        elif isinstance(message, FeedHealth):
            if venue.standing.health(message):
                self._input(message.at_ns)
        elif isinstance(message, DayVolume):
            if message.symbol == self._symbol:
                self._take_volume(venue, message)
        elif isinstance(message, FeedGap):
            if venue.standing.gap(message.to_ns):
                self._input(message.to_ns)
        elif isinstance(message, BookWithdrawn):
            if message.symbol == self._symbol and venue.standing.withdraw():
                self._input(message.at_ns)
        elif isinstance(message, (FeedClosed, ActorStarted)) and venue.standing.withdraw():
            self._input(message.at_ns)

    def turn(self, now_ns: int, next_seq: int) -> list[Message]:
        """Say the value if it moved, or if the grid says that one is due."""
        if self._next_grid_ns > now_ns + self._period_ns:
            self._next_grid_ns = now_ns  # the clock was set back
        due = now_ns >= self._next_grid_ns
        if not (due or self._moved or now_ns >= self._stale_at_ns):
            return []
        self._cause_ns = self._turn_cause_ns or self._cause_ns
        self._turn_cause_ns = 0
        self._moved = False
        now = compose(self._in_order, now_ns, self._stale_ns)
        self._stale_at_ns = self._next_stale_ns(now_ns)
        changed = not now.same_as(self._said)
        if due:
            self._next_grid_ns = self._grid.after(now_ns)
        elif not changed:
            return []
        self._said = now
        return [
            IndexValue(
                index_id=INDEX_ID,
                method=METHOD,
                at_ns=now_ns,
                cause_ns=self._cause_ns,
                value_usd=now.value_usd,
                shares=now.shares,
                left_out=now.left_out,
                on_grid=not changed,
                withheld=now.withheld(),
            )
        ]

    def due_ns(self, now_ns: int) -> int:
        """The next grid time, or when a venue goes stale if that is sooner."""
        return min(self._next_grid_ns, self._stale_at_ns)

    def freshness(self, now_ns: int) -> Freshness:
        """Fresh while at least one venue qualifies."""
        now = compose(self._in_order, now_ns, self._stale_ns)
        age_ms = min((share.age_ms for share in now.shares), default=-1)
        return Freshness(bool(now.shares), age_ms, now.withheld())

    def _take_quote(self, venue: Venue, seq: int, quote: QuoteChanged) -> None:
        back = venue.standing.quoted(quote.recv_ns)
        venue.quote_ns = quote.recv_ns
        venue.quote_seq = seq
        if back or quote.bid_e8 != venue.bid_e8 or quote.ask_e8 != venue.ask_e8:
            venue.bid_e8 = quote.bid_e8
            venue.ask_e8 = quote.ask_e8
            self._input(quote.recv_ns)

    def _take_volume(self, venue: Venue, volume: DayVolume) -> None:
        # A venue that reports no volume at all would have no weight: the default stays, flagged.
        if volume.volume_e8 > 0 and (venue.default_volume or volume.volume_e8 != venue.volume_e8):
            venue.volume_e8 = volume.volume_e8
            venue.default_volume = False
            self._input(volume.recv_ns)

    def _input(self, stamp_ns: int) -> None:
        self._moved = True
        self._turn_cause_ns = max(self._turn_cause_ns, stamp_ns)

    def _next_stale_ns(self, now_ns: int) -> int:
        ahead = (venue.standing.until_ns(self._stale_ns) + 1 for venue in self._in_order)
        return min((at_ns for at_ns in ahead if at_ns > now_ns), default=now_ns + self._stale_ns)
