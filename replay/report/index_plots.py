"""The plots of the index: values with the venues' mids, and errors."""

from collections.abc import Sequence

from replay.report.envelope import Points
from replay.report.index_lines import Errors, IndexLines
from replay.report.plots import Plot, Trace, line, nothing, safe, thinned
from replay.report.tables import Table

COLOURS = tuple(f"$c{number}" for number in range(10))
METHODS = {"cme-cf": "$c0", "volume-weighted": "$c1", "equal-weighted": "$c2", "nowcast": "$c4"}


def values(lines: IndexLines, strike: Points | None) -> Plot:
    """The index by every method, the official one, the running market's strike, and each venue's mid."""
    title = "Index and venues"
    methods = {name: one.points() for name, one in lines.methods.items() if one.count}
    venues = {name: one.points() for name, one in sorted(lines.venues.items()) if one.count}
    official = lines.official.points()
    if not methods and not venues and not official.taken:
        return nothing("index", title, "No index value and no exchange's quote was recorded.")
    traces: list[Trace] = [
        line(
            safe(name),
            points,
            COLOURS[place % len(COLOURS)],
            line={"width": 1, "shape": "hv"},
            opacity=0.75,
            meta="venues",
        )
        for place, (name, points) in enumerate(venues.items())
    ]
    for name, points in methods.items():
        if name != lines.chosen:
            colour = METHODS.get(name, "$ink")
            style = {"width": 1.25, "dash": "dot"}
            traces.append(line(f"index {name}", points, colour, line=style, visible="legendonly"))
    if official.taken:
        traces.append(line("official index", official, "$official", line={"width": 2}))
    if lines.chosen in methods:
        style = {"width": 2, "shape": "hv"}
        traces.append(line(f"index {lines.chosen} (ours)", methods[lines.chosen], "$ink", line=style))
    if strike is not None and strike.taken:
        style = {"width": 1.5, "shape": "hv", "dash": "dash"}
        traces.append(line("strike that runs", strike, "$c3", line=style))
    said = f"In US dollars; venues by their mid. {thinned([*methods.values(), *venues.values(), official])}"
    if not official.taken:
        said += " The official index was not recorded: Kalshi relays it only to a signed stream."
    layout = {"yaxis": {"tickprefix": "$", "tickformat": ",.2~f"}, "hovermode": "closest"}
    return Plot("index", title, said, traces, layout, height=460)


def errors(lines: IndexLines) -> Plot:
    """Every method's distance from the official value, second by second."""
    title = "Index error"
    found = [(name, lines.errors[name].line.points()) for name in _ordered(lines)]
    if not found:
        why = "No official index value was recorded, so the error is not known"
        if lines.official.count:
            why = "Official values were recorded, but none for a second of which we have a value of our own"
        return nothing("error", title, f"{why}.")
    traces = [line(name, points, METHODS.get(name, "$ink"), line={"width": 1.25}) for name, points in found]
    said = (
        "Ours against the official value of the same second, in basis points (10⁻⁴); above zero: ours is "
        "higher. "
        f"{thinned([points for _, points in found])}"
    )
    layout = {"yaxis": {"ticksuffix": " bp", "zeroline": True}, "hovermode": "x unified"}
    return Plot("error", title, said, traces, layout, height=300)


def error_table(lines: IndexLines) -> Table:
    """The errors in figures."""
    rows = [_row(name, lines.errors[name]) for name in _ordered(lines)]
    return Table(("method", "seconds", "mean", "median |e|", "p95 |e|", "greatest |e|"), rows)


def _row(name: str, of: Errors) -> Sequence[str]:
    return (
        name,
        f"{of.sizes.count:,}",
        f"{of.sum_bps / of.sizes.count:+.3f} bp",
        f"{of.sizes.quantile(0.5):.3f} bp",
        f"{of.sizes.quantile(0.95):.3f} bp",
        f"{of.sizes.greatest_ms:.3f} bp",
    )


def _ordered(lines: IndexLines) -> list[str]:
    """The chosen method first."""
    return sorted(lines.errors, key=lambda name: (name != lines.chosen, name))
