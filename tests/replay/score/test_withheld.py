import pytest

from replay.score.bought import Clock
from replay.score.withheld import Counter, count_reasons, plain_reason
from tests.replay.score.words import TICKER, fair, withheld

CLOCK = Clock(1.0, 0)


def test_a_reason_holds_until_the_next_word_on_the_market() -> None:
    counter = Counter()
    for at_s, why in ((0, ""), (1, ""), (2, "no book yet"), (3.5, "no book yet"), (4, "")):
        counter.take(fair(at_s, 0.5, withheld=why), CLOCK)
    found = counter.sum_up()
    assert found.given_s == pytest.approx(2.0)
    assert [(row.reason, row.count) for row in found.fair] == [("no book yet", 2)]
    assert found.fair[0].market_s == pytest.approx(2.0)


def test_silence_is_not_taken_for_a_value_that_holds() -> None:
    counter = Counter()
    counter.take(fair(0, 0.5), CLOCK)
    counter.take(fair(500, 0.5), CLOCK)
    assert counter.sum_up().given_s == pytest.approx(2.5)


def test_the_same_reason_with_other_figures_is_the_same() -> None:
    assert plain_reason("the index is older than 1.5 s") == "the index is older than N s"
    assert plain_reason("7 of 60 settlement values are missing") == plain_reason(
        "12 of 60 settlement values are missing"
    )


def test_market_time_is_counted_and_a_finished_market_is_forgotten() -> None:
    counter = Counter()
    counter.take(fair(0, 0.5), Clock(10.0, 0))
    counter.take(fair(0.1, 0.5), Clock(10.0, 0))
    counter.forget(TICKER)
    counter.take(fair(0.2, 0.5), Clock(10.0, 0))
    assert counter.sum_up().given_s == pytest.approx(1.0)


def test_decisions_are_counted_by_gate_and_reason_the_most_frequent_first() -> None:
    counter = Counter()
    for gate, reason in (
        ("closing", "in 3 s"),
        ("book", "withdrawn"),
        ("closing", "in 2 s"),
        ("closing", "x"),
    ):
        counter.take(withheld(1, gate, reason), CLOCK)
    found = counter.sum_up()
    assert [(gate.gate, gate.count) for gate in found.gates] == [("closing", 3), ("book", 1)]
    assert [(row.reason, row.count) for row in found.gates[0].reasons] == [("in N s", 2), ("x", 1)]


def test_counted_reasons_come_the_most_frequent_first() -> None:
    assert [row.reason for row in count_reasons({"a": 1, "b": 3})] == ["b", "a"]
