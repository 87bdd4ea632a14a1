"""The signal actor in the running system: what it decides on the simulator, and what a frozen index stops."""

import os
import signal
from pathlib import Path

import pytest

from messages import (
    INDICATORS,
    Decision,
    DecisionWithheld,
    FairValue,
    Indicators,
    Message,
    Signal,
    VolatilityState,
)
from tests.conftest import wait_until
from tests.integration.recording import records
from tests.integration.system import started

SETTINGS = {
    "SIMULATOR__KALSHI__QUOTE_DELAY_MS": "3000",
    "ACTORS__SIGNAL__DECISION__REQUIRED": "[edge]",
    "ACTORS__SIGNAL__DECISION__COOLDOWN_S": "0",
    "SUPERVISOR__BRTI__HEARTBEAT_S": "4",
}
"""Quotes that trail the index, and a rule that is content with an edge and says so again and again."""
ARGUMENTS = ("--speed", "60", "--only", "kalshi,coinbase,kraken,bitstamp,brti,signal")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Message]:
    """Everything that the signal actor said in a run in which the index was frozen for some seconds."""
    data_dir = tmp_path_factory.mktemp("decisions") / "data"
    log_dir = data_dir / "log" / "signal"
    with started(data_dir, SETTINGS, *ARGUMENTS) as system:
        wait_until(lambda: sum(1 for _ in records(log_dir, Decision)) >= 20, 60, 0.3)
        pid = system.actors()["brti"]["pid"]
        os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: "the index is older" in newest(log_dir, FairValue).withheld, 20)
        wait_until(lambda: system.actors()["brti"]["pid"] not in (0, pid) and system.all_fresh(), 30)
        system.stop()
    return {record.seq: record.message() for record in records(log_dir)}


def newest(log_dir: Path, kind: type[FairValue]) -> FairValue:
    fair = list(records(log_dir, kind))[-1].message()
    assert isinstance(fair, FairValue)
    return fair


def test_every_decision_names_the_fair_value_and_the_indicators_it_was_made_with(
    said: dict[int, Message],
) -> None:
    decisions = [message for message in said.values() if isinstance(message, Decision)]
    assert len(decisions) >= 20
    for decision in decisions:
        fair, indicators = said[decision.fair], said[decision.indicators]
        assert isinstance(fair, FairValue)
        assert isinstance(indicators, Indicators)
        assert fair.withheld == ""
        assert fair.at_ns == indicators.at_ns == decision.at_ns
        assert indicators.fair == decision.fair
        assert decision.inputs == fair.inputs
        edge = fair.edge_yes_usd if decision.side == "yes" else fair.edge_no_usd
        assert decision.edge_usd == edge
        assert decision.limit_e6 >= decision.price_e6
        assert "edge" in decision.reasons


def test_signals_of_several_kinds_carry_the_value_that_passed(said: dict[int, Message]) -> None:
    signals = [message for message in said.values() if isinstance(message, Signal)]
    assert len({one.signal_kind for one in signals}) >= 4
    for one in signals:
        indicators = said[one.indicators]
        assert isinstance(indicators, Indicators)
        side = "edge-yes" if one.side == "yes" else "edge-no"
        name = side if one.signal_kind == "edge" else one.signal_kind
        assert indicators.values[INDICATORS.index(name)] == one.value
        assert abs(one.value) >= one.threshold_usd


def test_nothing_is_decided_while_the_index_stands_still(said: dict[int, Message]) -> None:
    old = 0
    withheld = ""
    for message in said.values():
        if isinstance(message, FairValue):
            withheld = message.withheld
            old += withheld.startswith("the index is older")
        elif isinstance(message, (Decision, Signal)):
            assert withheld == ""
        elif isinstance(message, DecisionWithheld) and withheld.startswith("the index is older"):
            assert message.gate == "old-input"
    assert old > 0


def test_the_volatility_is_remembered(said: dict[int, Message]) -> None:
    states = [message for message in said.values() if isinstance(message, VolatilityState)]
    assert len(states) >= 2
    assert states[-1].observed_s > states[0].observed_s
