"""The audit of one session."""

import contextlib
import fcntl
import os
from hashlib import sha256
from pathlib import Path

from messages.errors import LogError
from messages.log import LogReader
from messages.log.segments import list_segments
from replay.audit.certificate import (
    COUNTS,
    READERS,
    RECORDS,
    Certificate,
    Finding,
)
from replay.audit.counted import Counted
from replay.audit.gaps import Ends
from replay.audit.scanning import Flaw, scan
from replay.audit.stored import Stored
from replay.audit.streams import LogAudit
from replay.audit.summing import checks
from replay.errors import ReplayError
from replay.recording import recording
from replay.records import Tell
from replay.sessions import EVER_NS, SUPERVISOR, Session

TRIES = 3
"""How often retention may be quicker than the look."""
SIMULATOR = "simulator"
"""A child that says nothing and so has no log."""


def audit(data_dir: Path, session: Session, tell: Tell = lambda share: None) -> Certificate:
    """Look at everything that was recorded in a session, and certify what holds.

    tell: is told what share, 0 to 1, is done. A session that is still being written is certified as far as it
    stands. Never raises for what is wrong with the record: that is found and named. *Raises* OSError where a
    file cannot be read for other reasons.
    """
    for tries in range(TRIES):
        # The counts first: what they count is in the logs by then.
        counted = Counted(data_dir, session.name)
        stored = Stored(data_dir, session)
        try:
            with recording(data_dir, session.from_ns, session.to_ns) as folder:
                made = _Audit(data_dir, folder, session, counted, stored)
                if made.scan(tell) or tries == TRIES - 1:
                    return made.certificate(tell)
        except ReplayError as error:
            stored.found(str(error))
            break
    made = _Audit(data_dir, data_dir, session, counted, stored)
    made.scan(tell)
    return made.certificate(tell)


class _Audit:
    """One pass over all logs, the supervisor's first: it knows who ran.

    folder: where the session's segments are, those of the store unpacked.
    """

    def __init__(
        self, data_dir: Path, folder: Path, session: Session, counted: Counted, stored: Stored
    ) -> None:
        self._data_dir = data_dir
        self._folder = folder
        self._session = session
        self._counted = counted
        self._stored = stored
        self._ends = Ends()
        self._findings: list[Finding] = []
        there = {path.name for path in (folder / "log").glob("*/") if list_segments(path)}
        rest = sorted((there | counted.logs()) - {SUPERVISOR})
        self._audits = {
            log: LogAudit(log, session, self._ends, counted.up_to(log)) for log in [SUPERVISOR, *rest]
        }

    def scan(self, tell: Tell) -> bool:
        """Look at every record once. False: something was deleted meanwhile, by retention as it seems."""
        sizes = {log: self._bytes(log) for log in self._audits}
        whole, done = max(1, sum(sizes.values())), 0
        is_whole = True
        for log, one in self._audits.items():
            passed = 0
            written = self._is_written(log)
            for part in scan(self._folder / "log" / log, self._session.from_ns):
                if isinstance(part, Flaw):
                    is_whole = is_whole and not part.is_gone
                    # The append that is on its way is no damage.
                    if not (part.is_tail and written):
                        what = part.what.replace(str(self._folder), str(self._data_dir))
                        one.flaw(part._replace(what=what))
                    continue
                one.take(part)
                passed += len(part.data)
                tell((done + passed) / whole)
                if one.is_past:
                    break
            done += sizes[log]
        return is_whole

    def certificate(self, tell: Tell) -> Certificate:
        """What was found in all of them."""
        session, audits = self._session, self._audits
        supervisor = audits[SUPERVISOR]
        is_newest = session.to_ns == EVER_NS
        running = is_newest and supervisor.ended is None and self._is_written(SUPERVISOR)
        until_ns = max([one.last_ns for one in audits.values()], default=session.from_ns)
        if supervisor.ended is not None:
            until_ns = supervisor.ended.at_ns
        for one in audits.values():
            one.end(until_ns, is_over=not running)
        self._check_readers()
        self._check_who_ran()
        if not running:
            self._check_ends(supervisor)
        found = [finding for one in audits.values() for finding in one.findings]
        found += self._findings + self._counted.findings(audits) + self._stored.findings(tell)
        there = [one for one in audits.values() if one.records]
        streams = [one.stream() for one in there]
        gaps = sorted((gap for one in there for gap in one.gaps), key=lambda gap: gap.from_ns)
        made = checks(there, found, gaps, self._counted.compared, self._stored.looked_at)
        digests = "".join(f"{stream.log} {stream.digest}\n" for stream in sorted(streams, key=_name))
        return Certificate(
            session=session.name,
            mode=session.mode,
            version=self._counted.version or supervisor.version,
            from_ns=session.from_ns,
            until_ns=until_ns,
            running=running,
            ended="" if running else self._counted.ended or ("stopped" if supervisor.ended else "cut off"),
            holds=not any(finding.fails for finding in found),
            checks=made,
            findings=sorted(found, key=lambda finding: (not finding.fails, finding.at_ns)),
            gaps=gaps,
            streams=streams,
            records=sum(stream.records for stream in streams),
            bytes=sum(stream.bytes for stream in streams),
            digest=sha256(digests.encode()).hexdigest(),
        )

    def _bytes(self, log: str) -> int:
        return sum(path.stat().st_size for path in (self._folder / "log" / log).glob("*.seg"))

    def _is_written(self, log: str) -> bool:
        """Whether a process holds this log open for writing.

        Asked only where the process that the lock names lives: whoever tries a lock that is free takes it for
        a moment, and nobody who wants to write must find it taken.
        """
        try:
            fd = os.open(self._data_dir / "log" / log / "lock", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            with contextlib.suppress(PermissionError):
                os.kill(int(os.pread(fd, 20, 0)), 0)
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except (OSError, ValueError):
            return False
        finally:
            os.close(fd)
        return False

    def _check_readers(self) -> None:
        for log, one in self._audits.items():
            for read, (last, seq) in one.reads.furthest.items():
                source = self._audits.get(read)
                if source is not None and source.last_seq >= last:
                    continue
                end = self._end_of(read)
                if last > end:
                    what = f"it read record {last} of {read}, whose log ends with record {end}"
                    self._findings.append(Finding(READERS, log, what, True, seq, seq))

    def _end_of(self, log: str) -> int:
        try:
            with LogReader(self._folder / "log" / log) as reader:
                reader.seek_end()
                return reader.next_seq - 1
        except LogError:
            return 0

    def _check_who_ran(self) -> None:
        if not self._audits[SUPERVISOR].records:
            what = "its log holds nothing of this session: who ran, and why it ended, is not known"
            self._findings.append(Finding(RECORDS, SUPERVISOR, what))
        for name in sorted(self._ends.ran - {SIMULATOR}):
            if name not in self._audits or not self._audits[name].records:
                what = "it ran in this session, and its log holds nothing of it"
                self._findings.append(Finding(RECORDS, name, what))

    def _check_ends(self, supervisor: LogAudit) -> None:
        """The last word of a session that is over must be there, or be vouched for by the counts."""
        if supervisor.records and supervisor.ended is None and self._counted.ended == "stopped":
            what = "the session's record says that it was stopped; the supervisor's log does not end so"
            self._findings.append(Finding(COUNTS, SUPERVISOR, what, True, supervisor.last_seq))
        if supervisor.ended is None:
            return
        for log, one in self._audits.items():
            if one.records and one.ended is None and self._counted.up_to(log) < one.last_seq:
                what = (
                    "its last run does not say that it ended, and nothing else vouches for its last records"
                )
                self._findings.append(Finding(RECORDS, log, what, True, one.last_seq))


def _name(stream: object) -> str:
    return str(getattr(stream, "log", ""))
