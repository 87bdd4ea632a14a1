"""The live table: status from the control socket, values from the logs, drawn in place."""

import contextlib
import threading
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live

from cli.plain import Changes, transition
from cli.screen_state import LogFollower, Rates
from cli.screen_view import screen
from supervisor.client import watch
from supervisor.errors import SupervisorError

REDRAW_S = 1.0
"""Ages and the countdown move even when nothing else does."""
PATIENCE_S = 600.0


class StatusStream:
    """The newest status object of a supervisor, taken from its `watch` by a thread of its own."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._news = threading.Event()
        self.newest: dict[str, Any] | None = None
        self.at_s = time.monotonic()
        self.ended = False
        threading.Thread(target=self._follow, name="status", daemon=True).start()

    def wait(self, limit_s: float) -> None:
        """Wait for something new, or for the end."""
        self._news.wait(max(0.0, limit_s))
        if not self.ended:
            self._news.clear()

    def _follow(self) -> None:
        with contextlib.suppress(SupervisorError):
            for status in watch(self._data_dir, PATIENCE_S):
                self.newest, self.at_s = status, time.monotonic()
                self._news.set()
        self.ended = True
        self._news.set()


def show(data_dir: Path, redraws_per_s: float, changes: Changes | None = None) -> None:
    """Draw until the supervisor ends. A Ctrl-C is raised, with the terminal as it was.

    changes: which actors stop is also said above the table, so that it stays readable afterwards.
    """
    stream = StatusStream(data_dir)
    while stream.newest is None and not stream.ended:
        stream.wait(REDRAW_S)
    if stream.newest is not None:
        _draw(data_dir, stream, changes, 1.0 / redraws_per_s)


def _draw(data_dir: Path, stream: StatusStream, changes: Changes | None, pause_s: float) -> None:
    console = Console(highlight=False)
    rates = Rates()
    with (
        contextlib.closing(LogFollower(data_dir, time.time_ns())) as logs,
        Live(console=console, auto_refresh=False, vertical_overflow="crop") as live,
    ):
        ended = False
        while not ended:
            ended = stream.ended  # once more after the end, for its last words
            drawn_s = time.monotonic()
            status: dict[str, Any] = stream.newest or {}
            rates.take(status, stream.at_s)
            logs.read()
            if changes is not None:
                for change in changes.take(whole=ended):
                    if change.now == "stopped":
                        live.console.print(transition(change), markup=False)
            silent_s = drawn_s - stream.at_s
            now_ns, (width, height) = time.time_ns(), console.size
            live.update(screen(status, silent_s, logs.known, rates, now_ns, width, height), refresh=True)
            if not ended:
                _rest(stream, drawn_s, pause_s)


def _rest(stream: StatusStream, drawn_s: float, pause_s: float) -> None:
    """Until there is something to draw, and no more often than the eye can follow."""
    stream.wait(drawn_s + REDRAW_S - time.monotonic())
    if not stream.ended:
        time.sleep(max(0.0, drawn_s + pause_s - time.monotonic()))
