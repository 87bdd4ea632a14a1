"""The status of every actor as rows of a table, for a given width. Pure."""

from textwrap import wrap
from typing import Any

from cli.changes import note
from cli.config import EXCHANGES
from cli.screen_state import Rates
from cli.wording import age, milliseconds, number, per_second

WIDE = 110
QUIET_LIMIT_S = 5.0

Part = tuple[str, str]
"""A text and its style."""
Line = list[Part]

STATE_STYLES = {
    "running": "green",
    "starting": "yellow",
    "stopping": "yellow",
    "backoff": "red",
    "failed": "bold red",
    "stopped": "dim",
}


def table(actors: list[dict[str, Any]], rates: Rates, width: int) -> list[Line]:
    """Headings, a row for each actor, and what an operator should know: beside it or, if narrow, below."""
    wide = width >= WIDE
    headings = [
        "ACTOR",
        "STATE",
        "FRESH",
        "AGE",
        "IN/s",
        "OUT/s",
        "P50 ms",
        "P99 ms",
        "RESTARTS",
        "CPU %",
        "MB",
    ]
    widths = [10, 8, 5, 7, 6, 6, 6, 6, 8, 5, 5]
    if not wide:
        headings[8], widths[8] = "RST", 3
    head = " ".join(_cell(headings[i], widths[i], i) for i in range(len(headings)))
    rows: list[Line] = [[(head + " NOTE" if wide else head, "bold")]]
    notes: list[Line] = []
    for actor in actors:
        row: Line = []
        for i, (text, style) in enumerate(_cells(actor, rates)):
            row += [(_cell(text, widths[i], i), style), (" ", "")]
        note = _note(actor)
        if wide:
            row.append(note)
        elif note[0]:
            notes.append([(f"{actor['name']}: {note[0]}", note[1])])
        rows.append(row)
    return rows + notes


def _cell(text: str, width: int, column: int) -> str:
    return text[:width].ljust(width) if column < 3 else text[:width].rjust(width)


def _cells(actor: dict[str, Any], rates: Rates) -> Line:
    runs = actor["state"] == "running"
    fresh = actor["fresh"] and runs
    old = runs and (actor["data_age_s"] or 0.0) > QUIET_LIMIT_S
    quiet = "" if fresh and not old else "dim"
    latency = actor["latency_ms"]
    flow = [rates.of(actor["name"], field) if runs else None for field in ("in", "out")]
    return [
        (actor["name"], "bold"),
        (actor["state"], STATE_STYLES.get(actor["state"], "")),
        ("yes" if fresh else "NO" if runs else "-", "green" if fresh else "bold yellow" if runs else "dim"),
        (age(actor["data_age_s"]) if runs else "-", "yellow" if old else quiet),
        *((per_second(rate) if rate is not None else "-", quiet) for rate in flow),
        (milliseconds(latency["p50"]) if runs else "-", quiet),
        (milliseconds(latency["p99"]) if runs else "-", quiet),
        (str(actor["restarts"]), "yellow" if actor["restarts"] else "dim"),
        (number(actor["cpu_pct"], 1) if runs else "-", "dim"),
        (number(actor["rss_mb"], 0) if runs else "-", "dim"),
    ]


def _note(actor: dict[str, Any]) -> Part:
    fresh = actor["state"] == "running" and actor["fresh"]
    return (note(actor), "dim" if fresh else "yellow")


def is_calm(actor: dict[str, Any]) -> bool:
    """Nothing about it asks for attention: it runs, is fresh, and nothing is to be noted."""
    return bool(actor["state"] == "running" and actor["fresh"] and not note(actor))


def in_brief(actors: list[dict[str, Any]], rates: Rates, width: int, height: int = 0) -> list[Line]:
    """The same for a terminal without room: of some about whom nothing is to be said, only the names.

    As few of them as leave it within the height, exchanges first; if need be, all.
    """
    calm = sorted((actor["name"] for actor in actors if is_calm(actor)), key=_told_by_name_first)
    lines = table(actors, rates, width)
    for folded in range(1, len(calm) + 1):
        if 0 < len(lines) <= height:
            break
        shown = [actor for actor in actors if actor["name"] not in calm[:folded]]
        names = " ".join(actor["name"] for actor in actors if actor["name"] in calm[:folded])
        briefly: list[Line] = [[(line, "dim")] for line in wrap(f"running and fresh: {names}", width)]
        lines = [*table(shown, rates, width), *briefly]
    return lines


def _told_by_name_first(name: str) -> int:
    return -EXCHANGES.index(name) if name in EXCHANGES else 1
