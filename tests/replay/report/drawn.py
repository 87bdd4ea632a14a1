"""Plots as a browser would take them, checked against plotly's own description of what a figure may hold."""

import base64
import math
import re
from typing import Any

import numpy as np
import plotly.graph_objects as go

from replay.report.page import HERE
from replay.report.plots import Plot

COLOUR = re.compile(r"\$[a-z][a-z0-9]*")


def check(plot: Plot) -> None:
    """It is a figure that plotly.js can draw, in colours that the page has in either theme."""
    coloured: list[str] = []
    traces = _painted(plot.traces, coloured)
    go.Figure({"data": traces, "layout": _painted(plot.layout, coloured)})
    style = (HERE / "page.css").read_text()
    light, dark = style.split('[data-theme="dark"]')
    for name in coloured:
        assert f"--{name}:" in light
        assert f"--{name}:" in dark.split("}")[0]


def numbers(packed: Any) -> list[float | None]:
    """What was packed; None where the line breaks."""
    values = np.frombuffer(base64.b64decode(packed["bdata"]), dtype="<f8").tolist()
    return [None if math.isnan(value) else value for value in values]


def named(plot: Plot, name: str) -> dict[str, Any]:
    """The trace of this name."""
    (found,) = (trace for trace in plot.traces if trace["name"] == name)
    return found


def _painted(value: Any, coloured: list[str]) -> Any:
    if isinstance(value, str) and COLOUR.fullmatch(value):
        coloured.append(value[1:])
        return "#123456"
    if isinstance(value, list):
        return [_painted(one, coloured) for one in value]
    if isinstance(value, dict):
        return {key: _painted(one, coloured) for key, one in value.items()}
    return value
