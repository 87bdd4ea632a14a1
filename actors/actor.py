"""The shell of every actor: a pykka actor whose work is a loop, alone in its process.

pykka has no loops and no supervision. So an actor tells itself to turn, again and again; between two
turns pykka can stop it. An error in a turn ends the actor, and with it the process.
"""

import threading
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

import pykka

from actors.errors import ActorsError
from messages.errors import LogError

TURN: Final = object()
SLICE_S: Final = 0.05
"""An actor turns for so long before pykka may hand it another message, a stop above all. Going through
its mailbox for each turn would cost as much as the turn."""


class Ending:
    """How an actor's end reaches the thread that waits for it."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self.ended = threading.Event()
        self.error: BaseException | None = None

    def note(self, error: BaseException | None) -> None:
        """The actor is over; error None: it was asked to stop."""
        self.error = error
        self.ended.set()
        self._stop.set()


class LoopActor(pykka.ThreadingActor):
    """An actor that turns until it is stopped or a turn raises.

    A turn must return within a fraction of a second even when nothing happens. Exactly one of `closed`
    (asked to stop) and `failed` (a turn raised) is called at the end, in the actor's thread.
    """

    use_daemon_thread = True

    def __init__(self, ending: Ending) -> None:
        super().__init__()
        self._ending = ending

    def turn(self) -> None:
        """Do one round of work."""
        raise NotImplementedError

    def closed(self) -> None:
        """Let go of everything, in good order."""

    def failed(self, error: BaseException) -> None:
        """Let go of everything; `error` is why."""

    def on_start(self) -> None:
        self.actor_ref.tell(TURN)

    def on_receive(self, message: Any) -> None:
        if message is TURN:
            end_s = time.monotonic() + SLICE_S
            while time.monotonic() < end_s:
                self.turn()
            self.actor_ref.tell(TURN)

    def on_stop(self) -> None:
        error: BaseException | None = None
        try:
            self.closed()
        except BaseException as caught:  # noqa: BLE001 - handed to the main thread, which raises it
            error = caught
        self._ending.note(error)

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        error = exception_value or RuntimeError("the actor failed without an error")
        try:
            self.failed(error)
        finally:
            self._ending.note(error)


def run_actor(
    stop: threading.Event, actor_class: type[LoopActor], wake: Callable[[], None], **arguments: Any
) -> None:
    """Run one actor in this process until `stop` is set or it fails.

    wake: ends the actor's sleep, so that a stop is not waited for. Raises what the actor failed with.
    """
    ending = Ending(stop)
    ref = actor_class.start(ending=ending, **arguments)
    stop.wait()
    if not ending.ended.is_set():
        ref.stop(block=False)
        wake()
        ending.ended.wait()
    if ending.error is not None:
        raise ending.error


def describe(error: BaseException) -> tuple[str, str]:
    """One sentence and who must act, for the log."""
    if isinstance(error, ActorsError | LogError):
        return str(error), error.fault
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" at {last[0].filename.rsplit('/', 1)[-1]}:{last[0].lineno}" if last else ""
    return f"{type(error).__name__}: {error}{where}", "internal"
