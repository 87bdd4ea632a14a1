"""The session's own record, counted while it was written, against what is there now."""

from collections.abc import Mapping
from pathlib import Path

from actors.logger.account import type_name
from actors.logger.record import FILE_NAME, LogCounts, load_record
from replay.audit.certificate import COUNTS, Finding
from replay.audit.streams import LogAudit

SHOWN = 4


class Counted:
    """What the logger counted in a session. compared: how many logs there was something to compare of."""

    def __init__(self, data_dir: Path, session: str) -> None:
        path = data_dir / "sessions" / session / FILE_NAME
        self._path = path
        self._is_there = path.exists()
        self._record = load_record(path.parent)
        self.compared = 0

    @property
    def version(self) -> str:
        return self._record.version if self._record is not None else ""

    @property
    def ended(self) -> str:
        return self._record.ended if self._record is not None else ""

    def logs(self) -> set[str]:
        """Names of the logs that it counted something of."""
        if self._record is None:
            return set()
        return {log for log, counts in self._record.logs.items() if counts.total}

    def up_to(self, log: str) -> int:
        """Number of the last record that it counted of a log; 0: none."""
        counts = self._record.logs.get(log) if self._record is not None else None
        return counts.last_seq if counts is not None else 0

    def findings(self, audits: Mapping[str, LogAudit]) -> list[Finding]:
        """Where counts and logs differ."""
        record = self._record
        if record is None:
            if self._is_there:
                return [
                    Finding(
                        COUNTS, "", f"{self._path} is damaged, or of a later version: nothing can be compared"
                    )
                ]
            what = "the logger kept no record of this session: there is nothing to compare the logs with"
            return [Finding(COUNTS, "", what, False)]
        found: list[Finding] = []
        if record.session != self._path.parent.name:
            found.append(Finding(COUNTS, "", f"{self._path} is of another session, {record.session}"))
        for log in sorted(self.logs()):
            self.compared += 1
            found += _compare(log, record.logs[log], audits[log])
        return found


def _compare(log: str, counts: LogCounts, one: LogAudit) -> list[Finding]:
    if not one.records:
        what = f"{counts.total} records were counted, and none is there"
        return [Finding(COUNTS, log, what, True, counts.first_seq, counts.last_seq)]
    found: list[Finding] = []
    if one.first_seq > counts.first_seq:
        what = f"records {counts.first_seq} to {one.first_seq - 1} were counted and are not there any more"
        found.append(Finding(COUNTS, log, what, True, counts.first_seq, one.first_seq - 1))
    if one.last_seq < counts.last_seq:
        what = f"records {one.last_seq + 1} to {counts.last_seq} were counted, and the log ends before them"
        found.append(Finding(COUNTS, log, what, True, one.last_seq + 1, counts.last_seq))
    if found:
        return found
    there = {type_name(kind): number for kind, number in one.kinds.items()}
    names = sorted(there.keys() | counts.records.keys())
    wrong = [
        f"{counts.records.get(name, 0)} {name} counted, {there.get(name, 0)} there"
        for name in names
        if counts.records.get(name, 0) != there.get(name, 0)
    ]
    if wrong:
        more = " …" if len(wrong) > SHOWN else ""
        what = f"{'; '.join(wrong[:SHOWN])}{more}"
        found.append(Finding(COUNTS, log, what, True, counts.first_seq, counts.last_seq))
    elif (
        sum(counts.records.values()) != counts.total
        or counts.records.get("FrameReceived", 0) != counts.frames
    ):
        what = "the session's record does not agree with itself: its counts are no sum of their parts"
        found.append(Finding(COUNTS, log, what))
    return found
