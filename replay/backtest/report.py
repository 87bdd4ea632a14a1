"""What a backtest shows: every point in sample, the choice walked forward, and how far to believe it."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from replay.backtest.choosing import OBJECTIVES, Course, best, gains, sharpe, value
from replay.backtest.deflated import Deflated, deflate
from replay.backtest.folds import LEAST_WINDOWS, Fold, folds
from replay.backtest.judged import Judged
from replay.backtest.points import Point
from replay.backtest.pooled import Pooled, pool, windows_of
from replay.backtest.running import Failure, Plan, Ran
from replay.backtest.span import Part
from replay.backtest.table import Results
from replay.score.bootstrap import Interval, mean_interval


class SessionRun(msgspec.Struct, frozen=True):
    """A session of the span. anew: actors that were run anew in it; the others' words are the record's.
    unsettled: markets that closed in it and did not settle in it."""

    session: str
    mode: str
    speed: float
    from_ns: int
    to_ns: int
    anew: list[str]
    unsettled: int


class PointScore(msgspec.Struct, frozen=True):
    """A point over all windows. objective: its value. per_window: paper PnL in dollars, fees paid."""

    point: str
    values: dict[str, Any]
    objective: float
    pnl_usd: float
    fills: int
    per_window: Interval


class FoldScore(msgspec.Struct, frozen=True):
    """A step forward. past: windows that were chosen on; chosen: the best point of them; in_past: what it
    brought per window there; ahead: what it brought on the windows from from_ns to to_ns, by close."""

    past: int
    chosen: str
    in_past: Interval
    from_ns: int
    to_ns: int
    ahead: Interval
    fills: int


class WalkForward(msgspec.Struct, frozen=True):
    """Points chosen on the past alone, and what they then brought. in_sample: what the point that is the best
    of all windows brought on the same windows ahead; optimism_usd: how much more that is, per window."""

    folds: list[FoldScore]
    score: Pooled
    in_sample: Interval
    optimism_usd: float


class Report(msgspec.Struct, frozen=True):
    """A backtest. points: those that are done over every session, best first. score: of the best of them over
    all windows, on which it was chosen. walked: None with the reason in not_walked. tried: configurations,
    earlier ones of the same table included."""

    sessions: list[SessionRun]
    objective: str
    tried: int
    windows: int
    points: list[PointScore]
    score: Pooled | None
    deflated: Deflated | None
    walked: WalkForward | None
    not_walked: str
    done: int
    kept: int
    failures: list[Failure]


def report(
    parts: Sequence[Part],
    points: Sequence[Point],
    planned: Plan,
    results: Results,
    ran: Ran,
    count: int,
    objective: str,
) -> Report:
    """Sum up what stands in the table. count: of folds. Raises TableError."""
    whole = [place for place, row in enumerate(planned.keys) if all(key in results for key in row)]
    courses = [_course(_judged(results, planned.keys[place])) for place in whole]
    windows = sorted(set.intersection(*(set(course.pnl_usd) for course in courses))) if courses else []
    tried = max(len(points), len(results.configurations({part.whole.name for part in parts})))
    scored = [
        _point(points[place], course, windows, objective)
        for place, course in zip(whole, courses, strict=True)
    ]
    found = best(courses, windows, objective) if windows else None
    score = deflated = walked = None
    not_walked = _too_few(len(whole), len(windows), count)
    if found is not None:
        rows = _judged(results, planned.keys[whole[found]])
        score = pool([(rows, windows)], max(1, tried))
        ratios = np.array([sharpe(gains(course, windows)) for course in courses], dtype=np.float64)
        deflated = deflate(gains(courses[found], windows), ratios, tried) if tried > 1 else None
        cut = folds(windows_of(rows), count) if not not_walked else []
        if cut:
            chosen = [best(courses, fold.past, objective) for fold in cut]
            ahead = [
                (_judged(results, planned.keys[whole[place]]), fold.ahead)
                for fold, place in zip(cut, chosen, strict=True)
            ]
            steps = [
                _step(fold, scored[place], courses[place]) for fold, place in zip(cut, chosen, strict=True)
            ]
            walked = _walk(steps, pool(ahead, 1), cut, courses[found])
    return Report(
        sessions=_sessions(parts, planned, results, whole),
        objective=OBJECTIVES[objective],
        tried=tried,
        windows=len(windows),
        points=sorted(scored, key=lambda one: (-round(one.objective, 7), one.fills)),
        score=score,
        deflated=deflated,
        walked=walked,
        not_walked="" if walked else not_walked or "the markets ahead had all opened before any had closed",
        done=ran.done,
        kept=ran.kept,
        failures=ran.failures,
    )


def _judged(results: Results, keys: Sequence[str]) -> list[Judged]:
    return [results.row(key).judged for key in keys]


def _course(judged: Sequence[Judged]) -> Course:
    windows = windows_of(judged)
    return Course(
        {window.close_ns: window.pnl_usd for window in windows},
        {window.close_ns: window.fills for window in windows},
    )


def _per_window(course: Course, windows: Sequence[int]) -> Interval:
    return mean_interval(gains(course, windows), np.array(windows, dtype=np.int64))


def _point(point: Point, course: Course, windows: Sequence[int], objective: str) -> PointScore:
    return PointScore(
        point=point.name,
        values=point.values,
        objective=value(course, windows, objective),
        pnl_usd=float(gains(course, windows).sum()),
        fills=sum(course.fills[close_ns] for close_ns in windows),
        per_window=_per_window(course, windows),
    )


def _step(fold: Fold, chosen: PointScore, course: Course) -> FoldScore:
    return FoldScore(
        past=len(fold.past),
        chosen=chosen.point,
        in_past=_per_window(course, fold.past),
        from_ns=fold.ahead[0],
        to_ns=fold.ahead[-1],
        ahead=_per_window(course, fold.ahead),
        fills=sum(course.fills[close_ns] for close_ns in fold.ahead),
    )


def _walk(steps: list[FoldScore], score: Pooled, cut: Sequence[Fold], in_sample: Course) -> WalkForward:
    ahead = [close_ns for fold in cut for close_ns in fold.ahead]
    hindsight = _per_window(in_sample, ahead)
    return WalkForward(steps, score, hindsight, (hindsight.mean or 0.0) - (score.per_window.mean or 0.0))


def _too_few(points: int, windows: int, count: int) -> str:
    """Why nothing can be walked forward; empty where it can."""
    if points < 2:
        return "there is nothing to choose from: a walk forward needs a --grid of at least two points"
    if count < 2:
        return "a walk forward needs at least 2 --folds"
    if windows < count * LEAST_WINDOWS:
        least = count * LEAST_WINDOWS
        return f"{count} folds need at least {least} settled windows, and {windows} were recorded"
    return ""


def _sessions(
    parts: Sequence[Part], planned: Plan, results: Results, whole: Sequence[int]
) -> list[SessionRun]:
    first = planned.keys[whole[0]] if whole else [""] * len(parts)
    return [
        SessionRun(
            session=part.cut.name,
            mode=part.cut.mode,
            speed=part.cut.speed,
            from_ns=part.cut.from_ns,
            to_ns=part.cut.to_ns,
            anew=actors,
            unsettled=results.row(key).judged.unsettled if key else 0,
        )
        for part, actors, key in zip(parts, planned.anew, first, strict=True)
    ]
