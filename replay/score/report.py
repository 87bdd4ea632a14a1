"""The whole score, and the same as plain dicts."""

from itertools import pairwise
from typing import Any, cast

import msgspec
import numpy as np

from messages import INDICATORS
from replay.score.bootstrap import Floats, Interval
from replay.score.bought import DECISION, HORIZONS_S, WITHHELD, Bought, own, pick
from replay.score.closing import Closing, GapCoefficient, closing, gap_coefficients
from replay.score.hits import HitRate, hit_rate
from replay.score.markouts import Markout, markouts
from replay.score.outcomes import Ended
from replay.score.paper import PaperScore
from replay.score.pnl import LEFT_S, Arrival, ByTimeLeft, Pnl, arrival, at_once, by_time_left
from replay.score.probability import ProbabilityScore, probability_score
from replay.score.ranks import information_coefficient
from replay.score.reading import Recorded
from replay.score.samples import STEP_S, Sampled
from replay.score.verdict import EDGE, NOTHING_SEEN, Verdict, decide, measures
from replay.score.withheld import Withheld

MAIN_KIND = "edge"
"""Stands in for the composite where none was recorded."""


class SessionTold(msgspec.Struct, frozen=True):
    """A session that was read. speed: market seconds a real second."""

    session: str
    mode: str
    speed: float


class KindScore(msgspec.Struct, frozen=True):
    """One kind of signal, or the composite (`decision`).

    count: how many; windows: in how many. hits: settled on the side signalled. probability: the fair value
    at the signals against the mid at the signals. at_once: as if filled at the signal's own price in that
    moment; arrival: as filled after the latency.
    """

    kind: str
    count: int
    windows: int
    hits: HitRate
    probability: ProbabilityScore
    markouts: list[Markout]
    at_once: Pnl
    arrival: Arrival
    by_time_left: list[ByTimeLeft]
    closing: Closing
    verdict: Verdict


class WithheldScore(msgspec.Struct, frozen=True):
    """Decisions that a gate withheld, and what they would have brought."""

    kind: str
    count: int
    windows: int
    hits: HitRate
    arrival: Arrival


class FairPart(msgspec.Struct, frozen=True):
    """Fair value against the mid with from_s to below to_s market seconds left (None: no end)."""

    from_s: float
    to_s: float | None
    score: ProbabilityScore


class FairScore(msgspec.Struct, frozen=True):
    """Fair value itself against the market's mid, every step_s market seconds of every market.

    fair: the fair value's score; mid: the mid's own, for its reliability table. unmatched: samples for
    which the market had no mid.
    """

    step_s: float
    samples: int
    unmatched: int
    fair: ProbabilityScore
    mid: ProbabilityScore
    by_time_left: list[FairPart]
    gap: list[GapCoefficient]


class Coefficient(msgspec.Struct, frozen=True):
    """An indicator's rank correlation with the mid's move over a horizon; None: to settlement."""

    horizon_s: float | None
    correlation: Interval


class IndicatorScore(msgspec.Struct, frozen=True):
    """One indicator, every step_s market seconds. count: samples at which it had a value."""

    name: str
    count: int
    coefficients: list[Coefficient]


class Report(msgspec.Struct, frozen=True):
    """All that the record says of whether there is an edge.

    kinds: the composite first. fair: None where no fair value was recorded; paper: None where the paper
    actor said nothing. undefined: signals of markets that no record defines; lost: unreadable records.
    settings: in how many different ways the signal actor was set in these sessions.
    """

    verdict: Verdict
    sessions: list[SessionTold]
    latency_ms: float
    ended: Ended
    undefined: int
    lost: int
    settings: int
    kinds: list[KindScore]
    fair: FairScore | None
    indicators: list[IndicatorScore]
    withheld: Withheld
    withheld_scores: list[WithheldScore]
    paper: PaperScore | None


def report(recorded: Recorded, latency_ms: float) -> Report:
    """Score what was read. latency_ms: as it was read with."""
    ended = recorded.outcomes.sum_up(recorded.speaking | set(recorded.markets))
    table = np.array([recorded.outcomes.yes(ticker) for ticker in recorded.markets], dtype=np.float64)
    yes = table[recorded.bought.market]
    names = [kind for kind in recorded.kinds if not kind.startswith(WITHHELD)]
    names.sort(key=lambda kind: (kind != DECISION, kind != MAIN_KIND, kind))
    others = max(1, len([name for name in names if name != DECISION]))
    scored = []
    withheld_scores = []
    for kind in names:
        of, came_true = _of(recorded, kind, yes)
        scored.append(kind_score(kind, of, came_true, 1 if kind == DECISION else others, ended.windows))
    for kind in sorted(kind for kind in recorded.kinds if kind.startswith(WITHHELD)):
        of, came_true = _of(recorded, kind, yes)
        windows = len(np.unique(of.close_ns))
        hits = hit_rate(own(came_true, of.side), of.cost_usd, of.close_ns)
        withheld_scores.append(WithheldScore(kind, len(of.at_ns), windows, hits, arrival(of, came_true)))
    return Report(
        verdict=_overall(scored, ended.windows),
        sessions=[SessionTold(s.name, s.mode, s.speed) for s in recorded.sessions],
        latency_ms=latency_ms,
        ended=ended,
        undefined=recorded.undefined,
        lost=recorded.lost,
        settings=recorded.settings,
        kinds=scored,
        fair=_fair(recorded.sampled, table[recorded.sampled.market]),
        indicators=_indicators(recorded.sampled, table[recorded.sampled.market]),
        withheld=recorded.withheld.sum_up(),
        withheld_scores=withheld_scores,
        paper=recorded.paper.sum_up(recorded.outcomes) if recorded.paper.spoke else None,
    )


def plain(of: Report) -> dict[str, Any]:
    """Turn a report into dicts, lists and numbers, named as the fields are."""
    return cast(dict[str, Any], msgspec.to_builtins(of))


def _of(recorded: Recorded, kind: str, yes: Floats) -> tuple[Bought, Floats]:
    which = recorded.bought.kind == recorded.kinds.index(kind)
    return pick(recorded.bought, which), yes[which]


def kind_score(kind: str, of: Bought, yes: Floats, tests: int, recorded: int) -> KindScore:
    """Score what one kind would have bought.

    yes: how the market of each row ended. tests, recorded: as of `verdict.decide`.
    """
    subject = "the composite's decisions" if kind == DECISION else f"signals of kind {kind}"
    return KindScore(
        kind=kind,
        count=len(of.at_ns),
        windows=len(np.unique(of.close_ns)),
        hits=hit_rate(own(yes, of.side), of.cost_usd, of.close_ns),
        probability=probability_score(of.probability, of.mid, yes, of.close_ns),
        markouts=markouts(of, yes),
        at_once=at_once(of, yes),
        arrival=arrival(of, yes),
        by_time_left=by_time_left(of, yes),
        closing=closing(of),
        verdict=decide(subject, measures(of, yes), tests, recorded),
    )


def _overall(scored: list[KindScore], windows: int) -> Verdict:
    """The composite's verdict; another kind's only where that one found an edge, or there is no composite."""
    verdicts = [score.verdict for score in scored]
    if not verdicts:
        return Verdict(
            "signals", NOTHING_SEEN, False, 1.0, 0.0, 0, windows, None, [],
            f"In {windows:,} window{'s' * (windows != 1)} there was not one signal: there is nothing to "
            "judge, and no edge was seen.",
        )  # fmt: skip
    return next((verdict for verdict in verdicts if verdict.answer == EDGE), verdicts[0])


def _fair(sampled: Sampled, yes: Floats) -> FairScore | None:
    if not len(sampled.at_ns):
        return None
    parts = []
    for from_s, to_s in pairwise(LEFT_S):
        inside = (sampled.left_s >= from_s) & (sampled.left_s < to_s)
        score = probability_score(
            sampled.probability[inside], sampled.mid[inside], yes[inside], sampled.close_ns[inside]
        )
        parts.append(FairPart(from_s, to_s if to_s < LEFT_S[-1] else None, score))
    return FairScore(
        step_s=STEP_S,
        samples=len(sampled.at_ns),
        unmatched=int(np.isnan(sampled.mid).sum()),
        fair=probability_score(sampled.probability, sampled.mid, yes, sampled.close_ns),
        mid=probability_score(sampled.mid, sampled.mid, yes, sampled.close_ns),
        by_time_left=parts,
        gap=gap_coefficients(sampled, yes),
    )


def _indicators(sampled: Sampled, yes: Floats) -> list[IndicatorScore]:
    found = []
    for name, values in zip(INDICATORS, sampled.indicators, strict=True):
        count = int((~np.isnan(values)).sum())
        ends: list[tuple[float | None, Floats]] = [*zip(HORIZONS_S, sampled.marks, strict=True), (None, yes)]
        coefficients = [
            Coefficient(horizon_s, information_coefficient(values, mark - sampled.mid, sampled.close_ns))
            for horizon_s, mark in ends
        ]
        if count:
            found.append(IndicatorScore(name, count, coefficients))
    return found
