import math

import numpy as np
import pytest

from actors.fees import Rounding
from messages import Message
from replay.score.bought import (
    DEARER,
    FEE_UNKNOWN,
    HORIZONS_S,
    NO_BOOK_THEN,
    NO_OFFER,
    TAKEN,
    TOO_FEW,
    Bought,
    Clock,
    act_of,
    join,
    judge,
    own,
    pick,
)  # fmt: skip
from replay.score.marks import Quotes
from tests.replay.score.made import BEGIN, S
from tests.replay.score.words import decision, defined, quote, signal, withheld

CLOCK = Clock(1.0, 100_000_000)


def look(said: Message, *quotes: Message, fee: str = "quadratic", clock: Clock = CLOCK) -> Bought:
    collected = Quotes()
    for one in quotes:
        q = one
        collected.quote(q.recv_ns, q.bid_e6, q.bid_count_e2, q.ask_e6, q.ask_count_e2)  # type: ignore[attr-defined]
    act = act_of(said)  # type: ignore[arg-type]
    marks = collected.marks(BEGIN + 2000 * S)
    return judge([act], 3, {act.kind: 7}, marks, defined(fee=fee), clock, Rounding.DIRECT)


STILL = (quote(0, 400_000, 420_000),)


def test_an_order_pays_what_stands_there_when_it_arrives() -> None:
    found = look(signal(100), quote(0, 400_000, 420_000), quote(100.05, 380_000, 400_000))
    assert found.later.tolist() == [TAKEN]
    assert found.later_usd[0] == pytest.approx(0.40 + 0.0168)
    assert found.cost_usd[0] == pytest.approx(0.42 + 0.0171)
    assert (found.market[0], found.kind[0], found.left_s[0]) == (3, 7, 800.0)


def test_no_is_bought_at_one_less_the_bid() -> None:
    found = look(signal(100, "no", 600_000), *STILL)
    assert found.later_usd[0] == pytest.approx(0.60 + 0.0168)
    assert found.side.tolist() == [-1.0]
    assert own(np.array([0.3]), found.side).tolist() == [0.7]


def test_a_quote_that_comes_after_the_order_arrived_is_not_met() -> None:
    found = look(signal(100), quote(0, 400_000, 420_000), quote(100.11, 480_000, 500_000))
    assert found.later.tolist() == [TAKEN]


@pytest.mark.parametrize(
    ("quotes", "said", "state"),
    [
        ([quote(100.05, 440_000, 450_000)], signal(100), DEARER),
        ([quote(100.05, 420_000, 440_000)], decision(100), TAKEN),
        ([quote(100.05, 420_000, 441_000)], decision(100), DEARER),
        ([quote(100.05, 400_000, 420_000, count_e2=99)], signal(100), TOO_FEW),
        ([quote(100.05, 400_000, -1)], signal(100), NO_OFFER),
        ([quote(100.05, -1, 420_000)], signal(100, "no", 600_000), NO_OFFER),
        ([], signal(899.95), NO_BOOK_THEN),
    ],
)
def test_an_order_that_is_not_filled_says_why(quotes: list[Message], said: Message, state: int) -> None:
    found = look(said, *STILL, *quotes)
    assert found.later.tolist() == [state]
    assert math.isnan(found.later_usd[0]) == (state != TAKEN)


def test_before_any_quote_there_is_no_book() -> None:
    assert look(signal(100)).later.tolist() == [NO_BOOK_THEN]


def test_an_unknown_fee_is_not_guessed() -> None:
    found = look(signal(100), *STILL, fee="surprising")
    assert found.later.tolist() == [FEE_UNKNOWN]
    assert math.isnan(look(withheld(100, "book", "why"), *STILL, fee="surprising").cost_usd[0])


def test_marks_are_the_mids_of_each_horizon_and_none_after_the_close() -> None:
    moving = [
        quote(100 + second, 400_000 + 10_000 * second, 420_000 + 10_000 * second) for second in range(30)
    ]
    found = look(signal(100), *STILL, *moving)
    assert found.mid[0] == pytest.approx(0.41)
    assert found.marks[:, 0] == pytest.approx([0.41, 0.42, 0.46, 0.56, 0.70])
    late = look(signal(890), *STILL)
    assert late.marks[:, 0] == pytest.approx([0.41, 0.41, 0.41, math.nan, math.nan], nan_ok=True)


def test_latency_and_horizons_run_by_the_markets_clock() -> None:
    clock = Clock(10.0, round(0.01 * S))
    found = look(signal(100), *STILL, quote(100.02, 500_000, 520_000), clock=clock)
    assert found.later.tolist() == [TAKEN]  # 10 ms later, as 100 ms are ten times as fast
    assert found.marks[:, 0] == pytest.approx([0.41, 0.51, 0.51, 0.51, 0.51])
    assert found.mark_ns[-1, 0] - found.at_ns[0] == 6 * S
    assert found.left_s[0] == 8000.0


def test_a_withheld_decision_bears_its_gate_and_is_priced() -> None:
    act = act_of(withheld(100, "closing", "in 3 s"))
    assert act.kind == "withheld: closing"
    found = look(withheld(100, "closing", "in 3 s"), *STILL)
    assert found.cost_usd[0] == pytest.approx(0.42 + 0.0171)
    assert math.isnan(found.probability[0])


def test_markets_are_joined_by_time() -> None:
    late, early = look(signal(200), *STILL), look(signal(100), *STILL)
    both = join([late, early])
    assert both.at_ns.tolist() == [early.at_ns[0], late.at_ns[0]]
    assert both.marks.shape == (len(HORIZONS_S), 2)
    assert pick(both, np.array([True, False])).at_ns.tolist() == early.at_ns.tolist()
    assert join([]).marks.shape == (len(HORIZONS_S), 0)
