"""The composite: many indicators, one side, one score."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from actors.signal.decision.kinds import NO, YES, Bar, Passed
from actors.signal.decision.settings import DecisionSettings, by_kind
from actors.signal.edge import Offer

MOST_STRENGTH: Final = 2.0
"""Of one indicator, in thresholds: one loud voice must not outvote all others."""


class Candidate(NamedTuple):
    """A side that the composite would buy. reasons: the kinds that passed for it."""

    offer: Offer
    score: float
    reasons: list[str]


class Composite:
    """score(side) = sum_k w_k x_k / w_*, where x_k = +-value_k / threshold_k, held within +-2, is how
    strongly indicator k speaks for the side, in thresholds; an indicator without a value counts 0. w_* is
    the weight of the required kinds, or of all where none of them is weighed; so a score of 1 is what the
    required ones reach at their thresholds.

    A side is a candidate when its score and its edge suffice, when all required kinds have passed for it,
    and when the smallest size stands there. Of two, the one with the greater score.
    """

    def __init__(self, settings: DecisionSettings, over: Sequence[Bar], least_e2: int) -> None:
        """over: the bars of all kinds; the ones that are weighed must be among them."""
        weights = by_kind(settings.weights)
        self._settings = settings
        self._required = frozenset(settings.required)
        self._weighed = [(bar, weights[bar.kind]) for bar in over if weights[bar.kind] > 0.0]
        self._whole = sum(weights[kind] for kind in settings.required) or sum(weights.values())
        self._least_e2 = least_e2

    def candidate(
        self, values: Sequence[float], passes: Sequence[Passed], found: Sequence[Offer]
    ) -> Candidate | None:
        """What would be bought of what is offered; None for nothing. Edges stand in the offers."""
        settings = self._settings
        best: Candidate | None = None
        for offer in found:
            if offer.edge_usd < settings.least_edge_usd or offer.count_e2 < self._least_e2:
                continue
            reasons = [one.kind for one in passes if one.side == offer.side]
            if not self._required.issubset(reasons):
                continue
            score = self.score(values, offer.side)
            if score >= settings.least_score and (best is None or score > best.score):
                best = Candidate(offer, score, reasons)
        return best

    def score(self, values: Sequence[float], side: str) -> float:
        """How strongly the indicators speak for `yes` or `no`."""
        sign = {YES: 1.0, NO: -1.0}[side]
        total = 0.0
        for bar, weight in self._weighed:
            strength = sign * values[bar.yes if side == YES else bar.no] / bar.threshold
            if strength == strength:  # not NaN
                total += weight * max(-MOST_STRENGTH, min(MOST_STRENGTH, strength))
        return total / self._whole
