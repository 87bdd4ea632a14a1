"""Who may start and who is next to stop. Pure."""

from collections.abc import Mapping, Sequence

from supervisor.spec import ChildSpec
from supervisor.state import State


def gate_of(specs: Sequence[ChildSpec], name: str, opened: frozenset[str]) -> str:
    """Name the gate that this child still waits for; empty if it may start.

    opened: gates that have been ready at least once. A gate that dies later holds nobody back: what
    rests on it crashes and comes again by the usual rules.
    """
    for spec in specs:
        if spec.name == name:
            return ""
        if spec.gates and spec.name not in opened:
            return spec.name
    return ""


def next_to_stop(specs: Sequence[ChildSpec], states: Mapping[str, State]) -> str:
    """Name the last child in start order that is not stopped yet; empty if all are."""
    for spec in reversed(specs):
        if states[spec.name] is not State.STOPPED:
            return spec.name
    return ""
