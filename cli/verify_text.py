"""What `verify` found, as text and as fields for scripts. Pure."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cli.explain_text import fields_of, missing_lines, source_fields, source_lines
from cli.index_text import columns
from cli.log_reading import type_name
from cli.sayings import say
from cli.wording import age, clock_utc, moment_utc
from messages import Message
from messages.version import VERSION
from replay.records import Missing
from replay.sessions import Session
from replay.verify import FirstDifference, Taken, Verified

MOST_READS = 12


def as_text(session: Session, verified: Sequence[Verified], took_s: float) -> list[str]:
    """What was played, how each type came out, the first differences, and the verdict."""
    lines = [
        f"Session {session.name} ({session.mode or 'unknown mode'}), from {moment_utc(session.from_ns)} UTC, "
        f"played again in {age(took_s)}.",
        "",
        *_table(verified),
    ]
    for one in verified:
        lines += _troubles(one)
    for one in verified:
        if one.first is not None:
            lines += ["", *_first_lines(one.log, one.first)]
    lines += missing_lines(_missing(verified))
    return [*lines, "", verdict(verified)]


def verdict(verified: Sequence[Verified]) -> str:
    """One sentence: whether it came out the same."""
    words = sum(tally.recorded for one in verified for tally in one.tallies.values())
    differing = sum(one.differing for one in verified)
    lost = sum(hole.last - hole.first + 1 for hole in _missing(verified))
    unplayed = sum(one.unbegun for one in verified)
    if not verified:
        return "No listener ran in this session: there is nothing to verify."
    if differing:
        return f"It did NOT come out the same: {_count(differing, 'word')} of {words:,} differ."
    if lost:
        return (
            f"What could be played came out the same, but {_count(lost, 'record')} cannot be read any more."
        )
    if unplayed or any(one.trouble for one in verified):
        return "What could be played came out the same; not all of it could be played."
    return f"Every word came out bit for bit the same: {words:,} of {words:,}."


def as_fields(
    session: Session, verified: Sequence[Verified], data_dir: Path, took_s: float
) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "data_dir": str(data_dir),
        "session": session.name,
        "mode": session.mode,
        "version": VERSION,
        "took_s": took_s,
        "actors": [_fields(one) for one in verified],
        "holds": all(one.holds for one in verified),
        "verdict": verdict(verified),
    }


def _table(verified: Sequence[Verified]) -> list[str]:
    rows = [("ACTOR", "TYPE", "RECORDED", "RECOMPUTED", "THE SAME")]
    for one in verified:
        rows += [
            (one.log, name, f"{tally.recorded:,}", f"{tally.said:,}", f"{tally.same:,}")
            for name, tally in one.tallies.items()
        ] or [(one.log, "nothing said", "", "", "")]
    played = [
        f"{one.log}: {_count(len(one.totals.runs), 'run')}, {_count(one.totals.turns, 'turn')}, "
        f"{_count(one.totals.passed, 'record')} passed, {one.totals.fed:,} of them taken in"
        for one in verified
    ]
    return [*columns(rows, left=2), "", *played] if verified else []


def _troubles(one: Verified) -> list[str]:
    lines = []
    if one.trouble:
        lines += ["", f"{one.log}: {one.trouble}"]
    if one.unbegun:
        lines += [
            "",
            f"{one.log}: {_count(one.unbegun, 'word')} of a run whose beginning is not kept any "
            "more; without it nothing can be recomputed",
        ]
    return lines


def _first_lines(log: str, first: FirstDifference) -> list[str]:
    told = first.recorded or first.recomputed
    name = type(told).__name__ if told is not None else "Word"
    reads = [f"{read.log} {read.first} to {read.last}" for read in first.reads[:MOST_READS]]
    more = len(first.reads) - len(reads)
    lines = [
        f"First difference of {log}: {name} {first.seq}, {moment_utc(first.at_ns)} UTC, "
        f"session {first.run.session}",
        f"  recorded:   {say(first.recorded) if first.recorded is not None else 'nothing that can be read'}",
        f"  recomputed: {say(first.recomputed) if first.recomputed is not None else 'nothing'}",
        *(f"  {name}: recorded {was!r}, recomputed {now!r}" for name, was, now in first.differences),
        f"  said in turn {first.turn_seq}, at {clock_utc(first.now_ns)}, which read "
        + (", ".join(reads) or "nothing")
        + (f" and {more} more runs" if more else ""),
    ]
    if first.run.version != VERSION:
        lines.append(f"  recorded by version {first.run.version}, played by version {VERSION}")
    if first.sources:
        lines += ["Made from", *(line for source in first.sources for line in source_lines(source, 1))]
    if first.taken:
        shown = len(first.taken)
        of = f", the last {shown} of {first.taken_count:,}" if shown < first.taken_count else ""
        lines += [f"Taken in by that turn{of}", *(f"  {_taken_line(taken)}" for taken in first.taken)]
    return lines


def _taken_line(taken: Taken) -> str:
    head = f"{taken.log} {taken.record.seq}"
    words = say(taken.message) if taken.message is not None else "CANNOT BE READ"
    return f"{head:<22} {type_name(taken.record.kind)}: {words}"


def _missing(verified: Sequence[Verified]) -> list[Missing]:
    return [hole for one in verified for hole in one.totals.missing]


def _fields(one: Verified) -> dict[str, Any]:
    totals, first = one.totals, one.first
    return {
        "actor": one.log,
        "runs": [
            {"first_seq": run.first_seq, "at_ns": run.at_ns, "version": run.version} for run in totals.runs
        ],
        "turns": totals.turns,
        "passed": totals.passed,
        "taken": totals.fed,
        "types": {
            name: {"recorded": tally.recorded, "recomputed": tally.said, "same": tally.same}
            for name, tally in one.tallies.items()
        },
        "differing": one.differing,
        "unbegun": one.unbegun,
        "missing": [hole._asdict() for hole in totals.missing],
        "trouble": one.trouble or None,
        "first_difference": _first_fields(first) if first is not None else None,
        "holds": one.holds,
    }


def _first_fields(first: FirstDifference) -> dict[str, Any]:
    return {
        "seq": first.seq,
        "at_ns": first.at_ns,
        "run": first.run.first_seq,
        "turn": {
            "seq": first.turn_seq,
            "now_ns": first.now_ns,
            "reads": [[read.log, read.first, read.last] for read in first.reads],
        },
        "recorded": _message(first.recorded),
        "recomputed": _message(first.recomputed),
        "differences": [difference._asdict() for difference in first.differences],
        "sources": [source_fields(source) for source in first.sources],
        "taken": [
            {"log": taken.log, "seq": taken.record.seq, "record": _message(taken.message)}
            for taken in first.taken
        ],
        "taken_count": first.taken_count,
    }


def _message(message: Message | None) -> dict[str, Any] | None:
    return fields_of(message) if message is not None else None


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"
