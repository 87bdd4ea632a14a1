"""All methods side by side over the same venues."""

from typing import Final

from actors.brti.composition import Composition
from actors.brti.curve import to_cents
from actors.brti.published import CME_CF, PublishedMethod
from actors.brti.settings import Settings
from actors.brti.sources import Constituent, Source
from actors.brti.weighted import EQUAL_WEIGHTED, VOLUME_WEIGHTED, compose
from messages import BookChanged, BookSnapshot, QuoteChanged

NOWCAST: Final = "nowcast"
METHODS: Final = (CME_CF, VOLUME_WEIGHTED, EQUAL_WEIGHTED, NOWCAST)
NO_OFFSET: Final = "the official value has not been seen for long enough to know how far to correct"


class Methods:
    """Follows every venue and computes any method's value for a moment.

    offset_bps, an argument where it is needed: by how much the official value has lately been above the
    published method's; None while that is not known.
    """

    def __init__(self, settings: Settings) -> None:
        volumes = settings.default_volumes_btc
        self._constituents = [Constituent(n, volumes[n], slot) for slot, n in enumerate(settings.venues)]
        self._fallback = [Source(name, volumes[name]) for name in settings.fallback]
        self._stale_ns = round(settings.stale_s * 1e9)
        self._published = PublishedMethod(self._constituents, settings.switches)
        self.sources: dict[str, Source] = {one.name: one for one in (*self._constituents, *self._fallback)}

    def take_snapshot(self, snapshot: BookSnapshot, venue: Constituent, seq: int) -> bool:
        """Take a whole book; say whether it is another one."""
        changed = venue.take_snapshot(snapshot, seq)
        if changed:
            self._published.replaced(venue)
        return changed

    def take_change(self, change: BookChanged, venue: Constituent, seq: int) -> bool:
        """Take changed levels; say whether they changed a book."""
        touch = venue.touch
        if not venue.take_change(change, seq):
            return False
        self._published.take_change(venue, change)
        if touch != venue.touch:
            self._published.touched(venue)
        return True

    def take_quote(self, quote: QuoteChanged, venue: Source, seq: int) -> bool:
        """Take the touch of a venue whose book is not kept; say whether it is new."""
        return venue.take_quote(quote, seq)

    def doubt(self) -> None:
        """Look again at who may be in: a venue has said how it stands."""
        self._published.doubt()

    def compose(self, method: str, now_ns: int, offset_bps: float | None, *, shares: bool) -> Composition:
        """Compute a method's value; with each venue's part in it, or without for speed."""
        if method in (CME_CF, NOWCAST):
            made = self._published.compose(now_ns, shares=shares)
            if method == NOWCAST and made.value_usd:
                return _corrected(made, offset_bps)
            return made
        by_volume = method == VOLUME_WEIGHTED
        made = compose(self._constituents, self._fallback, now_ns, self._stale_ns, by_volume=by_volume)
        return made if shares else made._replace(shares=[])

    def complete(self) -> bool:
        """Whether every constituent has been heard of."""
        return all(venue.standing.heard() for venue in self._constituents)

    def stale_ns(self, method: str, now_ns: int) -> int:
        """When, after now, the method's value changes because a venue goes stale, if nothing more comes."""
        if method in (CME_CF, NOWCAST):
            return max(now_ns + 1, self._published.judged_until_ns())
        ahead = (one.standing.until_ns(self._stale_ns) + 1 for one in self.sources.values())
        return min((at_ns for at_ns in ahead if at_ns > now_ns), default=now_ns + self._stale_ns)

    def freshest(self, now_ns: int) -> Source | None:
        """The youngest of the venues that qualify at this time; None where none does. Changes nothing."""
        qualify = [one for one in self.sources.values() if not one.trouble(now_ns, self._stale_ns)]
        return max(qualify, key=lambda one: one.at_ns, default=None)


def _corrected(made: Composition, offset_bps: float | None) -> Composition:
    if offset_bps is None:
        return made._replace(value_usd=0.0, withheld=NO_OFFSET)
    return made._replace(value_usd=to_cents(made.value_usd * (1 + offset_bps / 1e4)) / 100)
