import math

from replay.score.outcomes import Outcomes
from tests.replay.score.words import TICKER, defined


def test_a_market_ends_as_its_newest_definition_says() -> None:
    outcomes = Outcomes()
    outcomes.take(defined())
    assert math.isnan(outcomes.yes(TICKER))
    outcomes.take(defined(result="yes"))
    assert outcomes.yes(TICKER) == 1.0
    assert math.isnan(outcomes.yes("another"))


def test_a_definition_from_before_the_result_does_not_undo_it() -> None:
    outcomes = Outcomes()
    outcomes.take(defined(result="no"))
    outcomes.take(defined())
    assert outcomes.yes(TICKER) == 0.0


def test_markets_are_counted_by_how_they_ended() -> None:
    outcomes = Outcomes()
    outcomes.take(defined("a", 0, "yes"))
    outcomes.take(defined("b", 0, "no"))
    outcomes.take(defined("c", 1))
    outcomes.take(defined("d", 2, "scalar"))
    outcomes.take(defined("a", 0, "no"))
    ended = outcomes.sum_up({"a", "b", "c", "d", "never defined"})
    assert (ended.markets, ended.windows, ended.settled) == (5, 3, 2)
    assert (ended.unsettled, ended.otherwise, ended.changed) == (2, 1, 1)
    assert outcomes.yes("a") == 0.0
    assert math.isnan(outcomes.yes("d"))
