"""The listeners whose runs can be played again, and how each is made as it was at its start."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

import actors.brti.main
import actors.paper.main
import actors.signal.main
from actors.errors import ActorsError
from actors.recall import recall
from actors.rule import Rule
from messages import Message
from replay.errors import ForeignSettingsError, UnknownNameError
from replay.turns import Run


class Listener(NamedTuple):
    """How a listener's rule is made.

    build: settings -> the rule, its state empty; raises msgspec.ValidationError, ValueError, ActorsError.
    recalled: kinds of its own words of which the newest are given back to it at a start. restore: gives
    them back (rule, those words, the folder of all logs, the time of the start in ns).
    """

    build: Callable[[Mapping[str, Any]], Any]
    recalled: frozenset[int]
    restore: Callable[[Any, Sequence[Message], Path, int], None]


class Begun(NamedTuple):
    """A rule as it stood when its run began, and the words that it was given back."""

    rule: Rule
    recalled: list[Message]


def _one_by_one(rule: Any, recalled: Sequence[Message], log_root: Path, now_ns: int) -> None:
    for message in recalled:
        rule.recall(message)


LISTENERS: Final[dict[str, Listener]] = {
    "brti": Listener(actors.brti.main.build, frozenset(), _one_by_one),
    "signal": Listener(actors.signal.main.build, actors.signal.main.RECALLED, _one_by_one),
    "paper": Listener(actors.paper.main.build, actors.paper.main.RECALLED, actors.paper.main.restore),
}
"""By the name of their log; each stands behind those that it listens to."""


def begin(data_dir: Path, run: Run) -> Begun:
    """Make a listener's rule as it was when a run of it began.

    Raises UnknownNameError, ForeignSettingsError.
    """
    try:
        rule = build(run.log, run.settings)
    except ForeignSettingsError as error:
        message = (
            f"the {run.log} actor of session {run.session}, version {run.version}, cannot be built again as "
            f"it was: {error}"
        )
        raise ForeignSettingsError(message) from None
    listener = LISTENERS[run.log]
    log_root = data_dir / "log"
    recalled = recall(log_root / run.log, listener.recalled, run.first_seq) if listener.recalled else []
    listener.restore(rule, recalled, log_root, run.at_ns)
    return Begun(rule, recalled)


def build(log: str, settings: Mapping[str, Any]) -> Rule:
    """Make a listener's rule, its state empty. Raises UnknownNameError; ForeignSettingsError says why not."""
    listener = LISTENERS.get(log)
    if listener is None:
        message = f"{log!r} is no listener that can be played; there are: {', '.join(LISTENERS)}"
        raise UnknownNameError(message)
    try:
        rule: Rule = listener.build(settings)
    except (msgspec.ValidationError, ValueError, ActorsError) as error:
        raise ForeignSettingsError(str(error)) from None
    return rule
