"""A backtest as text: what the walk forward says first, then what it rests on. Pure."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.index_text import columns
from cli.wording import moment_utc
from replay.backtest.deflated import CONVINCING, Deflated
from replay.backtest.points import named
from replay.backtest.pooled import Pooled
from replay.backtest.report import PointScore, Report, WalkForward
from replay.score.bootstrap import Interval

MOST_POINTS = 20
"""Points told; `--json` gives all."""
MOST_FAILURES = 10


def as_text(of: Report, table: Path) -> list[str]:
    """All of it for people, as lines. table: the folder of the table of results."""
    lines = [headline(of), "", *_sessions(of)]
    if of.points:
        lines += ["", *_points(of)]
    if of.walked is not None:
        lines += ["", *_walked(of.walked, of.objective, short_names(of.points))]
    elif of.score is not None:
        lines += ["", f"Nothing was walked forward: {of.not_walked}."]
    if of.score is not None:
        lines += ["", *_score(of.score, len(of.points) > 1)]
    if of.deflated is not None:
        lines += ["", *_luck(of.deflated)]
    if of.failures:
        lines += ["", *_failures(of)]
    lines += ["", f"Runs: {of.done:,} now, {of.kept:,} kept from before, in {table}"]
    return lines


def headline(of: Report) -> str:
    """One sentence: what was found out."""
    if of.score is None:
        if of.failures and not of.points:
            return "No point could be run over every session, and so nothing is known."
        return "No market closed and settled in this span, and so nothing is known."
    if of.walked is None:
        return (
            f"The paper account brought {_dollars(of.score.per_window)} a window"
            f"{' at the best point, which was chosen by just that' if len(of.points) > 1 else ''}."
        )
    per_window = of.walked.score.per_window
    if per_window.low is not None and per_window.low > 0.0:
        answer = "it gained"
    elif per_window.high is not None and per_window.high < 0.0:
        answer = "it lost"
    else:
        answer = "whether it gains is not known"
    return (
        f"Chosen on the past and tested on what came after, {answer}: {_dollars(per_window)} a window; "
        f"what is the best in hindsight looks {_cents(of.walked.optimism_usd)} better."
    )


def short_names(points: Sequence[PointScore]) -> dict[str, str]:
    """Points by as much of their keys' ends as tells the keys apart."""
    keys = list(points[0].values) if points else []
    ends = {key: key for key in keys}
    for key in keys:
        parts = key.split(".")
        for count in range(1, len(parts)):
            end = ".".join(parts[-count:])
            if sum(other == end or other.endswith(f".{end}") for other in keys) == 1:
                ends[key] = end
                break
    return {one.point: named({ends[key]: value for key, value in one.values.items()}) for one in points}


def _sessions(of: Report) -> list[str]:
    unsettled = sum(one.unsettled for one in of.sessions)
    lines = [
        f"{_count(len(of.sessions), 'session')}, {_count(of.windows, 'settled window')}; "
        f"left out: {_count(unsettled, 'market')} that did not settle"
    ]
    lines += [
        f"  {one.session}  {moment_utc(one.from_ns)} to {moment_utc(one.to_ns)} UTC, speed {one.speed:g}; "
        f"anew: {', '.join(one.anew)}"
        for one in of.sessions
    ]
    lines.append("Money is the paper account's, in dollars after fees; intervals are of 95 %, by windows.")
    return lines


def _points(of: Report) -> list[str]:
    rows: list[tuple[str, ...]] = [("POINT", "A WINDOW", "IN ALL", "FILLS")]
    short = short_names(of.points)
    rows += [_row(one, short) for one in of.points[:MOST_POINTS]]
    lines = [f"In sample, by {of.objective}:", *columns(rows, left=1)]
    if len(of.points) > MOST_POINTS:
        lines.append(f"and {len(of.points) - MOST_POINTS:,} more points, which --json tells")
    return lines


def _row(one: PointScore, short: Mapping[str, str]) -> tuple[str, ...]:
    return short[one.point], _dollars(one.per_window), _usd(one.pnl_usd), f"{one.fills:,}"


def _walked(of: WalkForward, objective: str, short: Mapping[str, str]) -> list[str]:
    rows: list[tuple[str, ...]] = [
        ("AHEAD, BY CLOSE", "CHOSEN", "ON WINDOWS", "THERE", "WINDOWS", "BROUGHT", "FILLS")
    ]
    rows += [
        (
            f"{moment_utc(fold.from_ns)} to {moment_utc(fold.to_ns)[5:]}",
            short[fold.chosen],
            f"{fold.past:,}",
            _mean(fold.in_past),
            f"{fold.ahead.windows:,}",
            _dollars(fold.ahead),
            f"{fold.fills:,}",
        )
        for fold in of.folds
    ]
    return [
        f"Walked forward, choosing by {objective} on what lay before:",
        *columns(rows, left=2),
        f"All windows ahead: {_dollars(of.score.per_window)} a window, {_usd(of.score.pnl_usd)} in all, "
        f"{of.score.fills:,} fills",
        f"The best of all windows brought on them: {_dollars(of.in_sample)}",
        *_decisions(of.score),
    ]


def _score(score: Pooled, was_chosen: bool) -> list[str]:
    who = "The best point" if was_chosen else "The settings"
    better = score.fair_better
    lines = [
        f"{who} over all {score.windows:,} windows ({score.markets:,} markets, {score.traded:,} windows "
        f"traded): {_usd(score.pnl_usd)} in all, {score.contracts:,.0f} contracts, "
        f"fees ${score.fees_usd:,.2f}",
    ]
    if score.per_contract.mean is not None:
        lines.append(f"  a contract: {_dollars(score.per_contract)}")
    if better.mean is not None:
        lines.append(f"  fair value against the market's mid, Brier: {_plain(better)} better")
    lines += _decisions(score)
    if score.disagreeing:
        names = ", ".join(score.disagreeing[:MOST_FAILURES])
        lines.append(f"  the paper account disagrees with its own fills on {len(score.disagreeing)}: {names}")
    if score.lost:
        lines.append(f"  {score.lost:,} records could not be read")
    return lines


def _decisions(score: Pooled) -> list[str]:
    return [f"  {score.decisions.verdict.sentence}"] if score.decisions is not None else []


def _luck(of: Deflated) -> list[str]:
    lines = [
        f"{of.tried:,} configurations were tried on these sessions; the best of many looks good by chance.",
        f"Its Sharpe ratio a window is {of.sharpe:.3f}; luck alone would show {of.expected:.3f}.",
    ]
    if of.probability is None:
        lines.append("How far to believe it cannot be said: its windows hardly differ.")
        return lines
    verdict = "more than luck" if of.probability >= CONVINCING else "nothing that luck does not explain"
    lines.append(f"Deflated by that, the chance that it is above zero is {of.probability:.1%}: {verdict}.")
    return lines


def _failures(of: Report) -> list[str]:
    lines = [f"{_count(len(of.failures), 'run')} failed; points with one are left out:"]
    lines += [f"  {one.point}, session {one.session}: {one.why}" for one in of.failures[:MOST_FAILURES]]
    if len(of.failures) > MOST_FAILURES:
        lines.append(f"  and {len(of.failures) - MOST_FAILURES:,} more")
    return lines


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _usd(value: float) -> str:
    return f"{'-' if value < 0 else '+'}${abs(value):,.2f}"


def _mean(of: Interval) -> str:
    return "-" if of.mean is None else _cents(of.mean)


def _cents(value: float) -> str:
    return f"{'-' if value < 0 else '+'}${abs(value):,.4f}"


def _dollars(of: Interval) -> str:
    if of.mean is None:
        return "nothing"
    if of.low is None or of.high is None:
        return f"{_cents(of.mean)} (a single window, which has no interval)"
    return f"{_cents(of.mean)} ({_cents(of.low)} to {_cents(of.high)})"


def _plain(of: Interval) -> str:
    if of.low is None or of.high is None:
        return f"{of.mean:+.4f}"
    return f"{of.mean:+.4f} ({of.low:+.4f} to {of.high:+.4f})"
