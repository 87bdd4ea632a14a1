"""The store: puts closed segments away, one after the other, and lets the oldest go."""

import contextlib
import errno
import shutil
import threading
import time
from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from actors.actor import Ending, LoopActor, describe
from actors.adapter import Freshness
from actors.outbox import Outbox
from actors.pulse import Pulse
from actors.store import manifest
from actors.store.errors import StoreError
from actors.store.keeping import Keeping, Limits, size, sweep
from actors.store.manifest import Manifest, store_dir
from actors.store.settings import Settings
from messages import Assignment, Message, SegmentStored, StoreTroubled
from messages.errors import DiskFullError
from messages.log.format import segment_name
from messages.log.retention import load_cursor, save_cursor
from messages.log.segments import list_segments

if TYPE_CHECKING:
    from actors.store.sending import Sending

READER: Final = "store"
RETRY_S: Final = 10.0
LONGEST_SLEEP_S: Final = 0.25
LONGEST_GOODBYE_S: Final = 2.0
"""For what is on its way to a server. What it has not taken by then is sent again."""
MOST_UNSAID: Final = 1000


class Closed(NamedTuple):
    """A segment that nobody writes to any more, and where the next one begins."""

    log: str
    first_seq: int
    next_seq: int


class StoreActor(LoopActor):
    """Does a fraction of a second of work a turn, so that it beats and can be stopped at any time.

    A segment is stored (the manifest is the commit), then the cursor moves on that lets the log delete it,
    then it is said. Whatever cannot be stored now (a full disk) waits in its log and is tried again.
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
        self._data_dir = Path(assignment.data_dir)
        self._settings = settings
        self._outbox = outbox
        self._pulse = pulse
        self._alarm = alarm
        outbox.open()
        self._keeping = Keeping(self._data_dir, Limits(settings.most_bytes, settings.most_age_s))
        self._unsaid: list[Message] = []
        self._troubles: dict[str, tuple[int, str]] = {}
        """By log: the segment that cannot be stored, and why."""
        self._unread = ""
        self._untrimmed = ""
        self._stored = 0
        self._waiting = 0
        self._next_look_s = 0.0
        self._work: Iterator[object] | None = self._begin()
        self._sending = self._send_on()

    def turn(self) -> None:
        if self._work is None and time.monotonic() >= self._next_look_s:
            self._work = self._look()
        if self._work is not None and next(self._work, self) is self:
            self._work = None
        self._say_on()
        if self._pulse.due():
            self._beat()
        if self._work is None:
            self._alarm.wait(min(LONGEST_SLEEP_S, max(0.0, self._next_look_s - time.monotonic())))

    def closed(self) -> None:
        self._let_go()
        if self._sending is not None:
            self._sending.stop(LONGEST_GOODBYE_S)
        self._outbox.close("asked to stop", "none")

    def failed(self, error: BaseException) -> None:
        self._let_go()
        self._outbox.close(*describe(error))

    # -- the work, in steps

    def _begin(self) -> Iterator[object]:
        """Hold what is not stored yet, clear away what a crash left, and learn what is there."""
        self._closed()
        yield from sweep(self._data_dir)
        for trouble in self._keeping.begin():
            self._unread = trouble or self._unread
            yield None

    def _look(self) -> Iterator[object]:
        """Trim, then store every closed segment, of those logs first whose segments wait longest."""
        yield from self._trim()
        waiting = self._closed()
        self._waiting = len(waiting)
        stuck: set[str] = set()
        for segment in waiting:
            if segment.log not in stuck:
                done = yield from self._store(segment)
                if not done:
                    stuck.add(segment.log)
                yield from self._trim()
            self._waiting -= 1
        self._waiting = sum(segment.log in stuck for segment in waiting)
        poll_s = self._settings.poll_s
        self._next_look_s = time.monotonic() + (max(RETRY_S, poll_s) if stuck else poll_s)

    def _trim(self) -> Iterator[object]:
        self._untrimmed = ""
        try:
            while (trimmed := self._keeping.trim(time.time_ns())) is not None:
                self._say(trimmed)
                yield None
        except (OSError, StoreError) as error:
            self._untrimmed = f"the oldest of the store cannot be deleted: {error}"

    def _closed(self) -> list[Closed]:
        """Closed segments that are not stored yet, longest waiting first."""
        found: list[tuple[float, Closed]] = []
        for log_dir in sorted((self._data_dir / "log").glob("*/")):
            segments = list_segments(log_dir)
            cursor = load_cursor(log_dir, READER)
            if segments and cursor is None:
                cursor = segments[0]
                # So the log keeps them until they are stored. On a full disk the next look tries again.
                with contextlib.suppress(OSError):
                    save_cursor(log_dir, READER, cursor)
            for first, following in pairwise(segments):
                if first >= (cursor or 0):
                    with contextlib.suppress(FileNotFoundError):
                        closed_s = (log_dir / segment_name(first)).stat().st_mtime
                        found.append((closed_s, Closed(log_dir.name, first, following)))
        return [segment for _, segment in sorted(found)]

    def _store(self, segment: Closed) -> Generator[object, None, bool]:
        """Store one segment; say whether it stands in the store now."""
        from actors.store.compaction import compact, give_memory_back

        log_dir = self._data_dir / "log" / segment.log
        path = log_dir / segment_name(segment.first_seq)
        began_s = time.monotonic()
        try:
            made = self._standing(segment)
            if made is None:
                self._check_room(path)
                made = yield from compact(self._data_dir, *segment)
                give_memory_back()
            save_cursor(log_dir, READER, segment.next_seq)
        except (OSError, StoreError) as error:
            if path.exists():
                self._trouble(segment, self._words(error))
                return False
            return True  # somebody has deleted it
        self._keeping.add(made)
        self._stored += made.records
        self._trouble(segment, "")
        self._say(_stored(made, (time.monotonic() - began_s) * 1000))
        return True

    def _standing(self, segment: Closed) -> Manifest | None:
        """The manifest of a segment that was stored already, before a crash or before its cursor was lost."""
        try:
            found = manifest.load(manifest.path_of(self._data_dir, segment.log, segment.first_seq))
        except (FileNotFoundError, StoreError):
            return None  # a damaged one is made anew from the segment, which still stands there
        return found if found.next_seq == segment.next_seq else None

    def _check_room(self, path: Path) -> None:
        needed = path.stat().st_size + self._settings.least_free_bytes
        store_dir(self._data_dir).mkdir(exist_ok=True)
        if shutil.disk_usage(store_dir(self._data_dir)).free < needed:
            raise OSError(errno.ENOSPC, f"less than {needed / 1e6:.0f} MB free")

    def _words(self, error: Exception) -> str:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            place = store_dir(self._data_dir)
            return f"the disk that holds {place} is full; free some space and it goes on by itself"
        return str(error)

    def _let_go(self) -> None:
        if isinstance(self._work, Generator):
            self._work.close()

    def _send_on(self) -> "Sending | None":
        """To a ClickHouse server, where there is one. Its libraries are loaded only then."""
        if not self._settings.clickhouse_url:
            return None
        from actors.store.sending import send_to

        return send_to(self._data_dir, self._settings.clickhouse_url)

    # -- what it says

    def _trouble(self, segment: Closed, why: str) -> None:
        _, before = self._troubles.pop(segment.log, (0, ""))
        if why:
            self._troubles[segment.log] = (segment.first_seq, why)
        if why != before:
            self._say(StoreTroubled(segment.log, segment.first_seq, time.time_ns(), why))

    def _say(self, message: Message) -> None:
        self._unsaid.append(message)
        self._say_on()

    def _say_on(self) -> None:
        """Say what waits. On a disk that is full, even for these words, they wait on."""
        try:
            if self._unsaid:
                self._outbox.say(self._unsaid, time.time_ns())
                self._unsaid = []
        except DiskFullError:
            self._unsaid = self._unsaid[-MOST_UNSAID:]

    def _beat(self) -> None:
        troubles = (f"{log} is not stored: {why}" for log, (_, why) in self._troubles.items())
        why_not = next(troubles, self._untrimmed or self._unread)
        detail: dict[str, Any] = {
            "stored_mb": round(self._keeping.bytes / 1e6, 1),
            "segments_waiting": self._waiting,
        }
        if self._sending is not None:
            sent = {name: getattr(self._sending, name) for name in ("rows", "waiting", "trouble")}
            why_not, detail["clickhouse"] = why_not or self._sending.trouble, sent
        freshness = Freshness(not why_not, 0, why_not)
        self._pulse.beat(True, freshness, self._stored, self._outbox.sent, detail=detail)


def _stored(made: Manifest, took_ms: float) -> SegmentStored:
    return SegmentStored(
        log=made.log,
        first=made.first_seq,
        last=made.next_seq - 1,
        at_ns=time.time_ns(),
        records=made.records,
        lost=sum(hole.last - hole.first + 1 for hole in made.damage),
        segment_bytes=made.segment_bytes,
        archive_bytes=made.archive.bytes,
        tables_bytes=size(made) - made.archive.bytes,
        took_ms=took_ms,
    )
