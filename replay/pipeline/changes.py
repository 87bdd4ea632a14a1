"""What a chain said anew, beside what was recorded then."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from messages import (
    KINDS,
    ActorStarted,
    ActorStopped,
    Decision,
    MarketDefined,
    PaperFill,
    PaperOrder,
    PaperRefused,
    PaperSettled,
    RecordsLost,
    Turn,
    kinds,
)
from replay.records import read_between
from replay.score.outcomes import Outcomes
from replay.score.paper import PaperLedger, PaperScore
from replay.sessions import Session

MARKET_LOG = "kalshi"
PAPER_LOG = "paper"
SIGNAL_LOG = "signal"
_SAID = frozenset(KINDS) - kinds(ActorStarted, ActorStopped, RecordsLost, Turn)
_TRADED = kinds(PaperFill, PaperOrder, PaperRefused, PaperSettled)


class Decided(NamedTuple):
    """Decisions, counted by market and side: taken then and now, then alone, now alone."""

    both: int
    then: int
    now: int


class Changes(NamedTuple):
    """Two tellings of the same sessions.

    counts: of each actor's messages by type, then and now. decided: None where no decisions were made anew.
    paper_then, paper_now: the paper account's results; None where there is none.
    """

    counts: dict[str, dict[str, tuple[int, int]]]
    decided: Decided | None
    paper_then: PaperScore | None
    paper_now: PaperScore | None


def changes(
    data_dir: Path,
    out_dir: Path,
    sessions: Sequence[Session],
    said: Mapping[str, Mapping[str, int]],
) -> Changes:
    """Compare what was recorded in these sessions with what was said anew. said: counts by actor and type."""
    counts = {}
    for actor, now in said.items():
        then = Counter(
            KINDS[record.kind].__name__
            for session in sessions
            for record in read_between(data_dir, actor, session.from_ns, session.to_ns, _SAID)
        )
        counts[actor] = {name: (then[name], now.get(name, 0)) for name in sorted({*then, *now})}
    decided = None
    if SIGNAL_LOG in said:
        before, after = _decisions(data_dir, sessions), _decisions(out_dir, sessions)
        both = (before & after).total()
        decided = Decided(both, before.total() - both, after.total() - both)
    is_traded = PAPER_LOG in said
    return Changes(
        counts,
        decided,
        _paper(data_dir, sessions) if is_traded else None,
        _paper(out_dir, sessions) if is_traded else None,
    )


def _decisions(data_dir: Path, sessions: Sequence[Session]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for session in sessions:
        wanted = kinds(Decision)
        for record in read_between(data_dir, SIGNAL_LOG, session.from_ns, session.to_ns, wanted):
            decision = record.message()
            if isinstance(decision, Decision):
                found[decision.ticker, decision.side] += 1
    return found


def _paper(data_dir: Path, sessions: Sequence[Session]) -> PaperScore | None:
    ledger, outcomes = PaperLedger(), Outcomes()
    for session in sessions:
        for record in read_between(data_dir, PAPER_LOG, session.from_ns, session.to_ns, _TRADED):
            ledger.take(record.message())
        wanted = kinds(MarketDefined)
        for record in read_between(data_dir, MARKET_LOG, session.from_ns, session.to_ns, wanted):
            defined = record.message()
            if isinstance(defined, MarketDefined):
                outcomes.take(defined)
    return ledger.sum_up(outcomes) if ledger.spoke else None
