"""Follows one actor: its log is counted and told, its own output is folded in."""

from pathlib import Path

import msgspec

from actors.logger.ledger import Ledger
from actors.logger.line import Line, format_line
from actors.logger.narrator import Told
from actors.logger.output import OwnOutput
from actors.logger.settings import Settings
from actors.logger.textlog import TextLog
from messages import (
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    BookWithdrawn,
    Decision,
    DecisionWithheld,
    DriftSeen,
    FairValue,
    FeedClosed,
    FeedGap,
    FeedHealth,
    FeedOpened,
    IndexValue,
    MarketBookWithdrawn,
    MarketChecked,
    MarketDefined,
    MarketRoleChanged,
    PaperFill,
    PaperOrder,
    PaperRefused,
    PaperSettled,
    RecordsLost,
    SegmentStored,
    SettlementCompared,
    SettlementMismatch,
    Signal,
    StoreTrimmed,
    StoreTroubled,
)
from messages.errors import CorruptLogError, LogError, LogGoneError
from messages.log import LogReader, Record

READER = "logger"
BATCH = 2000
_LOOKED_INTO = frozenset(
    cls.kind
    for cls in (
        ActorStarted, ActorStateChanged, ActorStopped, BookWithdrawn, Decision, DecisionWithheld, DriftSeen,
        FairValue, FeedClosed,
        FeedGap, FeedHealth, FeedOpened, IndexValue, MarketBookWithdrawn, MarketChecked, MarketDefined,
        MarketRoleChanged, PaperFill, PaperOrder, PaperRefused, PaperSettled, RecordsLost, SegmentStored,
        SettlementCompared, SettlementMismatch, Signal, StoreTrimmed, StoreTroubled,
    )
)  # fmt: skip
"""Everything else is counted by its header alone."""


class Follower:
    """One actor's log, readable log and own output. Lines wait in memory until they could be written;
    while they do, nothing more is read, so a full disk costs time and no line."""

    def __init__(self, data_dir: Path, name: str, ledger: Ledger, settings: Settings) -> None:
        self._name = name
        self._ledger = ledger
        self._log_dir = data_dir / "log" / name
        self._reader = LogReader(self._log_dir, READER)
        self._text = TextLog(
            data_dir / "logs" / f"{name}.log", round(settings.rotate_mb * 1_000_000), settings.keep
        )
        self._pending: list[str] = []
        self._told_to = -1
        """The last record that has its line in the file, if it is one that is worth a line."""
        self.drained = False
        self.trouble = ""
        self.received = 0
        self.told = 0
        self._end = 1
        self._seek()
        self._output = OwnOutput(data_dir / "logs" / f"{name}.err", self._find_last_lines())

    def read(self) -> None:
        """Take one batch of the log, unless lines still wait to be written."""
        if self._pending:
            return
        try:
            records = self._reader.read(BATCH)
            self.trouble = ""
        except CorruptLogError as error:
            self._step_over(error)
            return
        except LogGoneError as error:
            self._reader.seek_start()
            self._say_lost(str(error), self._reader.next_seq - 1)
            return
        except LogError as error:
            self.trouble = str(error)
            self.drained = True
            return
        self.drained = self._reader.drained
        if records:
            self._take(records)

    def read_output(self, now_ns: int) -> None:
        """Take what the actor's process printed."""
        if self._pending:
            return
        for text, place in self._output.read():
            self._say(Line(now_ns, "ERROR", self._name, "output", {"text": text}, -1, place))
        if self._output.place != (0, 0):
            self._ledger.current.outputs[self._name] = self._output.place

    def flush(self) -> None:
        """Write the lines that wait. Raises OSError; then they wait on."""
        if self._pending:
            self._text.append("".join(self._pending))
            self.told += len(self._pending)
            self._pending.clear()

    def save_cursor(self) -> None:
        """Let retention have what is counted. Raises OSError."""
        if self._reader.next_seq > 1:
            self._reader.save_cursor()

    def close(self) -> None:
        self._reader.close()
        self._text.close()
        self._output.close()

    def _take(self, records: list[Record]) -> None:
        self.received += len(records)
        begin = 0
        for position, record in enumerate(records):
            if record.kind not in _LOOKED_INTO:
                continue
            try:
                message = record.message()
            except msgspec.DecodeError:
                continue  # counted, and not to be understood
            if isinstance(message, ActorStarted):
                self._count(records[begin:position])
                begin = position
                self._ledger.begin(self._name, message, record)
            elif isinstance(message, ActorStopped):
                self._ledger.end(self._name, message)
            account = self._ledger.account(self._name)
            if account is not None:
                account.note(record, message)
            told = self._ledger.narrator(self._name).tell(message)
            if told is not None:
                self._say_record(told, record.seq, record.at_ns)
        self._count(records[begin:])

    def _count(self, records: list[Record]) -> None:
        account = self._ledger.account(self._name)
        if records and account is not None:
            account.count(records)

    def _say_record(self, told: Told, seq: int, at_ns: int) -> None:
        if seq > self._told_to:
            self._say(Line(at_ns, told.level, self._name, told.event, told.fields, seq))
            self._told_to = seq

    def _say(self, line: Line) -> None:
        self._pending.append(format_line(line) + "\n")

    def _step_over(self, error: CorruptLogError) -> None:
        if self._reader.skip_damage():
            self._say_lost(str(error), self._reader.next_seq - 1)
        else:
            self.trouble = str(error)  # nothing sound behind it yet
            self.drained = True

    def _say_lost(self, reason: str, last_lost: int) -> None:
        account = self._ledger.account(self._name)
        first_lost = account.progress.next_seq if account is not None else last_lost
        if account is not None:
            account.lost(last_lost + 1 - first_lost, last_lost + 1)
        fields = {"count": str(last_lost + 1 - first_lost), "reason": reason}
        at_ns = account.counts.last_ns if account is not None else 0
        self._say_record(Told("ERROR", "records lost", fields), last_lost, at_ns)

    def _seek(self) -> None:
        wanted = self._ledger.next_seq(self._name)
        try:
            self._reader.seek_end()
            self._end = self._reader.next_seq
            if wanted is None:
                self._reader.seek_start()
            else:
                # A log that is shorter than it was (deleted, or cut by a power failure) begins a new story.
                self._reader.seek_seq(min(wanted, self._end))
        except LogGoneError:
            self._reader.seek_start()
        except LogError as error:
            self.trouble = str(error)  # reading says it again, and goes on when it is mended

    def _find_last_lines(self) -> tuple[int, int]:
        """Learn from the readable log itself what it has; returns the place of the last output line."""
        place = self._ledger.current.outputs.get(self._name, (0, 0))
        next_seq = self._ledger.next_seq(self._name) or 0
        found_place = False
        for line in self._text.lines_backwards():
            if line.place is not None:
                if line.at_ns <= self._ledger.saved_ns:
                    break
                place, found_place = (place if found_place else line.place), True
            else:
                self._told_to = max(self._told_to, line.seq)
                if line.seq < next_seq:
                    break
        self._told_to = min(self._told_to, self._end - 1)
        return place
