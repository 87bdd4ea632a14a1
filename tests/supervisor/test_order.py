"""Start behind gates, stop in reverse."""

from supervisor.order import gate_of, next_to_stop
from supervisor.spec import ChildSpec
from supervisor.state import State

SPECS = [
    ChildSpec(name="a", start="m:f"),
    ChildSpec(name="gate", start="m:f", gates=True),
    ChildSpec(name="b", start="m:f"),
]


def test_a_child_behind_a_gate_waits_for_it() -> None:
    assert gate_of(SPECS, "b", frozenset()) == "gate"


def test_a_child_before_the_gate_and_the_gate_itself_do_not_wait() -> None:
    assert gate_of(SPECS, "a", frozenset()) == ""
    assert gate_of(SPECS, "gate", frozenset()) == ""


def test_an_opened_gate_holds_nobody() -> None:
    assert gate_of(SPECS, "b", frozenset({"gate"})) == ""


def test_the_last_started_is_stopped_first() -> None:
    states = {"a": State.RUNNING, "gate": State.FAILED, "b": State.STOPPED}
    assert next_to_stop(SPECS, states) == "gate"
    assert next_to_stop(SPECS, dict.fromkeys(states, State.STOPPED)) == ""
