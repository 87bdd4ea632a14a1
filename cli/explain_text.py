"""An explained record as text, and as fields for scripts. Pure."""

from pathlib import Path
from typing import Any

from cli.log_reading import type_name
from cli.sayings import say
from cli.wording import clock_utc, moment_utc
from messages import FrameReceived, Message, to_json_fields
from messages.version import VERSION
from replay.explain import Explained, Recomputed
from replay.lineage import Source
from replay.records import Missing

MOST_MISSING = 20
"""Holes named one by one; a log that is gone altogether has one, a badly damaged one may have many."""


def as_text(explained: Explained) -> str:
    """The record, what it came from with ages, and how recomputing it went."""
    record, run = explained.record, explained.run
    return "\n".join(
        [
            f"{type_name(record.kind)} {record.seq} of signal, {moment_utc(record.at_ns)} UTC, "
            f"session {run.session}",
            f"  {say(explained.message)}",
            "",
            "Came from" if explained.sources else "It names no record that it came from.",
            *(line for source in explained.sources for line in source_lines(source, 1)),
            "",
            *_recomputed_lines(explained),
            *missing_lines(explained.absent),
            "",
            verdict(explained),
        ]
    )


def verdict(explained: Explained) -> str:
    """One sentence: whether it came out the same."""
    recomputed, absent = explained.recomputed, explained.absent
    lost = sum(hole.last - hole.first + 1 for hole in absent)
    records = "1 record" if lost == 1 else f"{lost:,} records"
    if explained.holds:
        return "Recomputed from these records alone, it came out bit for bit the same."
    if recomputed.same:
        return f"It came out bit for bit the same, but {records} that it came from cannot be read any more."
    if absent:
        return f"It did not come out the same; {records} that it came from cannot be read any more."
    return "It did NOT come out the same: the record, what it came from, or the program was changed."


def as_fields(explained: Explained, data_dir: Path) -> dict[str, Any]:
    """The same for scripts."""
    record, run, recomputed = explained.record, explained.run, explained.recomputed
    return {
        "data_dir": str(data_dir),
        "session": run.session,
        "log": run.log,
        "seq": record.seq,
        "at_ns": record.at_ns,
        "record": fields_of(explained.message),
        "sources": [source_fields(source) for source in explained.sources],
        "run": {"first_seq": run.first_seq, "at_ns": run.at_ns, "version": run.version},
        "recomputed": {
            "same": recomputed.same,
            "record": fields_of(recomputed.message) if recomputed.message is not None else None,
            "differences": [difference._asdict() for difference in recomputed.differences],
            "version": VERSION,
            "recalled": [fields_of(message) for message in recomputed.recalled],
            "turns": recomputed.turns,
            "records": recomputed.fed,
            "compared": recomputed.compared,
            "differing": recomputed.differing,
            "first_differing": recomputed.first_differing or None,
        },
        "missing": [hole._asdict() for hole in explained.absent],
        "holds": explained.holds,
        "verdict": verdict(explained),
    }


def source_lines(source: Source, depth: int) -> list[str]:
    name = f"{source.log} {source.seq}"
    if source.message is None:
        line = f"{'  ' * depth}{name:<22} CANNOT BE READ: {source.trouble}"
    else:
        age = f"{source.age_ms:,} ms" if source.age_ms >= 0 else f"{-source.age_ms:,} ms after"
        kind = type(source.message).__name__
        line = f"{'  ' * depth}{name:<22} {age:>9}  {kind}: {say(source.message)}"
    return [line, *(more for origin in source.origins for more in source_lines(origin, depth + 1))]


def _recomputed_lines(explained: Explained) -> list[str]:
    recomputed, run = explained.recomputed, explained.run
    lines = [
        f"Played again from the start of its run at {clock_utc(run.at_ns)} UTC (record {run.first_seq}): "
        f"{recomputed.turns:,} turns, {recomputed.fed:,} records.",
        *(f"  begun with what it had said before: {_recalled(message)}" for message in recomputed.recalled),
    ]
    if run.version != VERSION:
        lines.append(f"  recorded by version {run.version}, played by version {VERSION}")
    if recomputed.compared:
        lines.append(f"  {_before(recomputed)}")
    if recomputed.message is None:
        lines.append("  Nothing was said in its place.")
    for name, before, after in recomputed.differences:
        lines.append(f"  {name}: recorded {before!r}, recomputed {after!r}")
    return lines


def _before(recomputed: Recomputed) -> str:
    told = f"of {recomputed.compared:,} words before it in this run"
    if not recomputed.differing:
        return f"{told}, all came out the same"
    return f"{told}, {recomputed.differing:,} came out otherwise, the first is {recomputed.first_differing}"


def _recalled(message: Message) -> str:
    return f"{type(message).__name__}: {say(message)}"


def missing_lines(absent: list[Missing]) -> list[str]:
    lines = []
    for hole in absent[:MOST_MISSING]:
        which = f"record {hole.first}" if hole.first == hole.last else f"records {hole.first} to {hole.last}"
        lines.append(f"  {which} of {hole.log} cannot be read: {hole.why}")
    if len(absent) > MOST_MISSING:
        lines.append(f"  and {len(absent) - MOST_MISSING} more stretches")
    return ["", "Missing", *lines] if lines else []


def source_fields(source: Source) -> dict[str, Any]:
    return {
        "log": source.log,
        "seq": source.seq,
        "age_ms": source.age_ms if source.message is not None else None,
        "record": fields_of(source.message) if source.message is not None else None,
        "trouble": source.trouble or None,
        "origins": [source_fields(origin) for origin in source.origins],
    }


def fields_of(message: Message) -> dict[str, Any]:
    fields = to_json_fields(message)
    if isinstance(message, FrameReceived):
        fields["data"] = message.data.decode("utf-8", "replace")
    return fields
