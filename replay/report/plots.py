"""What a plot on the page is, and how its numbers are packed."""

import base64
import html
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from replay.report.envelope import Points
from replay.report.words import length

Trace = dict[str, Any]


class Plot(NamedTuple):
    """One plot. name: of its place on the page. said: what it shows, in a sentence or two. traces: as
    plotly.js takes them; a colour that begins with `$` is one of page.css, so that it follows the theme.
    empty: why there is nothing to be drawn; then traces are empty. on_time: its horizontal axis is the common
    one. height: px.
    """

    name: str
    title: str
    said: str
    traces: list[Trace]
    layout: dict[str, Any]
    empty: str = ""
    on_time: bool = True
    height: int = 380


def packed(values: npt.NDArray[Any] | Sequence[float]) -> dict[str, str]:
    """Numbers as plotly.js reads them fastest: base64 of little-endian doubles. NaN breaks a line."""
    data = np.asarray(values, dtype="<f8").tobytes()
    return {"dtype": "f8", "bdata": base64.b64encode(data).decode()}


def moments(at_ns: npt.NDArray[np.int64] | Sequence[int]) -> dict[str, str]:
    """Times as milliseconds since the epoch, as axes of dates take them."""
    return packed(np.asarray(at_ns, dtype=np.int64) / 1e6)


def line(name: str, points: Points, colour: str, **more: Any) -> Trace:
    """A line of values over time. more: other properties of the trace, as plotly.js names them.

    A value holds until the next one where `shape` is `hv`.
    """
    style = {"color": colour, "width": 1.5} | more.pop("line", {})
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": moments(points.at_ns),
        "y": packed(points.value),
        "line": style,
    } | more


def safe(text: str) -> str:
    """Text as plotly.js shows it: a venue's tags are shown, not obeyed; lines stay lines."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def nothing(name: str, title: str, why: str, on_time: bool = True) -> Plot:
    """A plot that cannot be drawn, and why."""
    return Plot(name, title, "", [], {}, why, on_time)


def thinned(points: Sequence[Points]) -> str:
    """How many values stand behind a plot, and how they were thinned out, in a sentence."""
    count, drawn = sum(one.taken for one in points), sum(len(one.value) for one in points)
    widths = [one.width_ns for one in points if one.width_ns]
    if not widths:
        return f"{count:,} values, all of them drawn."
    every = " to ".join(dict.fromkeys(length(width_ns / 1e9) for width_ns in (min(widths), max(widths))))
    return (
        f"{count:,} values by {drawn:,} points: where there were too many, the first, least, greatest and "
        f"last of every {every}."
    )
