import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.indicators.flow import OrderFlow, TradeFlow, flow_event
from actors.signal.ladder import EMPTY, Touch
from tests.actors.signal.vectors import vectors

SECOND = 1_000_000_000
PRICES = st.integers(1, 99)
COUNTS = st.integers(1, 1000)


@st.composite
def touches(draw: st.DrawFn) -> Touch:
    bid = draw(st.integers(1, 98))
    ask = draw(st.integers(bid + 1, 99))
    touch = (bid * 10_000, draw(COUNTS), ask * 10_000, draw(COUNTS))
    if draw(st.integers(0, 4)) == 0:
        touch = (-1, 0, touch[2], touch[3])
    if draw(st.integers(0, 4)) == 0:
        touch = (touch[0], touch[1], -1, 0)
    return touch


def mirrored(touch: Touch) -> Touch:
    bid, bid_count, ask, ask_count = touch
    return (
        1_000_000 - ask if ask > 0 else -1, ask_count, 1_000_000 - bid if bid > 0 else -1, bid_count,
    )  # fmt: skip


def test_every_reference_event_comes_out() -> None:
    reference = vectors("microstructure")
    quotes = [
        (round(bid * 10), bid_count, round(ask * 10), ask_count)
        for bid, bid_count, ask, ask_count in reference["quotes"]
    ]
    events = [flow_event(quotes[at], quotes[at + 1]) for at in range(len(quotes) - 1)]
    assert events == reference["ofi_events"]
    assert sum(events) == reference["ofi"]


@given(touches(), touches())
def test_seen_as_no_an_event_turns_its_sign(before: Touch, after: Touch) -> None:
    assert flow_event(mirrored(before), mirrored(after)) == -flow_event(before, after)


def test_a_side_that_appears_or_vanishes_counts_whole() -> None:
    one_sided = (-1, 0, 520_000, 70)
    both = (500_000, 40, 520_000, 70)
    assert flow_event(one_sided, both) == 40
    assert flow_event(both, one_sided) == -40
    assert flow_event(both, EMPTY) == -40 + 70
    assert flow_event(EMPTY, both) == 40 - 70


def test_the_flow_is_told_in_touches() -> None:
    flow = OrderFlow(15 * SECOND)
    assert flow.value(0) == 0.0
    flow.take(1, (500_000, 100, 520_000, 100), (500_000, 300, 520_000, 100))  # +200, touch of 200
    flow.take(2, (500_000, 300, 520_000, 100), (500_000, 300, 520_000, 200))  # -100, touch of 250
    assert flow.value(3) == pytest.approx(100 / 225)
    assert flow.value(20 * SECOND) == 0.0
    flow.take(20 * SECOND, (500_000, 100, 520_000, 100), (510_000, 100, 520_000, 100))
    assert flow.value(20 * SECOND) == pytest.approx(1.0)
    flow.clear()
    assert flow.value(20 * SECOND) == 0.0


def test_a_touch_that_empties_whole_leaves_no_division_by_nothing() -> None:
    flow = OrderFlow(15 * SECOND)
    flow.take(1, (500_000, 100, -1, 0), EMPTY)
    assert flow.value(1) == 0.0


def test_the_trade_flow_is_the_share_that_bought_less_the_share_that_sold() -> None:
    flow = TradeFlow(60 * SECOND)
    assert math.isnan(flow.value(0))
    flow.take(0, 300, buys_yes=True)
    assert flow.value(0) == 1.0
    flow.take(SECOND, 100, buys_yes=False)
    assert flow.value(SECOND) == 0.5
    assert flow.value(61 * SECOND) == -1.0
    assert math.isnan(flow.value(63 * SECOND))
    flow.take(64 * SECOND, 1, buys_yes=True)
    flow.clear()
    assert math.isnan(flow.value(64 * SECOND))
