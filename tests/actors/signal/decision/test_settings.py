import math

import pytest

from actors.signal.decision.kinds import PLACES
from actors.signal.decision.settings import DecisionSettings, Thresholds, Weights, by_kind


def test_every_kind_has_a_threshold_and_a_weight_by_its_own_name() -> None:
    assert list(by_kind(Weights())) == list(PLACES)
    assert ["edge", *by_kind(Thresholds())] == list(PLACES)


@pytest.mark.parametrize("weight", [-1.0, 100.1, math.nan])
def test_an_impossible_weight_is_refused_by_name(weight: float) -> None:
    with pytest.raises(ValueError, match=f"weight of trade-flow is {weight}; it must be between 0 and 100"):
        Weights(trade_flow=weight)


def test_something_must_weigh() -> None:
    with pytest.raises(ValueError, match="signal decision weights are all 0; at least one must count"):
        Weights(edge=0.0, delay=0.0)


def test_an_impossible_threshold_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"signal threshold of venue-lead is -1\.0"):
        Thresholds(venue_lead=-1.0)


def test_an_impossible_number_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"signal decision contracts is 0\.0; it must be between 0.01 and"):
        DecisionSettings(contracts=0.0)
