"""The page itself: one HTML file that asks nobody for anything."""

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import orjson
from plotly.offline import get_plotlyjs

from replay.report.plots import Plot

_TYPED = re.compile("`([^`]+)`")
HERE = Path(__file__).parent
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
"""What a browser lets the page do: run what stands in it, and reach nothing outside of it."""


class Fact(NamedTuple):
    """One figure of the head: what, how much, and what goes with it."""

    what: str
    value: str
    beside: str = ""


class Part(NamedTuple):
    """One part of the page below a plot or two. below: HTML."""

    name: str
    plots: Sequence[Plot]
    below: str = ""
    title: str = ""


class Page(NamedTuple):
    """All of it. verdict: the first sentence. notes: what somebody who relies on the page must know first.

    from_ns, to_ns: ends of the common time axis.
    """

    title: str
    verdict: str
    notes: Sequence[str]
    facts: Sequence[Fact]
    parts: Sequence[Part]
    footnotes: Sequence[str]
    from_ns: int
    to_ns: int


def as_html(page: Page) -> str:
    """The whole file."""
    title = html.escape(page.title)
    plots = [plot for part in page.parts for plot in part.plots]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{(HERE / "page.css").read_text()}</style>
</head>
<body>
<header><h1>{title}</h1>
<div class="buttons"><button type="button" id="all" title="All plots to the whole time">Whole time</button>
<button type="button" id="theme" title="The other theme">Dark</button></div></header>
<p class="verdict">{text(page.verdict)}</p>
{"".join(f'<p class="note">{text(note)}</p>' for note in page.notes)}
<dl>{"".join(_fact(fact) for fact in page.facts)}</dl>
<nav aria-label="Parts">{"".join(_link(part) for part in page.parts)}</nav>
<noscript><p class="note">The plots need the script in this file; the tables do not.</p></noscript>
<p class="soft hint">Drag over a plot to look closer; the time axes move together. A double click shows
everything again. The names above a plot switch its lines. Times are UTC.</p>
<main>
{"".join(_part(part) for part in page.parts)}
</main>
<section><h2>How this page was made</h2>
{"".join(f'<p class="soft">{text(note)}</p>' for note in page.footnotes)}</section>
<script>{get_plotlyjs()}</script>
<script type="application/json" id="plots">{_data(page, plots)}</script>
<script>
{(HERE / "page.js").read_text()}</script>
</body>
</html>
"""


def text(words: str) -> str:
    """Words as HTML; what stands between backticks is set as what one types."""
    return _TYPED.sub(r"<code>\1</code>", html.escape(words))


def _data(page: Page, plots: Sequence[Plot]) -> str:
    told = {
        "from_ms": page.from_ns / 1e6,
        "to_ms": page.to_ns / 1e6,
        "plots": [
            {
                "name": plot.name,
                "traces": plot.traces,
                "layout": plot.layout,
                "on_time": plot.on_time,
                "height": plot.height,
            }
            for plot in plots
        ],
    }
    # No text of a venue may end the script that it stands in.
    return orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY).decode().replace("<", "\\u003c")


def _link(part: Part) -> str:
    return f'<a href="#{part.name}-part">{html.escape(part.title or part.plots[0].title)}</a>'


def _fact(fact: Fact) -> str:
    beside = f"<small>{html.escape(fact.beside)}</small>" if fact.beside else ""
    return f"<div><dt>{html.escape(fact.what)}</dt><dd>{html.escape(fact.value)}{beside}</dd></div>"


def _part(part: Part) -> str:
    title = f"<h2>{html.escape(part.title)}</h2>" if part.title else ""
    heading = "h3" if title else "h2"
    plots = "".join(_plot(plot, heading) for plot in part.plots)
    if len(part.plots) > 1:
        plots = f'<div class="pair">{plots}</div>'
    return f'<section id="{part.name}-part">{title}{plots}{part.below}</section>\n'


def _plot(plot: Plot, heading: str) -> str:
    title = f"<{heading}>{html.escape(plot.title)}</{heading}>"
    if plot.empty:
        return f'<div class="plot-box">{title}<p class="said">{html.escape(plot.empty)}</p></div>'
    return (
        f'<div class="plot-box">{title}<p class="said">{html.escape(plot.said)}</p>'
        f'<div class="keys" id="{plot.name}-keys"></div>'
        f'<div class="plot" id="{plot.name}" role="figure" aria-label="{html.escape(plot.title)}" '
        f'style="height:{plot.height}px"></div></div>'
    )
