"""The published method over the constituents' books: who is in, the consolidated book, the value.

*Source*: CME CF Real Time Index methodology as its readers give it; see screens, cap and curve.
"""

from collections.abc import Sequence
from typing import Final

from actors.brti.composition import Composition, nobody
from actors.brti.consolidated import ConsolidatedBook, Part, Published
from actors.brti.curve import to_cents
from actors.brti.screens import DEVIATING, NO_EASE, at_ease, deviating
from actors.brti.sources import ONE_E8, Constituent
from actors.brti.switches import Switches
from messages import BookChanged, LeftOut, Share

CME_CF: Final = "cme-cf"
TOO_THIN: Final = "less than 1 BTC rests on one side of the consolidated book"


class PublishedMethod:
    """Follows the books. Tell it every change at once; ask it when a value is wanted."""

    def __init__(self, constituents: Sequence[Constituent], switches: Switches) -> None:
        self._constituents = constituents
        self._lag_ns = round(switches.retrieval_lag_s * 1e9)
        self._book = ConsolidatedBook(switches)
        self._in: set[str] = set()
        self._deviating: set[str] = set()
        self._left_out: list[tuple[Constituent, str]] = []
        self._doubts = True
        self._at_ease = NO_EASE
        """Between these sums of bid and ask nobody deviates, whoever moves: see `at_ease`."""
        self._replaced = False
        self._judged_ns = 0
        self._judged_until_ns = 0
        self._moved = True
        self._made: Published | None = None
        self._parts: list[Part] = []  # of what was made last; empty until somebody asks
        self._cents = 0

    def take_change(self, venue: Constituent, change: BookChanged) -> None:
        """Follow changed levels of a venue. To be told after the venue itself took them."""
        if venue.name not in self._in:
            self._doubts = True
            return
        if change.bids:
            self._book.bids.change(venue.slot, change.bids)
        if change.asks:
            self._book.asks.change(venue.slot, change.asks)
        self._moved = True

    def replaced(self, venue: Constituent) -> None:
        """Follow a venue that holds another book than before."""
        self._replaced = self._replaced or venue.name in self._in
        self._doubts = True

    def touched(self, venue: Constituent) -> None:
        """Follow a venue whose touch has moved. To be told after its change was taken."""
        bid, ask = venue.touch
        if not (0 < bid < ask and self._at_ease[0] <= bid + ask <= self._at_ease[1]):
            self._doubts = True

    def doubt(self) -> None:
        """Look again at who may be in: a venue's standing has changed."""
        self._doubts = True

    def judged_until_ns(self) -> int:
        """When a venue that is in goes stale if nothing more is heard of it."""
        return self._judged_until_ns

    def cents(self, now_ns: int) -> int:
        """Compute the value, rounded half-up to cents; 0 where the method allows none."""
        if self._doubts or not self._judged_ns <= now_ns < self._judged_until_ns:
            self._judge(now_ns)
        if self._moved:
            self._moved = False
            self._made = self._book.compute()
            self._parts = []
            self._cents = to_cents(self._made.value_usd) if self._made else 0
        return self._cents

    def compose(self, now_ns: int, *, shares: bool) -> Composition:
        """Compute the value; with each venue's part in it, or without for speed."""
        cents = self.cents(now_ns)
        left_out = [LeftOut(venue.name, why, venue.age_ms(now_ns)) for venue, why in self._left_out]
        made = self._made
        if made is None:
            return Composition(0.0, [], left_out, TOO_THIN if self._in else nobody(left_out))
        return Composition(
            cents / 100,
            self._shares(made, now_ns) if shares else [],
            left_out,
            "",
            float(made.utilised),
            made.reach_e8 / ONE_E8,
            made.cap.cap / ONE_E8,
        )

    def _shares(self, made: Published, now_ns: int) -> list[Share]:
        part = self._parts = self._parts or self._book.parts(made)
        return [
            Share(
                venue=venue.name,
                price_usd=sum(venue.touch) / (2 * ONE_E8),
                volume_btc=part[venue.slot].resting_e8 / ONE_E8,
                default_volume=False,
                age_ms=venue.age_ms(now_ns),
                seq=venue.seq,
                weight=part[venue.slot].weight,
            )
            for venue in self._constituents
            if venue.name in self._in
        ]

    def _judge(self, now_ns: int) -> None:
        passed = []
        left_out: list[tuple[Constituent, str]] = []
        for venue in self._constituents:
            trouble = venue.trouble(now_ns, self._lag_ns)
            if trouble:
                left_out.append((venue, trouble))
            else:
                passed.append(venue)
        # Who was put out for deviating and is out for another reason now still has to come nearer.
        absent = self._deviating - {venue.name for venue in passed}
        self._deviating = absent | deviating({venue.name: venue.touch for venue in passed}, self._deviating)
        left_out += [(venue, DEVIATING) for venue in passed if venue.name in self._deviating]
        stay = [venue for venue in passed if venue.name not in self._deviating]
        names = {venue.name for venue in stay}
        if names != self._in or self._replaced:
            self._replaced = False
            self._book.replace((venue.slot, venue.book) for venue in stay)
            self._in = names
            self._moved = True
        self._left_out = left_out
        self._at_ease = NO_EASE if self._deviating else at_ease([venue.touch for venue in stay])
        self._doubts = False
        self._judged_ns = now_ns
        self._judged_until_ns = min(
            (venue.standing.until_ns(self._lag_ns) + 1 for venue in passed), default=now_ns + self._lag_ns
        )
