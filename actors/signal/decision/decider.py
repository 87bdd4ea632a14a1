"""What the composite would buy of one market, and whether a gate holds it back."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from actors.fees import Rounding
from actors.signal.calibration import Calibration
from actors.signal.decision.composite import Candidate, Composite
from actors.signal.decision.gates import Closed, Facts, first_closed
from actors.signal.decision.kinds import EDGE, PLACES, YES, Bar, Passed, passed
from actors.signal.decision.limit import limit_e6
from actors.signal.decision.silence import Silence
from actors.signal.edge import Offer, edges_of, offers
from actors.signal.settings import Settings
from messages import DOLLAR_E6, INDICATORS, FairValue, Level, MarketQuoteChanged

Levels = Callable[[], tuple[list[Level], list[Level]]]
"""Best bids and asks of the market, best first; empty while they are not trusted."""


class Situation(msgspec.Struct, frozen=True, gc=False):
    """One market at one update.

    fair: its fair value, with the reason where it must not be used. probability: of YES by the model, also
    what it would be if withheld; below 0 for none. quote: the newest, whether or not it stands.
    fee_multiplier_e6: None while unknown. facts: what the gates look at, asked for only where something
    would be bought.
    """

    fair: FairValue
    probability: float
    quote: MarketQuoteChanged | None
    fee_multiplier_e6: int | None
    ticks: list[tuple[int, int, int]]
    levels: Levels
    facts: Callable[[], Facts]


class Ruling(NamedTuple):
    """A candidate, and either the terms of its decision or the gate that is closed."""

    candidate: Candidate
    closed: Closed | None
    limit_e6: int
    count_e2: int
    probability: float


class Decider:
    """Decides for one market after the other; what was said of one before is kept by its name.

    Where the fair value must not be used, or no fee is known, nothing is decided. But what would have been
    is worked out from what was known last, and said as withheld if it would have been a decision: the
    market's last quote, the regular fee, and of all indicators but the edge the last values in good order.
    """

    def __init__(self, settings: Settings, over: Sequence[Bar], calibration: Calibration | None) -> None:
        decision = settings.decision
        self._limits = msgspec.structs.replace(
            decision, oldest_index_s=min(decision.oldest_index_s, settings.index_stale_s)
        )
        self._rounding = Rounding(settings.fee_rounding)
        self._wanted_e2 = round(decision.contracts * 100)
        self._bars = over
        self._composite = Composite(decision, over, round(settings.min_contracts * 100))
        self._calibration = calibration
        cooldown_ns = round(decision.cooldown_s * 1e9 / settings.speed)
        self._bought = Silence(cooldown_ns)
        self._refused = Silence(cooldown_ns)
        self._gate = ("", "")
        self._values: list[float] = [math.nan] * len(INDICATORS)

    @property
    def version(self) -> str:
        """Of the calibration; empty without one."""
        return self._calibration.version if self._calibration is not None else ""

    def decide(
        self, values: list[float], passes: list[Passed], found: list[Offer], situation: Situation
    ) -> Ruling | None:
        """What is to be said of this update; None for nothing, also where it was said just before."""
        fair = situation.fair
        probability = situation.probability
        multiplier_e6 = situation.fee_multiplier_e6
        sound = not fair.withheld and multiplier_e6 is not None
        if sound:
            self._values = values
            if self._calibration is not None:
                probability = self._calibration.probability(fair, values)
        if not sound or self._calibration is not None:
            if probability < 0.0 or situation.quote is None:
                return None
            usual_e6 = DOLLAR_E6 if multiplier_e6 is None else multiplier_e6
            found = offers(probability, situation.quote, usual_e6, self._rounding)
            values = self._with_edges(found)
            passes = passed(values, self._bars)
        candidate = self._composite.candidate(values, passes, found)
        if candidate is None:
            self._gate = ("", "")
            return None
        side = candidate.offer.side
        if not self._bought.over(("", side), fair.at_ns):
            return None
        closed = first_closed(situation.facts(), self._limits)
        if closed is None and fair.withheld:
            closed = Closed("old-input", fair.withheld)
        if closed is None and multiplier_e6 is not None:
            self._gate = ("", "")
            self._bought.begin(("", side), fair.at_ns)
            limit, count_e2 = self._terms(candidate.offer, probability, situation, multiplier_e6)
            return Ruling(candidate, None, limit, count_e2, probability)
        return None if closed is None else self._withhold(candidate, closed, fair.at_ns, probability)

    def _withhold(
        self, candidate: Candidate, closed: Closed, now_ns: int, probability: float
    ) -> Ruling | None:
        gate = (closed.gate, candidate.offer.side)
        if gate == self._gate:
            return None
        self._gate = gate
        if not self._refused.over(gate, now_ns):
            return None
        self._refused.begin(gate, now_ns)
        return Ruling(candidate, closed, 0, 0, probability)

    def _with_edges(self, found: list[Offer]) -> list[float]:
        values = list(self._values)
        yes, no = PLACES[EDGE]
        yes_usd, no_usd = edges_of(found)
        values[yes] = yes_usd
        values[no] = -no_usd
        return values

    def _terms(
        self, offer: Offer, probability: float, situation: Situation, multiplier_e6: int
    ) -> tuple[int, int]:
        """The limit price, and how many of those wanted stand up to it."""
        worth_usd = probability if offer.side == YES else 1.0 - probability
        limit = limit_e6(
            offer.price_e6,
            worth_usd,
            self._limits.limit_edge_usd,
            situation.ticks,
            multiplier_e6,
            self._rounding,
        )
        bids, asks = situation.levels()
        if offer.side == YES:
            standing_e2 = sum(count for price, count in asks if price <= limit)
        else:
            standing_e2 = sum(count for price, count in bids if DOLLAR_E6 - price <= limit)
        return limit, min(self._wanted_e2, max(standing_e2, offer.count_e2))
