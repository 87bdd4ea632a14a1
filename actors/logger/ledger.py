"""Which session every record belongs to, and the files that say so."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from actors.logger.account import Account
from actors.logger.narrator import Narrator
from actors.logger.record import LogCounts, Progress, SessionRecord, load_record, save_record
from messages import ActorStarted, ActorStopped
from messages.log import Record

SUPERVISOR = "supervisor"
CUT_OFF = "cut off"
MOST_SEARCHED = 50
"""Session files that are looked into, newest first, for where a log's counting stopped."""


class Ledger:
    """Assigns each log's records to sessions: a record belongs to the session of the last ActorStarted
    before it. A log's count and its cursor stand in the same file, which is written in one piece; so
    whatever is killed when, each record is counted once.
    """

    def __init__(self, folder: Path, session: str, logs: Sequence[str]) -> None:
        self._folder = folder
        self._session = session
        self._records: dict[str, SessionRecord] = {}
        self._dirty: set[str] = set()
        self._session_of: dict[str, str] = {}
        self._accounts: dict[str, Account] = {}
        self._narrators: dict[str, Narrator] = {}
        self._find(logs)
        newest = max(self._records, default=session)
        self.current = self._record(session)
        self.saved_ns = self._records[newest].saved_ns
        """When the outputs' places were written down last."""
        self.current.outputs = dict(self._records[newest].outputs)
        if self.current.ended:
            self.current.ended, self.current.ended_ns = "", 0
        self._dirty.add(session)

    def next_seq(self, log: str) -> int | None:
        """Where counting of a log goes on; None if it was never counted."""
        account = self._accounts.get(log)
        return account.progress.next_seq if account is not None else None

    def begin(self, log: str, started: ActorStarted, record: Record) -> None:
        """A run begins: from this record on, the log's records belong to its session."""
        if self._session_of.get(log) != started.session:
            self._attach(log, started.session)
            self._accounts[log].progress.next_seq = record.seq
        session = self._record(started.session)
        if log == SUPERVISOR:
            self._cut_off_before(started.session)
            session.version = started.version
            session.mode = _mode(started.settings)
        if not session.started_ns or started.at_ns < session.started_ns:
            session.started_ns = started.at_ns
        self._dirty.add(started.session)

    def end(self, log: str, stopped: ActorStopped) -> None:
        """A run ended in good order; if it was the supervisor's, the session did."""
        session = self._session_of.get(log)
        if log == SUPERVISOR and session is not None:
            self._close(session, "stopped", stopped.at_ns)

    def account(self, log: str) -> Account | None:
        """The account that the log's records go to now; None before its first ActorStarted."""
        session = self._session_of.get(log)
        if session is None:
            return None
        self._dirty.add(session)
        return self._accounts[log]

    def narrator(self, log: str) -> Narrator:
        """Who tells a log's story."""
        return self._narrators.setdefault(log, Narrator({}))

    def stop(self, at_ns: int) -> None:
        """The logger was asked to stop: as far as it can tell the session ends. Coming back reopens it."""
        self._close(self._session, "stopped", at_ns)

    def save(self, now_ns: int) -> None:
        """Write what changed. Raises OSError; what was not written is written the next time."""
        self.current.saved_ns = now_ns
        # The oldest first: a log leaves an old session before it is counted in a new one.
        for name in sorted(self._dirty):
            record = self._records[name]
            if record.ended == CUT_OFF:
                record.ended_ns = max((counts.last_ns for counts in record.logs.values()), default=0)
            for log, session in self._session_of.items():
                if session == name:
                    self._accounts[log].sum_up()
            save_record(self._folder / name, record)
            self._dirty.discard(name)

    def _find(self, logs: Sequence[str]) -> None:
        missing = set(logs)
        names = sorted((path.parent.name for path in self._folder.glob("*/session.json")), reverse=True)
        for name in names[:MOST_SEARCHED]:
            record = load_record(self._folder / name)
            if record is None:
                continue
            self._records[name] = record
            for log in missing & record.progress.keys():
                self._attach(log, name)
                missing.discard(log)
            if not missing:
                break

    def _record(self, session: str) -> SessionRecord:
        record = self._records.get(session)
        if record is None:
            record = load_record(self._folder / session) or SessionRecord(session)
            self._records[session] = record
        return record

    def _attach(self, log: str, session: str) -> None:
        record = self._record(session)
        counts = record.logs.setdefault(log, msgspec.convert({}, LogCounts))
        progress = record.progress.setdefault(log, msgspec.convert({}, Progress))
        self._session_of[log] = session
        self._accounts[log] = Account(counts, progress)
        self._narrators[log] = Narrator(progress.told)

    def _cut_off_before(self, session: str) -> None:
        for name, record in self._records.items():
            if name < session and not record.ended:
                self._close(name, CUT_OFF, 0)

    def _close(self, session: str, how: str, at_ns: int) -> None:
        record = self._record(session)
        record.ended, record.ended_ns = how, at_ns
        self._dirty.add(session)


def _mode(settings: str) -> str:
    try:
        return str(msgspec.json.decode(settings.encode(), type=dict[str, object]).get("mode", ""))
    except msgspec.DecodeError:
        return ""
