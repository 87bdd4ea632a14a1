"""What was played in a replay, as text and as fields for scripts. Pure."""

from typing import Any

from cli.index_text import columns
from cli.wording import age, per_second
from replay.playing import Playing


def as_text(playing: Playing, took_s: float) -> list[str]:
    """Counts by listener, the rate, and whether it was what had been recorded."""
    if not playing.totals:
        return ["No listener ran in this session: there is nothing to play."]
    rows: list[tuple[str, ...]] = [("ACTOR", "TURNS", "PASSED", "TAKEN IN", "SAID", "DIFFERING")]
    for log, totals in playing.totals.items():
        counts = totals.turns, totals.passed, totals.fed, said_by(playing, log), playing.differing[log]
        rows.append((log, *(f"{count:,}" for count in counts)))
    passed = sum(totals.passed for totals in playing.totals.values())
    rate = per_second(passed / took_s) if took_s > 0 else "-"
    return [
        "",
        *columns(rows),
        "",
        f"{passed:,} records passed in {age(took_s)}, {rate}/s.",
        verdict(playing),
    ]


def verdict(playing: Playing) -> str:
    """One sentence: whether it was what had been recorded."""
    differing = sum(playing.differing.values())
    lost = sum(hole.last - hole.first + 1 for totals in playing.totals.values() for hole in totals.missing)
    if differing:
        return f"{differing:,} words are not those that were recorded; `verify` shows the first."
    if lost:
        return f"{lost:,} records that were read then cannot be read any more; `verify` names them."
    return "All that was said is, bit for bit, what had been recorded."


def as_fields(playing: Playing, took_s: float) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "type": "Replayed",
        "took_s": took_s,
        "actors": [
            {
                "actor": log,
                "runs": len(totals.runs),
                "turns": totals.turns,
                "passed": totals.passed,
                "taken": totals.fed,
                "said": playing.said[log],
                "differing": playing.differing[log],
                "missing": [hole._asdict() for hole in totals.missing],
            }
            for log, totals in playing.totals.items()
        ],
        "verdict": verdict(playing),
    }


def said_by(playing: Playing, log: str) -> int:
    return sum(playing.said[log].values())
