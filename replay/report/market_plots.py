"""The plot of Kalshi's running market with fair value, signals and fills."""

from replay.report.envelope import Points
from replay.report.market_lines import MarketLines, SeriesLines
from replay.report.plots import Plot, Trace, line, moments, nothing, packed, safe, thinned
from replay.report.words import number

MARKS = {
    ("signal", "yes"): ("signals for YES", "$yes", "triangle-up-open", 7),
    ("signal", "no"): ("signals for NO", "$no", "triangle-down-open", 7),
    ("decision", "yes"): ("decisions for YES", "$yes", "diamond", 9),
    ("decision", "no"): ("decisions for NO", "$no", "diamond", 9),
    ("bought", "yes"): ("fills: YES bought", "$yes", "circle-open", 13),
    ("bought", "no"): ("fills: NO bought", "$no", "circle-open", 13),
    ("sold", "yes"): ("fills: YES sold", "$yes", "x", 10),
    ("sold", "no"): ("fills: NO sold", "$no", "x", 10),
}
"""Name, colour, symbol and size of each, in the order in which they are drawn."""
DENSE = 400
"""More marks of a sort than this hide the lines; they are there to be switched on."""


def prices(lines: MarketLines) -> Plot:
    """Bid, ask and fair value of the market that runs, with what was made of them."""
    title = "Kalshi: bid, ask and fair value"
    series = lines.main()
    if not series:
        return nothing("market", title, "No market of Kalshi and no fair value was recorded.")
    of = lines.series[series]
    named = (
        ("bid", of.bid, "$bid", 1.25),
        ("ask", of.ask, "$ask", 1.25),
        ("fair value", of.fair, "$ink", 1.75),
    )
    found = [(name, one.points(), colour, width) for name, one, colour, width in named if one.count]
    traces: list[Trace] = [
        line(name, points, colour, line={"width": width, "shape": "hv"})
        for name, points, colour, width in found
    ]
    marks = {key: of.marks[key].points() for key in MARKS if key in of.marks}
    for key, points in marks.items():
        beside = sum(len(other.value) for (what, _), other in marks.items() if what == key[0])
        traces.append(_marks(*MARKS[key], points, beside <= DENSE))
    layout = {
        "yaxis": {"tickprefix": "$", "tickformat": ".2f", "range": [-0.02, 1.02]},
        "hovermode": "closest",
    }
    said = (
        f"{series}, the market that runs; dollars a contract of YES. What concerns NO at p stands at 1 - p. "
    )
    said += f"{thinned([points for _, points, *_ in found])} {_counted(of)}"
    others = sorted(set(lines.series) - {series})
    if others:
        said += f" Recorded beside it, and not drawn: {', '.join(others)}."
    return Plot("market", title, said, traces, layout, height=460)


def _marks(name: str, colour: str, symbol: str, size: int, points: Points, visible: bool) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": moments(points.at_ns),
        "y": packed(points.value),
        "text": [safe(note) for note in points.notes],
        "hovertemplate": "%{x|%H:%M:%S.%L}<br>%{text}<extra></extra>",
        "marker": {"color": colour, "symbol": symbol, "size": size, "line": {"width": 1.5, "color": colour}},
        "visible": True if visible else "legendonly",
    }


def _counted(of: SeriesLines) -> str:
    """How many marks there are of each sort, and which stand for more than are drawn."""
    words = []
    for what in ("signal", "decision", "bought", "sold"):
        marks = [one for (name, _), one in of.marks.items() if name == what]
        count, drawn = sum(one.count for one in marks), sum(len(one.points().value) for one in marks)
        if count:
            named = what if what in ("signal", "decision") else f"paper fill ({what})"
            more = f"{named}s" if named == what else f"paper fills ({what})"
            words.append(number(count, named, more) + (f", {drawn:,} of them drawn" if drawn < count else ""))
    if not words:
        return "There was no signal, no decision and no paper fill."
    return f"{'; '.join(words)}."
