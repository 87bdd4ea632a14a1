import math

import pytest

from actors.signal.decision.gates import GATES, Facts, first_closed
from actors.signal.decision.settings import DecisionSettings

OPEN = Facts("", 0.1, 0.5, math.nan, "", "", fee_known=True, left_s=300.0)
LIMITS = DecisionSettings()


def test_with_everything_in_order_every_gate_is_open() -> None:
    assert first_closed(OPEN, LIMITS) is None
    assert first_closed(OPEN._replace(index_error_bps=LIMITS.index_error_limit_bps), LIMITS) is None


CASES = [
    ({"index_withheld": "no venue qualifies"}, "index-withheld", "no venue qualifies"),
    ({"index_age_s": 0.75}, "old-input", "the index is 0.75 s old, more than 0.5 s"),
    ({"book_age_s": 2.5}, "old-input", "the book was confirmed 2.50 s ago, more than 2 s"),
    (
        {"index_error_bps": 4.126},
        "index-error",
        "the index was 4.13 bps off over the last 120 s, more than 3 bps",
    ),
    ({"warming_up": "5 s of index are needed"}, "warm-up", "5 s of index are needed"),
    ({"book": "the book is withdrawn", "book_age_s": math.inf}, "book", "the book is withdrawn"),
    ({"fee_known": False}, "fee-unknown", "the market's fee is not known"),
    ({"left_s": 1.96}, "closing", "the market closes in 2.0 s, less than 2 s"),
]


@pytest.mark.parametrize(("changes", "gate", "reason"), CASES)
def test_each_gate_closes_for_its_own_reason_with_figures(
    changes: dict[str, object], gate: str, reason: str
) -> None:
    assert first_closed(OPEN._replace(**changes), LIMITS) == (gate, reason)  # type: ignore[arg-type]


def test_every_gate_is_tried_here_and_the_first_closed_one_is_named() -> None:
    assert {name for name, _ in GATES} == {gate for _, gate, _ in CASES}
    everything = OPEN
    for changes, _, _ in CASES:
        everything = everything._replace(**changes)  # type: ignore[arg-type]
    closed = first_closed(everything, LIMITS)
    assert closed is not None
    assert closed.gate == "index-withheld"
