"""What another configuration said, beside what was recorded: as text and as fields for scripts. Pure."""

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Any

import msgspec

from cli.index_text import columns
from cli.wording import age, per_second
from replay.pipeline.changes import Changes, Decided
from replay.pipeline.run import Outcome
from replay.records import Missing
from replay.score.paper import PaperScore

MOST_MISSING = 20


def as_text(outcome: Outcome, changed: Changes, took_s: float, out_dir: Path | None) -> list[str]:
    """Counts by type then and now, decisions, the paper account, and where the new words are."""
    rows: list[tuple[str, ...]] = [("ACTOR", "TYPE", "RECORDED", "NOW", "MORE")]
    for actor, types in changed.counts.items():
        rows += [
            (actor, name, f"{then:,}", f"{now:,}", f"{now - then:+,}" if now != then else "-")
            for name, (then, now) in types.items()
        ]
    lines = columns(rows, left=2) if len(rows) > 1 else ["Nobody says anything, nor did then."]
    if changed.decided is not None:
        lines += ["", decided(changed.decided)]
    if changed.paper_then is not None or changed.paper_now is not None:
        lines += [
            "",
            f"Paper account, recorded: {account(changed.paper_then)}",
            f"Paper account, now:      {account(changed.paper_now)}",
        ]
    lines += ["", *_delays(outcome), _rate(outcome, took_s)]
    lines += _missing(outcome.missing)
    if out_dir is not None:
        place = quote(str(out_dir))
        lines.append(
            f"What was said stands in {out_dir}: `score`, `explain` and `verify` take --data {place}."
        )
    return lines


def decided(found: Decided) -> str:
    """One sentence."""
    return (
        f"Decisions, by market and side: {found.both:,} as then, {found.now:,} new, "
        f"{found.then:,} not taken any more."
    )


def account(score: PaperScore | None) -> str:
    """One line."""
    if score is None:
        return "nothing"
    return (
        f"{'-' if score.pnl_usd < 0 else '+'}${abs(score.pnl_usd):,.2f} in {score.settled:,} settled "
        f"markets; {score.orders:,} orders, "
        f"{score.fills:,} fills, fees ${score.fees_usd:,.2f}"
    )


def as_fields(
    session: str, outcome: Outcome, changed: Changes, took_s: float, out_dir: Path | None
) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "type": "Rerun",
        "session": session,
        "took_s": took_s,
        "passed": outcome.passed,
        "turns": outcome.turns,
        "delays_ns": {
            actor: {name: delays._asdict() for name, delays in sessions.items()}
            for actor, sessions in outcome.delays.items()
        },
        "counts": {
            actor: {name: {"recorded": then, "now": now} for name, (then, now) in types.items()}
            for actor, types in changed.counts.items()
        },
        "decisions": changed.decided._asdict() if changed.decided is not None else None,
        "paper": {
            "recorded": msgspec.to_builtins(changed.paper_then),
            "now": msgspec.to_builtins(changed.paper_now),
        },
        "missing": [hole._asdict() for hole in outcome.missing],
        "out": str(out_dir) if out_dir is not None else None,
    }


def _missing(missing: Sequence[Missing]) -> list[str]:
    """What was stepped over, hole by hole."""
    lines = []
    for hole in missing[:MOST_MISSING]:
        which = f"record {hole.first}" if hole.first == hole.last else f"records {hole.first} to {hole.last}"
        lines.append(f"{hole.log}: stepped over {which}, which cannot be read: {hole.why}")
    if len(missing) > MOST_MISSING:
        lines.append(f"… and {len(missing) - MOST_MISSING:,} more such places; --json names all.")
    return lines


def _delays(outcome: Outcome) -> list[str]:
    told = [
        f"{actor} {delays.wake_ns / 1e6:.2f} + {delays.work_ns / 1e6:.2f} ms"
        for actor, sessions in outcome.delays.items()
        for delays in sessions.values()
    ]
    return [f"Delays, to wake up + to speak: {', '.join(told)}."]


def _rate(outcome: Outcome, took_s: float) -> str:
    rate = f", {per_second(outcome.passed / took_s)}/s" if took_s > 0 else ""
    turns = sum(outcome.turns.values())
    return f"{outcome.passed:,} recorded messages and {turns:,} turns in {age(took_s)}{rate}."
