"""The logger: follows every log, keeps the readable ones and the session's record."""

import threading
import time
from pathlib import Path

from actors.actor import Ending, LoopActor, describe
from actors.adapter import Freshness
from actors.logger.follower import Follower
from actors.logger.ledger import Ledger
from actors.logger.settings import Settings
from actors.outbox import Outbox
from actors.pulse import Pulse
from messages import Assignment

SAVE_EVERY_S = 1.0
OUTPUT_EVERY_S = 0.5
CURSORS_EVERY_S = 10.0
LONGEST_FAREWELL_S = 2.0


class LoggerActor(LoopActor):
    """Polls the logs; their writers need not wake it, so it costs them nothing.

    Lines are in the readable logs before the counts that cover them are saved, and the counts are on
    the disk before the cursors that let retention delete what was counted.
    """

    def __init__(
        self,
        ending: Ending,
        assignment: Assignment,
        settings: Settings,
        outbox: Outbox,
        pulse: Pulse,
        alarm: threading.Event,
    ) -> None:
        super().__init__(ending)
        data_dir = Path(assignment.data_dir)
        self._outbox = outbox
        self._pulse = pulse
        self._alarm = alarm
        self._poll_s = settings.poll_ms / 1000
        outbox.open()
        printing = (path.stem for path in (data_dir / "logs").glob("*.err"))
        names = list(dict.fromkeys([*assignment.listens, assignment.name, *printing]))
        self._ledger = Ledger(data_dir / "sessions", assignment.session, names)
        self._followers = [Follower(data_dir, name, self._ledger, settings) for name in names]
        self._saved = False
        self._trouble = ""
        self._next_save_s = 0.0
        self._next_output_s = 0.0
        self._next_cursors_s = time.monotonic() + CURSORS_EVERY_S

    def turn(self) -> None:
        drained = self._work()
        if self._pulse.due():
            self._beat(drained)
        if drained:
            self._alarm.wait(self._poll_s)

    def closed(self) -> None:
        # The own farewell is a record as well, and others may still be saying theirs.
        self._outbox.close("asked to stop", "none")
        end_s = time.monotonic() + LONGEST_FAREWELL_S
        while not self._work() and time.monotonic() < end_s:
            pass
        self._next_output_s = 0.0
        self._work()
        self._ledger.stop(time.time_ns())
        self._save(time.monotonic(), with_cursors=True)
        self._close_all()

    def failed(self, error: BaseException) -> None:
        self._close_all()
        self._outbox.close(*describe(error))

    def _work(self) -> bool:
        """Read, write, save what is due; say whether nothing waits."""
        now_s = time.monotonic()
        for follower in self._followers:
            follower.read()
        if now_s >= self._next_output_s:
            self._next_output_s = now_s + OUTPUT_EVERY_S
            now_ns = time.time_ns()
            for follower in self._followers:
                follower.read_output(now_ns)
        written = self._flush()
        if written and now_s >= self._next_save_s:
            self._save(now_s, with_cursors=now_s >= self._next_cursors_s)
        return not written or all(follower.drained for follower in self._followers)

    def _flush(self) -> bool:
        whole = True
        for follower in self._followers:
            try:
                follower.flush()
            except OSError as error:
                self._trouble = f"the readable logs cannot be written: {error.strerror or error}"
                whole = False
        return whole

    def _save(self, now_s: float, with_cursors: bool) -> None:
        self._next_save_s = now_s + SAVE_EVERY_S
        try:
            self._ledger.save(time.time_ns())
            if with_cursors:
                self._next_cursors_s = now_s + CURSORS_EVERY_S
                for follower in self._followers:
                    follower.save_cursor()
        except OSError as error:
            self._trouble = f"the session record cannot be written: {error.strerror or error}"
            return
        self._saved = True
        self._trouble = ""

    def _beat(self, drained: bool) -> None:
        troubles = (follower.trouble for follower in self._followers)
        why_not = self._trouble or next((trouble for trouble in troubles if trouble), "")
        if not why_not and not drained:
            why_not = "still reading what was written before"
        received = sum(follower.received for follower in self._followers)
        told = sum(follower.told for follower in self._followers)
        self._pulse.beat(self._saved, Freshness(not why_not, 0 if drained else -1, why_not), received, told)

    def _close_all(self) -> None:
        for follower in self._followers:
            follower.close()
