"""The whole rule: what it decides, what it withholds and why, from made messages."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from actors.signal.decision.settings import DecisionSettings, Thresholds, Weights
from actors.signal.settings import Settings
from messages import (
    INDICATORS,
    Decision,
    DecisionWithheld,
    FairValue,
    IndexCompared,
    Indicators,
    MarketBookWithdrawn,
    MarketQuoteChanged,
    MarketRoleChanged,
    MarketTraded,
    MethodAverage,
    MethodError,
    SettlementCompared,
    SettlementMismatch,
    Signal,
)
from tests.actors.signal.driver import CLOSE, MS, OPEN, TICKER, Driver, S, defined, ready

EDGE = Settings(decision=DecisionSettings(required=["edge"], weights=Weights(delay=0.5)))
"""Decisions on an edge alone."""


def decided(driver: Driver) -> list[Decision]:
    return driver.all_of(Decision)


def withheld(driver: Driver) -> list[tuple[str, str]]:
    return [(one.gate, one.side) for one in driver.all_of(DecisionWithheld)]


def test_an_edge_is_decided_on_in_the_turn_that_brought_it() -> None:
    driver = ready(EDGE)
    assert decided(driver) == []
    driver.quote(0.20, 0.30, ask_count=3.0)
    position = 1000 + len(driver.said)
    said = driver.turn()
    (decision,) = decided(driver)
    fair = said[0]
    assert isinstance(fair, FairValue)
    assert isinstance(said[1], Indicators)
    assert said[-1] is decision
    assert (decision.fair, decision.indicators) == (position, position + 1)
    assert (decision.side, decision.price_e6, decision.fee_e6) == ("yes", 300_000, 14_700)
    assert decision.count_e2 == 300  # of the ten wanted, what stands there
    assert decision.edge_usd == fair.edge_yes_usd
    assert decision.probability == fair.probability
    assert decision.limit_e6 >= decision.price_e6
    assert decision.reasons[0] == "edge"
    assert decision.score >= 1.0
    assert (decision.calibration, decision.inputs) == ("", fair.inputs)


def test_the_other_side_is_bought_at_one_less_the_bid() -> None:
    driver = ready(EDGE)
    driver.quote(0.70, 0.80)
    driver.turn()
    (decision,) = decided(driver)
    assert (decision.side, decision.price_e6, decision.count_e2) == ("no", 300_000, 1000)


def test_a_decision_is_not_made_again_within_its_cooldown() -> None:
    driver = ready(EDGE)
    driver.quote(0.20, 0.30)
    driver.run(12)
    times = [one.at_ns for one in decided(driver)]
    assert len(times) == 3
    assert all(later - earlier >= 5 * S for earlier, later in pairwise(times))


Trouble = Callable[[Driver], None]


def withdraw(driver: Driver) -> None:
    driver.take("kalshi", MarketBookWithdrawn(TICKER, 0, driver.now_ns, "gap"))


def withhold_index(driver: Driver) -> None:
    driver.index(0.0, "no venue qualifies")


def forget_fee(driver: Driver) -> None:
    driver.take("kalshi", defined(fee_type="unheard-of"))


def let_index_age(driver: Driver) -> None:
    driver.now_ns += 700 * MS
    driver.quote(0.20, 0.31)


def err(driver: Driver) -> None:
    for before in range(30):
        stamp_ns = driver.now_ns - before * S
        errors = [MethodError("m", 84_000.0, -4.0)]
        driver.take("brti", IndexCompared("BRTI", stamp_ns, stamp_ns, stamp_ns, 1, errors, 0.3, []))


@pytest.mark.parametrize(
    ("trouble", "gate", "reason"),
    [
        (withdraw, "book", "the book is withdrawn"),
        (withhold_index, "index-withheld", "the index is withheld: no venue qualifies"),
        (forget_fee, "fee-unknown", "the market's fee is not known"),
        (let_index_age, "old-input", "the index is 0.70 s old, more than 0.5 s"),
        (err, "index-error", "the index was 4.00 bps off over the last 120 s, more than 3 bps"),
    ],
)
def test_trouble_withholds_the_decision_with_the_reason(trouble: Trouble, gate: str, reason: str) -> None:
    driver = ready(EDGE)
    driver.quote(0.20, 0.30)
    trouble(driver)
    driver.turn()
    assert decided(driver) == []
    (held,) = driver.all_of(DecisionWithheld)
    assert (held.gate, held.reason, held.side) == (gate, reason, "yes")
    assert held.edge_usd > 0.02
    fair = driver.fair()
    assert held.at_ns == fair.at_ns
    assert driver.said[held.fair - 1000] == fair


def test_until_the_volatility_is_warm_decisions_are_withheld() -> None:
    driver = Driver(EDGE)
    driver.take("kalshi", MarketRoleChanged("KXBTC15M", driver.now_ns, TICKER, ""))
    driver.take("kalshi", defined())
    driver.quote(0.20, 0.30)
    driver.run(4)
    assert decided(driver) == []
    assert withheld(driver) == [("warm-up", "yes")]


def test_just_before_the_close_decisions_are_withheld() -> None:
    driver = ready(
        Settings(decision=DecisionSettings(required=["edge"], weights=Weights(delay=0.5), closing_s=600.0)),
        start_ns=CLOSE - 500 * S,
    )
    driver.quote(0.20, 0.30)
    driver.turn()
    assert decided(driver) == []
    assert withheld(driver) == [("closing", "yes")]


def test_missing_settlement_values_withhold_as_a_withheld_index() -> None:
    driver = ready(EDGE, start_ns=CLOSE - 90 * S)
    driver.run(CLOSE / S - driver.now_ns / S - 50.6)
    driver.now_ns += 12 * S
    driver.quote(0.01, 0.02)
    driver.run(0.4)
    assert withheld(driver) == [("index-withheld", "yes")]


def test_when_the_trouble_is_over_the_decision_is_made() -> None:
    driver = ready(EDGE)
    driver.quote(0.20, 0.30)
    withdraw(driver)
    driver.turn()
    driver.run(2)
    assert withheld(driver) == [("book", "yes")]
    driver.quote(0.20, 0.30)
    driver.turn()
    assert [one.side for one in decided(driver)] == ["yes"]


class Doubt:
    version = "doubt-1"

    def probability(self, fair: FairValue, values: list[float]) -> float:
        return 0.5 + 0.6 * (fair.probability - 0.5)


def test_a_calibration_is_what_decisions_are_made_with_and_nothing_else() -> None:
    driver = ready(EDGE, calibration=Doubt())  # type: ignore[arg-type]
    driver.spot = 84_060.0
    driver.run(6)
    fair = driver.fair()
    assert fair.edge_yes_usd > 0.05
    decision = decided(driver)[-1]
    assert decision.calibration == "doubt-1"
    assert decision.probability < driver.said[decision.fair - 1000].probability  # type: ignore[attr-defined]
    assert decision.edge_usd == pytest.approx(decision.probability - 0.51 - 0.0175)
    before = len(decided(driver))
    driver.quote(0.53, 0.55)
    driver.run(6)
    assert driver.fair().edge_yes_usd > 0.02
    assert len(decided(driver)) == before


def test_by_default_an_edge_must_come_from_a_move_that_the_quote_has_not_followed() -> None:
    driver = ready()
    driver.quote(0.20, 0.30)
    driver.run(5)
    assert driver.fair().edge_yes_usd > 0.1
    assert decided(driver) == []
    driver.quote(0.49, 0.51)
    driver.run(20)
    driver.spot = 84_060.0
    driver.run(1)
    decision = decided(driver)[0]
    assert decision.side == "yes"
    assert {"edge", "delay"} <= set(decision.reasons)


def test_an_indicator_that_is_required_must_have_passed() -> None:
    settings = Settings(
        decision=DecisionSettings(required=["edge", "trade-flow"], weights=Weights(edge=1.0, delay=0.0))
    )
    driver = ready(settings)
    driver.quote(0.20, 0.30)
    driver.turn()
    assert decided(driver) == []
    driver.run(65)  # a flow is known when its whole window was seen
    assert decided(driver) == []
    trade = MarketTraded(TICKER, 0, driver.now_ns, 0, "t", 300_000, 100, taker_buys_yes=True, is_block=False)
    driver.take("kalshi", trade)
    driver.turn()
    assert {"edge", "trade-flow"} <= set(decided(driver)[0].reasons)


def test_every_kind_of_signal_names_its_indicators_and_value() -> None:
    driver = ready(EDGE)
    driver.spot = 84_030.0
    driver.run(1.0)
    driver.quote(0.40, 0.45, bid_count=900.0, ask_count=5.0)
    driver.turn()
    signals = driver.all_of(Signal)
    kinds = {signal.signal_kind for signal in signals}
    assert {"edge", "book-imbalance", "momentum-5"} <= kinds
    for signal in signals:
        indicators = driver.said[signal.indicators - 1000]
        assert isinstance(indicators, Indicators)
        assert (indicators.fair, indicators.at_ns) == (signal.fair, signal.at_ns)
        if signal.signal_kind != "edge":
            assert indicators.values[INDICATORS.index(signal.signal_kind)] == signal.value
            assert abs(signal.value) >= signal.threshold_usd
        assert (signal.side == "yes") == (signal.value > 0)


def test_what_has_no_threshold_gives_no_signal() -> None:
    nothing = Thresholds(**dict.fromkeys(Thresholds.__struct_fields__, 0.0))
    alone = DecisionSettings(required=["edge"], weights=Weights(delay=0.0))
    quiet = Settings(thresholds=nothing, decision=alone)
    driver = ready(quiet)
    driver.spot = 84_030.0
    driver.run(1.0)
    driver.quote(0.40, 0.45, bid_count=900.0, ask_count=5.0)
    driver.turn()
    assert {signal.signal_kind for signal in driver.all_of(Signal)} == {"edge"}


def test_every_fair_value_of_a_running_market_has_its_indicators() -> None:
    driver = ready(EDGE)
    driver.quote(0.20, 0.30)
    driver.run(3)
    for place, message in enumerate(driver.said):
        if isinstance(message, FairValue):
            indicators = driver.said[place + 1]
            assert isinstance(indicators, Indicators)
            assert indicators.fair == 1000 + place
            assert len(indicators.values) == len(indicators.oldest_ms) == len(INDICATORS)


def test_a_settlement_that_is_not_what_the_values_give_is_an_alarm_once() -> None:
    driver = ready(EDGE)
    average = MethodAverage("official", 84_000.12, 60, 0.0)
    driver.take(
        "brti",
        SettlementCompared(TICKER, CLOSE, driver.now_ns, 84_000_000_000, 84_000_130_000, "yes", [average]),
    )
    (alarm,) = driver.turn()
    assert isinstance(alarm, SettlementMismatch)
    assert (alarm.ours_cents, alarm.expiration_e6, alarm.source) == (8_400_012, 84_000_130_000, "official")
    driver.run(2)
    assert len(driver.all_of(SettlementMismatch)) == 1


def test_a_settlement_that_agrees_is_no_alarm() -> None:
    driver = ready(EDGE)
    average = MethodAverage("official", 84_000.13, 60, 0.0)
    driver.take(
        "brti",
        SettlementCompared(TICKER, CLOSE, driver.now_ns, 84_000_000_000, 84_000_130_000, "yes", [average]),
    )
    driver.turn()
    assert driver.all_of(SettlementMismatch) == []


def test_a_series_that_is_not_ours_is_listened_to_and_not_priced() -> None:
    driver = ready(EDGE)
    hourly: dict[str, Any] = {"ticker": "H", "series": "KXBTCD", "strike_type": "greater"}
    driver.take("kalshi", defined(**hourly))
    driver.take("kalshi", MarketRoleChanged("KXBTCD", driver.now_ns, "H", ""))
    driver.take("kalshi", MarketQuoteChanged("H", 0, driver.now_ns, 0, 490_000, 100, 510_000, 100))
    assert driver.turn() == []


def test_the_same_inbox_gives_the_same_decisions_bit_for_bit() -> None:
    words = []
    for _ in range(2):
        driver = ready(EDGE, start_ns=OPEN + 100 * S)
        driver.quote(0.20, 0.30)
        driver.run(7)
        withdraw(driver)
        driver.run(2)
        driver.quote(0.60, 0.70)
        driver.run(7)
        words.append([msgspec.msgpack.encode(message) for message in driver.said])
    assert words[0] == words[1]
    assert not math.isnan(driver.fair().edge_yes_usd)
