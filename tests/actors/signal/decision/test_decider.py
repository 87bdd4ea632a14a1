import math
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from actors.fees import Rounding
from actors.signal.decision.decider import Decider, Ruling, Situation
from actors.signal.decision.gates import Facts
from actors.signal.decision.kinds import bars, passed
from actors.signal.decision.settings import DecisionSettings, Weights
from actors.signal.edge import offers
from actors.signal.settings import Settings
from messages import DOLLAR_E6, INDICATORS, FairValue, MarketQuoteChanged

S = 1_000_000_000
SETTINGS = Settings(
    decision=DecisionSettings(required=["edge"], weights=Weights(edge=1.0, delay=0.0), contracts=20.0)
)
BARS = bars({"edge": 0.02})
OPEN = Facts("", 0.1, 0.5, math.nan, "", "", fee_known=True, left_s=300.0)
LEVELS = ([(380_000, 500)], [(400_000, 300), (410_000, 400), (450_000, 1000), (600_000, 5000)])


def fair(at_ns: int, probability: float, withheld: str = "") -> FairValue:
    return FairValue(
        "M", at_ns, at_ns, -1.0 if withheld else probability, 84_000.0, 1, 300.0, 0, 0.0, 5e-5, 380_000, 500,
        400_000, 300, 0.0, 0.0, [], [], withheld,
    )  # fmt: skip


class Market:
    """One market at 0.38 / 0.40, and a decider for it."""

    def __init__(self, settings: Settings = SETTINGS, calibration: Any = None) -> None:
        self.decider = Decider(settings, BARS, calibration)
        self.facts = OPEN
        self.fee: int | None = DOLLAR_E6
        self.asked = 0

    def rule(self, at_s: float, probability: float = 0.5, withheld: str = "") -> Ruling | None:
        at_ns = round(at_s * S)
        quote = MarketQuoteChanged("M", 0, at_ns, 0, 380_000, 500, 400_000, 300)
        found = [] if withheld else offers(probability, quote, self.fee, Rounding.DIRECT)
        values = [math.nan] * len(INDICATORS)
        for offer in found:
            sign, name = (1.0, "edge-yes") if offer.side == "yes" else (-1.0, "edge-no")
            values[INDICATORS.index(name)] = sign * offer.edge_usd
        passes = passed(values, BARS)
        situation = Situation(
            fair(at_ns, probability, withheld), probability, quote, self.fee, [], lambda: LEVELS, self._look
        )
        return self.decider.decide(values, passes, found, situation)

    def _look(self) -> Facts:
        self.asked += 1
        return self.facts


def test_a_candidate_behind_open_gates_is_decided_with_limit_and_count() -> None:
    ruling = Market().rule(1)
    assert ruling is not None
    assert ruling.closed is None
    assert (ruling.candidate.offer.side, ruling.candidate.reasons) == ("yes", ["edge"])
    assert ruling.limit_e6 == 470_000
    assert ruling.count_e2 == 1700  # of the 20 contracts wanted, what stands up to the limit
    assert ruling.probability == 0.5


def test_where_nothing_would_be_bought_no_gate_is_asked() -> None:
    market = Market()
    assert market.rule(1, probability=0.41) is None
    assert market.asked == 0


def test_after_a_decision_its_side_is_silent_for_the_cooldown() -> None:
    market = Market()
    made = [market.rule(at_s) is not None for at_s in (1, 5.9, 6, 10)]
    assert made == [True, False, True, False]
    other = market.rule(10.1, probability=0.2)
    assert other is not None
    assert other.candidate.offer.side == "no"


def test_a_closed_gate_withholds_the_decision_and_says_so_when_it_begins() -> None:
    market = Market()
    market.facts = OPEN._replace(left_s=1.0)
    ruling = market.rule(1)
    assert ruling is not None
    assert ruling.closed is not None
    assert ruling.closed.gate == "closing"
    assert market.rule(1.1) is None
    market.facts = OPEN._replace(index_error_bps=5.0)
    ruling = market.rule(1.2)
    assert ruling is not None
    assert ruling.closed is not None
    assert ruling.closed.gate == "index-error"
    market.facts = OPEN
    ruling = market.rule(1.3)
    assert ruling is not None
    assert ruling.closed is None


def test_what_flickers_behind_a_closed_gate_is_said_once_in_a_cooldown() -> None:
    market = Market()
    market.facts = OPEN._replace(left_s=1.0)
    said = [market.rule(at_s, 0.5 if step % 2 else 0.4) for step, at_s in enumerate((1, 2, 3, 4, 5, 6, 7, 8))]
    assert [ruling is not None for ruling in said] == [False, True, False, False, False, False, False, True]


def test_a_withheld_fair_value_withholds_what_it_would_have_decided() -> None:
    market = Market()
    market.facts = OPEN._replace(book="the book is withdrawn", book_age_s=math.inf)
    ruling = market.rule(1, withheld="the book is withdrawn")
    assert ruling is not None
    assert ruling.closed == ("book", "the book is withdrawn")
    assert ruling.candidate.offer.edge_usd == pytest.approx(0.5 - 0.4 - 0.0168)


def test_a_reason_that_no_gate_knows_withholds_as_well() -> None:
    ruling = Market().rule(1, withheld="something new")
    assert ruling is not None
    assert ruling.closed == ("old-input", "something new")


def test_a_probability_that_nobody_knows_is_no_candidate() -> None:
    assert Market().rule(1, probability=-1.0, withheld="no index value yet") is None


def test_an_unknown_fee_is_taken_for_the_usual_one_to_say_what_is_withheld() -> None:
    market = Market()
    market.fee = None
    market.facts = OPEN._replace(fee_known=False)
    ruling = market.rule(1)
    assert ruling is not None
    assert ruling.closed == ("fee-unknown", "the market's fee is not known")
    assert ruling.candidate.offer.fee_e6 == 16_800


def test_an_index_that_is_too_old_for_a_value_is_too_old_for_a_decision() -> None:
    patient = msgspec.structs.replace(SETTINGS.decision, oldest_index_s=10.0)
    market = Market(msgspec.structs.replace(SETTINGS, decision=patient))
    market.facts = OPEN._replace(index_age_s=1.5)
    ruling = market.rule(1, withheld="the index is older than 1 s")
    assert ruling is not None
    assert ruling.closed == ("old-input", "the index is 1.50 s old, more than 1 s")


class Halved:
    version = "half-1"

    def probability(self, fair: FairValue, values: Sequence[float]) -> float:
        assert values[INDICATORS.index("edge-yes")] == pytest.approx(fair.probability - 0.4 - 0.0168)
        return fair.probability / 2


def test_a_calibration_decides_with_its_own_probability_and_edges() -> None:
    market = Market(calibration=Halved())
    assert market.decider.version == "half-1"
    assert market.rule(1, probability=0.82) is None
    ruling = market.rule(1, probability=0.96)
    assert ruling is not None
    assert ruling.probability == 0.48
    assert ruling.candidate.offer.edge_usd == pytest.approx(0.48 - 0.4 - 0.0168)


def test_without_a_calibration_there_is_no_version() -> None:
    assert Market().decider.version == ""
