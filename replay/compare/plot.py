"""The comparison as one page: what the stream said, what the poller held, and how late it knew."""

from datetime import UTC, datetime

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from replay.compare.comparison import Comparison
from replay.compare.evaluate import Market

STREAM, REST, SIGNAL = "#1f77b4", "#d62728", "#2ca02c"


def page(of: Comparison) -> str:
    """Draw it as a self-contained HTML page, without a network."""
    figure = make_subplots(
        rows=2,
        cols=1,
        row_heights=[0.65, 0.35],
        vertical_spacing=0.12,
        subplot_titles=(
            "YES price of the running market, USD (time in UTC)",
            "Poller: seconds from change to knowledge",
        ),
    )
    for market in of.markets:
        _prices(figure, market, first=market is of.markets[0])
    for poller in of.pollers:
        known = poller.known_s
        figure.add_trace(
            go.Bar(
                name=f"every {poller.every_s:g} s",
                x=["median", "p90", "p99", "most"],
                y=[known.p50, known.p90, known.p99, known.most],
                hovertemplate="%{x}: %{y:.3f} s",
            ),
            row=2,
            col=1,
        )
    figure.update_layout(
        title="Kalshi by WebSocket and by REST; dots are signals, at the YES price they were for",
        template="plotly_white",
        hovermode="closest",
        legend={"orientation": "h", "y": -0.08},
    )
    figure.update_yaxes(tickprefix="$", row=1, col=1)
    figure.update_yaxes(title_text="s", row=2, col=1)
    html: str = figure.to_html(include_plotlyjs=True, full_html=True, default_height="95vh")
    return html


def _prices(figure: "go.Figure", market: Market, *, first: bool) -> None:
    within = [quote for quote in market.quotes if market.from_ns <= quote.at_ns <= market.to_ns]
    for side, position in (("bid", 0), ("ask", 1)):
        _steps(
            figure,
            f"stream {side}",
            [(quote.at_ns, quote.prices[position]) for quote in within],
            {"color": STREAM, "width": 1},
            first=first,
        )
        _steps(
            figure,
            f"REST {side}",
            [(poll.recv_ns, poll.prices[position]) for poll in market.polls],
            {"color": REST, "width": 1, "dash": "dot"},
            first=first,
        )
    figure.add_trace(
        go.Scattergl(
            name="signal (YES price)",
            mode="markers",
            marker={"color": SIGNAL, "size": 5},
            x=[_time(one.at_ns) for one in market.opportunities],
            y=[
                one.price_e6 / 1e6 if one.side == "yes" else 1 - one.price_e6 / 1e6
                for one in market.opportunities
            ],
            text=[f"{one.kind} {one.side}" for one in market.opportunities],
            legendgroup="signal",
            showlegend=False,
        ),
        row=1,
        col=1,
    )


def _steps(
    figure: "go.Figure", name: str, points: list[tuple[int, int]], line: dict[str, object], *, first: bool
) -> None:
    figure.add_trace(
        go.Scattergl(
            name=name,
            mode="lines",
            line={**line, "shape": "hv"},
            x=[_time(at_ns) for at_ns, _ in points],
            y=[price_e6 / 1e6 if price_e6 >= 0 else None for _, price_e6 in points],
            legendgroup=name,
            showlegend=first,
        ),
        row=1,
        col=1,
    )


def _time(at_ns: int) -> str:
    return f"{datetime.fromtimestamp(at_ns / 1e9, UTC):%Y-%m-%dT%H:%M:%S.%f}"
