import math

import msgspec
import pytest

from actors.signal.decision.composite import Candidate, Composite
from actors.signal.decision.kinds import bars, passed
from actors.signal.decision.settings import DecisionSettings, Weights
from actors.signal.edge import Offer
from messages import INDICATORS

BARS = bars({"edge": 0.02, "delay": 0.01, "momentum-5": 2.0})
SETTINGS = DecisionSettings(weights=Weights(edge=1.0, delay=0.5), required=["edge"])


def values(**given: float) -> list[float]:
    named = {name.replace("_", "-"): value for name, value in given.items()}
    return [named.get(name, math.nan) for name in INDICATORS]


def candidate(
    settings: DecisionSettings, given: list[float], yes_usd: float = 0.03, no_usd: float = -0.07
) -> Candidate | None:
    found = [Offer("yes", 500_000, 1000, 17_500, yes_usd), Offer("no", 520_000, 1000, 17_500, no_usd)]
    return Composite(settings, BARS, 100).candidate(given, passed(given, BARS), found)


def test_an_edge_alone_is_a_candidate_at_its_threshold() -> None:
    made = candidate(SETTINGS, values(edge_yes=0.02, edge_no=0.07), 0.02)
    assert made is not None
    assert (made.offer.side, made.score, made.reasons) == ("yes", 1.0, ["edge"])


def test_what_speaks_for_the_side_adds_to_the_score_and_what_speaks_against_it_takes_away() -> None:
    helped = candidate(SETTINGS, values(edge_yes=0.03, delay=0.02))
    assert helped is not None
    assert helped.score == pytest.approx(1.5 + 0.5 * 2.0)
    assert helped.reasons == ["edge", "delay"]
    assert candidate(SETTINGS, values(edge_yes=0.03, delay=-0.02)) is None


def test_one_loud_voice_counts_no_more_than_twice() -> None:
    made = candidate(SETTINGS, values(edge_yes=0.9))
    assert made is not None
    assert made.score == 2.0


def test_every_required_kind_must_have_passed_for_the_side() -> None:
    both = msgspec.structs.replace(SETTINGS, required=["edge", "delay"])
    assert candidate(both, values(edge_yes=0.05)) is None
    assert candidate(both, values(edge_yes=0.05, delay=-0.05)) is None
    made = candidate(both, values(edge_yes=0.05, delay=0.02))
    assert made is not None
    assert made.score == pytest.approx(3.0 / 1.5)


def test_the_edge_the_size_and_the_score_must_suffice() -> None:
    given = values(edge_yes=0.03)
    assert candidate(msgspec.structs.replace(SETTINGS, least_edge_usd=0.031), given) is None
    assert candidate(msgspec.structs.replace(SETTINGS, least_score=1.6), given) is None
    found = [Offer("yes", 500_000, 99, 17_500, 0.03)]
    assert Composite(SETTINGS, BARS, 100).candidate(given, passed(given, BARS), found) is None


def test_of_two_sides_the_stronger_one_is_bought() -> None:
    free = DecisionSettings(
        weights=Weights(momentum_5=1.0, edge=0.0, delay=0.0),
        required=[],
        least_score=0.0,
        least_edge_usd=-1.0,
    )
    made = candidate(free, values(momentum_5=-3.0))
    assert made is not None
    assert (made.offer.side, made.score, made.reasons) == ("no", 1.5, ["momentum-5"])


def test_without_a_required_weight_the_score_is_a_share_of_all_weights() -> None:
    free = DecisionSettings(weights=Weights(edge=1.0, delay=1.0), required=[])
    assert Composite(free, BARS, 100).score(values(edge_yes=0.02, delay=0.01), "yes") == 1.0
