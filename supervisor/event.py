"""What can happen to a child, and what can be done about it: the words of `decide`."""

from dataclasses import dataclass

from messages import Beat, Died


@dataclass(frozen=True, slots=True)
class Start:
    """The plan says it is this child's turn."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End it in good order, and leave it. why: who wants that."""

    why: str


@dataclass(frozen=True, slots=True)
class Restart:
    """The operator wants a fresh one, now."""


@dataclass(frozen=True, slots=True)
class Kill:
    """End it at once, and leave it."""

    why: str


@dataclass(frozen=True, slots=True)
class Launched:
    """The process exists."""

    pid: int


@dataclass(frozen=True, slots=True)
class Beaten:
    """Its working loop has turned."""

    beat: Beat


@dataclass(frozen=True, slots=True)
class LastWord:
    """It is about to die by its own error."""

    died: Died


@dataclass(frozen=True, slots=True)
class Exited:
    """The process is gone, or never came to be. code: exit code, minus the signal's number, or None
    where nobody could tell; `why` then says what happened."""

    code: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A deadline of this child may have passed."""


@dataclass(frozen=True, slots=True)
class Stalled:
    """The supervisor itself was held up, and perhaps the whole machine: silence so far proves nothing."""


Event = Start | Stop | Restart | Kill | Launched | Beaten | LastWord | Exited | Tick | Stalled


@dataclass(frozen=True, slots=True)
class Launch:
    """Start a process for the new run."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send a signal to its process."""

    signum: int


Action = Launch | Send
