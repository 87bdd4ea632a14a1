"""The listeners of a recorded session, played once more from its logs."""

from collections.abc import Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import NamedTuple

from messages import Message
from messages.log import LogReader
from replay.comparing import comparable, is_same
from replay.errors import UnknownNameError
from replay.listeners import LISTENERS, begin
from replay.records import Missing, Tell, read_on
from replay.sessions import EVER_NS, Session
from replay.turns import BETWEEN, ENDS, Played, Replay, Run, runs_between


class Word(NamedTuple):
    """What a listener says in a replay. at_ns: when it was written down, while it was recorded."""

    log: str
    seq: int
    at_ns: int
    message: Message


class Totals:
    """What was played of one listener: runs, their turns, the records that these passed and took in.

    missing: what it had read or said and what cannot be read any more.
    """

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.turns = 0
        self.passed = 0
        self.fed = 0
        self.missing: list[Missing] = []

    def add(self, replay: Replay) -> None:
        self.turns += replay.turns
        self.passed += replay.passed
        self.fed += replay.fed
        self.missing += replay.missing


def listeners_in(data_dir: Path, session: Session, named: Sequence[str]) -> list[str]:
    """Find the listeners that ran in a session, in their order; those named alone, if any are.

    Raises UnknownNameError for a name that no listener bears, or whose actor did not run.
    """
    for name in named:
        if name not in LISTENERS:
            message = f"{name!r} is no listener that can be played; there are: {', '.join(LISTENERS)}"
            raise UnknownNameError(message)
    found = [
        log
        for log in LISTENERS
        if runs_between(data_dir, log, session.from_ns, session.to_ns) or unbegun(data_dir, session, log)
    ]
    for name in named:
        if name not in found:
            there = f"; there ran: {', '.join(found)}" if found else ""
            message = f"no run of {name} began in session {session.name}{there}"
            raise UnknownNameError(message)
    return [log for log in found if not named or log in named]


def play(
    data_dir: Path,
    session: Session,
    log: str,
    totals: Totals,
    to_ns: int = EVER_NS,
    tell: Tell = lambda share: None,
) -> Iterator[tuple[Replay, Played]]:
    """Yield every turn of every run of one listener in a session, up to a time, oldest first.

    Of a session that is still being written, up to where it stood when it was begun. totals: are added to
    behind each run. Raises ForeignSettingsError.
    """
    newest = newest_seq(data_dir, log)
    runs = runs_between(data_dir, log, session.from_ns, session.to_ns)
    for run in runs:
        rule, _ = begin(data_dir, run)
        replay = Replay(data_dir, run, rule, newest)
        totals.runs.append(run)
        begin_seq = runs[0].first_seq
        try:
            for played in replay.play():
                if played.at_ns >= to_ns:
                    return
                yield replay, played
                tell((played.seq - begin_seq) / max(1, newest - begin_seq))
        finally:
            totals.add(replay)
            replay.close()


def unbegun(data_dir: Path, session: Session, log: str) -> int:
    """Count the words in a session whose run began in front of the oldest record that is kept."""
    count = 0
    with LogReader(data_dir / "log" / log) as reader:
        if reader.next_seq == 1:
            return 0
        while True:
            for record in read_on(log, reader, None)[0]:
                if record.kind in ENDS or not session.from_ns <= record.at_ns < session.to_ns:
                    return count
                count += record.kind not in BETWEEN
            if reader.drained:
                return count


def newest_seq(data_dir: Path, log: str) -> int:
    """The number of the newest record of a log; 0 where there is none."""
    with LogReader(data_dir / "log" / log) as reader:
        reader.seek_end()
        return reader.next_seq - 1


class Playing:
    """Plays listeners side by side, and hands out what they say in the order in which it was recorded.

    from_ns, to_ns: what is handed out; the state before is made in silence. totals: by listener. said: words
    by listener and type. differing: words that are not, byte by byte, the recorded ones.
    """

    def __init__(
        self, data_dir: Path, session: Session, logs: Sequence[str], from_ns: int = 0, to_ns: int = EVER_NS
    ) -> None:
        self._data_dir = data_dir
        self._session = session
        self._from_ns = from_ns
        self._to_ns = to_ns
        self.totals = {log: Totals() for log in logs}
        self.said: dict[str, dict[str, int]] = {log: {} for log in logs}
        self.differing = dict.fromkeys(logs, 0)

    def words(self) -> Iterator[Word]:
        """Yield word after word. Raises ForeignSettingsError."""
        return merge(*(self._of(log) for log in self.totals), key=lambda word: word.at_ns)

    def count(self) -> None:
        """Play one listener after the other and hand out nothing. Raises ForeignSettingsError."""
        for log in self.totals:
            for _ in self._of(log):
                pass

    def _of(self, log: str) -> Iterator[Word]:
        said = self.said[log]
        for replay, played in play(self._data_dir, self._session, log, self.totals[log], self._to_ns):
            if played.at_ns < self._from_ns or not (played.said or played.recorded):
                continue
            for seq in comparable(played, replay.missing_words):
                if not is_same(played.said.get(seq), played.recorded.get(seq)):
                    self.differing[log] += 1
            for seq, message in played.said.items():
                name = type(message).__name__
                said[name] = said.get(name, 0) + 1
                yield Word(log, seq, played.at_ns, message)
