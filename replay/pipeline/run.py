"""The chain of listeners, run anew over recorded feeds under another configuration."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from actors.recall import recall
from messages import ActorStateChanged
from messages.errors import LogError
from messages.log import LogReader, Record
from messages.log.bulk import BulkWriter
from replay.errors import DamagedRecordError, ReplayError
from replay.listeners import LISTENERS, build
from replay.pipeline.chain import UNRUNG, Chain
from replay.pipeline.delays import Delays, measure
from replay.pipeline.linking import link
from replay.pipeline.merging import Merged, sources
from replay.pipeline.player import Player
from replay.records import Missing, Tell, read_between, record_at
from replay.sessions import EVER_NS, SUPERVISOR, Session

CHAIN: Final = tuple(LISTENERS)
"""In the order in which they hear each other."""
FEEDS_NOBODY: Final = frozenset({SUPERVISOR, "logger", "simulator", "store", *CHAIN})
"""Logs that say nothing about how long the feeds spoke."""
LEAD_NS: Final = 600_000_000_000
"""How much of the recording before a session is linked: more than any listener reads back."""


class Outcome(NamedTuple):
    """A chain that was run over recorded feeds.

    out_dir: a data folder with the new words as logs, and with the recorded logs that they rest on.
    sessions: those parts of them that were run. delays: by actor and session name. said: how often each
    actor said each type of message. turns: of each actor. passed: records of the logs that were read, kinds
    that nobody wanted included. missing: what could not be read of them.
    """

    out_dir: Path
    sessions: list[Session]
    delays: dict[str, dict[str, Delays]]
    said: dict[str, dict[str, int]]
    turns: dict[str, int]
    passed: int
    missing: list[Missing]


def run(
    data_dir: Path,
    sessions: Sequence[Session],
    settings: Mapping[str, Mapping[str, Any]],
    out_dir: Path,
    tell: Tell = lambda share: None,
    *,
    from_ns: int = 0,
    to_ns: int = EVER_NS,
    delays: Mapping[str, Delays] | None = None,
) -> Outcome:
    """Run listeners over what the feeds said in these sessions, and write their words down as logs.

    settings: by actor, of those to be run anew (any of `brti`, `signal`, `paper`); `speed` is set to the
    session's. Those of the chain that stand before them are heard as they were recorded, those behind
    them are left out. out_dir: a new folder, or an empty one; then a data folder like any other, which
    shares the bytes of the recording. from_ns, to_ns: only this part of the sessions. delays: by actor;
    without them those that each session itself shows. The same logs and settings give the same bytes.
    Raises ReplayError.
    """
    chosen = [
        one._replace(from_ns=max(from_ns, one.from_ns), to_ns=min(to_ns, one.to_ns))
        for one in sessions
        if one.from_ns < to_ns and one.to_ns > from_ns
    ]
    for name, of_actor in settings.items():
        build(name, of_actor)
    names = [name for name in CHAIN if name in settings]
    with _in_one_sentence(), ExitStack() as stack:
        _lay_out(data_dir, out_dir, chosen, names)
        logs = {name: stack.enter_context(BulkWriter(out_dir / "log" / name)) for name in names}
        running = _Running(data_dir, out_dir, settings, logs, delays)
        for number, session in enumerate(chosen):

            def part(share: float, number: int = number) -> None:
                tell((number + share) / len(chosen))

            running.play(session, part)
    return running.outcome(chosen)


class _Running:
    """Plays one session after the other into the same logs."""

    def __init__(
        self,
        data_dir: Path,
        out_dir: Path,
        settings: Mapping[str, Mapping[str, Any]],
        logs: Mapping[str, BulkWriter],
        delays: Mapping[str, Delays] | None,
    ) -> None:
        self._data_dir = data_dir
        self._out_dir = out_dir
        self._settings = settings
        self._logs = logs
        self._given = delays
        self._delays: dict[str, dict[str, Delays]] = {name: {} for name in logs}
        self._said: dict[str, dict[str, int]] = {name: {} for name in logs}
        self._turns = dict.fromkeys(logs, 0)
        self._passed = 0
        self._missing: list[Missing] = []

    def play(self, session: Session, tell: Tell) -> None:
        """Run every listener once, from its start in this session on."""
        starts = _starts(self._data_dir, session)
        players = []
        first_ns: dict[str, int] = {}
        for name in self._logs:
            start_ns = starts.get(name, session.from_ns)
            player = self._player(name, session, start_ns)
            players.append(player)
            for log, rollback_s in player.rule.rollback_s.items():
                back_ns = start_ns - int(rollback_s * 1e9)
                first_ns[log] = min(back_ns, first_ns.get(log, back_ns))
        stretches = sources([player.rule.wanted for player in players], first_ns, session.to_ns)
        chain = Chain(players, stretches)
        with closing(Merged(self._out_dir, stretches)) as merged:
            for block in merged.blocks():
                chain.take(block)
                tell(merged.share)
            self._passed += merged.passed
            self._missing += merged.missing
        end_ns = max(session.from_ns, _end(self._data_dir, session.to_ns))
        chain.run_until(end_ns)
        for player in players:
            player.end(end_ns)
            self._turns[player.name] += player.turns
            said = self._said[player.name]
            for kind, count in player.counts.items():
                said[kind.__name__] = said.get(kind.__name__, 0) + count

    def outcome(self, chosen: list[Session]) -> Outcome:
        return Outcome(
            self._out_dir, chosen, self._delays, self._said, self._turns, self._passed, self._missing
        )

    def _player(self, name: str, session: Session, start_ns: int) -> Player:
        log, listener = self._logs[name], LISTENERS[name]
        settings = {**self._settings[name], "speed": session.speed}
        rule = build(name, settings)
        log.flush()
        log_root = self._out_dir / "log"
        listener.restore(rule, recall(log_root / name, listener.recalled), log_root, start_ns)
        delays = self._delays_of(name, session)
        player = Player(name, rule, log, delays)
        player.begin(session.name, start_ns, settings)
        return player

    def _delays_of(self, name: str, session: Session) -> Delays:
        if self._given is not None and name in self._given:
            delays = self._given[name]
        else:
            unrung = [log for listener, log in UNRUNG if listener == name]
            delays = measure(self._data_dir, session, name, unrung)
        self._delays[name][session.name] = delays
        return delays


def _lay_out(data_dir: Path, out_dir: Path, chosen: Sequence[Session], names: Sequence[str]) -> None:
    """Make the folder and link what is not said anew."""
    if not names:
        raise ReplayError(f"nothing is to be run anew; there are: {', '.join(CHAIN)}")
    if not chosen:
        raise ReplayError("no session lies in that time")
    if out_dir.exists() and (not out_dir.is_dir() or any(out_dir.iterdir())):
        raise ReplayError(f"{out_dir} holds something already; name a new folder")
    behind = CHAIN[CHAIN.index(names[0]) :]
    from_ns = chosen[0].from_ns - LEAD_NS
    (out_dir / "log").mkdir(parents=True, exist_ok=True)
    for log_dir in sorted((data_dir / "log").glob("*/")):
        if log_dir.name not in behind:
            link(log_dir, out_dir / "log" / log_dir.name, from_ns, chosen[-1].to_ns)


def _starts(data_dir: Path, session: Session) -> dict[str, int]:
    """When each actor was first started in a session, as far as its supervisor has noted it."""
    starts: dict[str, int] = {}
    kinds = frozenset({ActorStateChanged.kind})
    for record in read_between(data_dir, SUPERVISOR, session.from_ns, session.to_ns, kinds):
        changed = record.message()
        if isinstance(changed, ActorStateChanged) and changed.now == "starting":
            starts.setdefault(changed.name, record.at_ns)
    return starts


def _end(data_dir: Path, to_ns: int) -> int:
    """When the feeds' logs were last appended to before a time."""
    ends = [0]
    for log_dir in (data_dir / "log").glob("*/"):
        if log_dir.name not in FEEDS_NOBODY:
            with LogReader(log_dir) as reader:
                reader.seek_time(to_ns)
                last = record_at(data_dir, log_dir.name, reader.next_seq - 1)
            if isinstance(last, Record):
                ends.append(last.at_ns)
    return max(ends)


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    try:
        yield
    except LogError as error:
        raise DamagedRecordError(str(error)) from None
    except OSError as error:
        message = f"{error.filename or 'the folder'} cannot be used: {error.strerror}"
        raise ReplayError(message) from None
