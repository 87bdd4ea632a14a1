"""The plots of how it ran: latencies over time, and gaps and restarts on one time line."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from replay.report.delays import Delayed, Delays
from replay.report.plots import Plot, Trace, moments, nothing, packed, safe
from replay.report.run_lines import Run, RunLines
from replay.report.stretches import Stretch, Stretches
from replay.report.tables import Table
from replay.report.words import number

COLOURS = tuple(f"$c{number}" for number in range(10))
LEAST_MS = 0.01
"""Drawn for less, because the axis is logarithmic."""
FIRST = ("kalshi", "brti", "signal", "paper")
LAST = ("logger", "store", "simulator", "supervisor")


class _Row(NamedTuple):
    """A sort of stretch: its name, colour and thickness."""

    name: str
    colour: str
    width: int


RAN = _Row("ran", "$faint", 3)
STALE = _Row("not fresh, or withheld", "$c1", 9)
GAP = _Row("no connection", "$c3", 13)
DOWN = _Row("process down", "$ink", 7)


def from_venues(runs: RunLines) -> Plot:
    """Venue's stamp to our receipt, by feed."""
    title = "Latency: venue to here"
    feeds = [(log, run, colour) for log, run, colour in _coloured(runs) if run.venue_p50.all.count]
    if not feeds:
        return nothing("venue-latency", title, "No venue's stamps were recorded.")
    traces: list[Trace] = []
    for log, run, colour in feeds:
        traces += _pair(log, run.venue_p50.over_time(), run.venue_p99.over_time(), colour)
    said = (
        "The venue's stamp to our receipt, in milliseconds, with the estimated clock offset taken off. "
        "Solid: median of "
        "the seconds' medians; dotted: 99th percentile of the seconds' 99th percentiles; each over "
        f"{_parts(run.venue_p50 for _, run, _ in feeds)}, to 3 %."
    )
    return Plot("venue-latency", title, said, traces, _layout(), height=340)


def written(runs: RunLines) -> Plot:
    """Receipt to our own record, by actor."""
    title = "Latency: here"
    actors = [(log, run, colour) for log, run, colour in _coloured(runs) if run.written.all.count]
    if not actors:
        return nothing("own-latency", title, "No quote, index value or fair value was recorded.")
    traces: list[Trace] = []
    for log, run, colour in actors:
        told = run.written.over_time()
        traces += _pair(log, told, told, colour)
    said = (
        "Receipt of the newest input to the answer in the actor's log, in milliseconds: a feed's quote, an "
        "index value "
        f"(brti), a fair value (signal). Solid: median; dotted: 99th percentile; each over "
        f"{_parts(run.written for _, run, _ in actors)}, to 3 %."
    )
    return Plot("own-latency", title, said, traces, _layout(), height=340)


def time_line(runs: RunLines) -> Plot:
    """What was missing, and when, for every actor."""
    title = "Gaps and restarts"
    rows = [(log, run) for log, run in _ordered(runs) if run.ran.count]
    if not rows:
        return nothing("runs", title, "No actor has left a record.")
    names = [log for log, _ in rows][::-1]
    places = {log: place for place, log in enumerate(names)}
    traces = []
    for sort, of in ((RAN, "ran"), (STALE, "stale"), (GAP, "gaps"), (DOWN, "down")):
        stretches = [(places[log], one) for log, run in rows for one in getattr(run, of).kept()]
        if stretches:
            traces.append(_bars(sort, stretches))
    traces += _restarts([(places[log], run) for log, run in rows])
    layout = {
        "yaxis": {
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "range": [-0.6, len(names) - 0.4],
            "fixedrange": True,
            "showgrid": False,
        },
        "hovermode": "closest",
    }
    gaps, down = _summed([run.gaps for _, run in rows]), _summed([run.down for _, run in rows])
    said = (
        f"{gaps} without a connection; {down} in which a process was down; "
        f"{number(sum(run.restarts.count for _, run in rows), 'restart')}."
    )
    joined = sum(one.many - 1 for _, run in rows for row in _troubles(run) for one in row.kept())
    if joined:
        said += f" {joined:,} of them stand too close to the next to be drawn apart from it."
    return Plot("runs", title, said, traces, layout, height=110 + 26 * len(names))


def run_table(runs: RunLines) -> Table:
    """The same in figures."""
    rows = [
        (
            log,
            f"{run.records:,}",
            f"{run.lost:,}" if run.lost else "-",
            f"{run.restarts.count:,}" if run.restarts.count else "-",
            _total(run.down),
            _total(run.gaps),
            _total(run.stale),
            f"{run.drifts:,}" if run.drifts else "-",
            _both(run.venue_p50, run.venue_p99),
            _both(run.written, run.written),
        )
        for log, run in _ordered(runs)
    ]
    head = (
        "actor", "records", "unreadable", "restarts", "down", "no connection", "not fresh", "drift",
        "venue to here, ms", "here, ms",
    )  # fmt: skip
    return Table(head, rows)


def _pair(name: str, p50: Sequence[Delayed], p99: Sequence[Delayed], colour: str) -> list[Trace]:
    lines = []
    for word, told, values, dash, width in (
        ("p50", p50, [one.p50_ms for one in p50], "solid", 1.75),
        ("p99", p99, [one.p99_ms for one in p99], "dot", 1.25),
    ):
        lines.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name if word == "p50" else f"{name} p99",
                "legendgroup": name,
                "showlegend": word == "p50",
                "x": moments([one.at_ns for one in told]),
                "y": packed(np.maximum(values, LEAST_MS)),
                "line": {"color": colour, "dash": dash, "width": width},
                "opacity": 1.0 if word == "p50" else 0.7,
                "hovertemplate": f"{name} {word} %{{y:.3~g}} ms<extra></extra>",
            }
        )
    return lines


def _layout() -> dict[str, object]:
    return {"yaxis": {"type": "log", "ticksuffix": " ms", "dtick": 1}, "hovermode": "closest"}


def _bars(sort: _Row, stretches: Sequence[tuple[int, Stretch]]) -> Trace:
    x: list[int] = []
    y: list[float] = []
    text: list[str] = []
    for place, one in stretches:
        x += [one.from_ns, one.to_ns, one.to_ns]
        y += [place, place, float("nan")]
        text += [_told(one)] * 2 + [""]
    plain = sort is RAN
    trace: Trace = {
        "type": "scatter",
        "mode": "lines" if plain else "lines+markers",
        "name": sort.name,
        "x": moments(x),
        "y": packed(y),
        "line": {"color": sort.colour, "width": sort.width},
        "hoverinfo": "skip" if plain else "text",
    }
    if not plain:
        trace["text"] = [f"{sort.name}<br>{words}" for words in text]
        # A stretch shorter than a pixel has no length on the screen; its ends are still seen.
        trace["marker"] = {"color": sort.colour, "size": sort.width * 0.6, "symbol": "square"}
    return trace


def _restarts(rows: Sequence[tuple[int, Run]]) -> list[Trace]:
    found = [(place, run.restarts.points()) for place, run in rows if run.restarts.count]
    if not found:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "restart",
            "x": moments(np.concatenate([points.at_ns for _, points in found])),
            "y": packed(np.concatenate([np.full(len(points.value), place) for place, points in found])),
            "text": [f"restart<br>{safe(note)}" for _, points in found for note in points.notes],
            "hoverinfo": "text+x",
            "marker": {
                "color": "$surface",
                "symbol": "triangle-right",
                "size": 11,
                "line": {"width": 2, "color": "$ink"},
            },
        }
    ]


def _told(one: Stretch) -> str:
    length = f"{(one.to_ns - one.from_ns) / 1e9:,.3f} s"
    return f"{length}: {safe(one.why)}" if one.many == 1 else f"{one.many} within {length}"


def _ordered(runs: RunLines) -> list[tuple[str, Run]]:
    """Kalshi and what is computed first, then the exchanges, then what only serves."""

    def place(log: str) -> tuple[int, str]:
        if log in FIRST:
            return FIRST.index(log), ""
        return (90 + LAST.index(log), "") if log in LAST else (50, log)

    return [(log, runs.of[log]) for log in sorted(runs.of, key=place) if runs.of[log].records]


def _coloured(runs: RunLines) -> list[tuple[str, Run, str]]:
    """Each with its colour, the same in every plot."""
    logs = [(log, run) for log, run in _ordered(runs) if run.venue_p50.all.count or run.written.all.count]
    return [(log, run, COLOURS[place % len(COLOURS)]) for place, (log, run) in enumerate(logs)]


def _troubles(run: Run) -> tuple[Stretches, Stretches, Stretches]:
    return run.stale, run.gaps, run.down


def _summed(rows: Sequence[Stretches]) -> str:
    count, total_s = sum(row.count for row in rows), sum(row.total_s for row in rows)
    return f"{number(count, 'stretch', 'stretches')} ({total_s:,.1f} s)"


def _total(row: Stretches) -> str:
    return f"{row.count:,} x, {row.total_s:,.1f} s" if row.count else "-"


def _both(p50: Delays, p99: Delays) -> str:
    if not p50.all.count:
        return "-"
    return f"{p50.all.quantile(0.5):.3g} / {p99.all.quantile(0.99):.3g}"


def _parts(delays: Iterable[Delays]) -> str:
    widths = sorted({one.width_ns // 1_000_000_000 for one in delays})
    return f"{widths[0]} s" if len(widths) == 1 else f"{widths[0]} to {widths[-1]} s"
