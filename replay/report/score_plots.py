"""The plots of whether it paid: calibration, what each kind brought, and the paper account."""

from collections.abc import Sequence

import numpy as np

from replay.report.market_lines import Settled
from replay.report.plots import Plot, Trace, moments, nothing, packed
from replay.report.tables import Table
from replay.report.words import number, usd
from replay.score.bootstrap import Interval, mean_interval
from replay.score.outcomes import Outcomes
from replay.score.probability import Bin
from replay.score.report import KindScore, Report
from replay.score.spelling import cents

MOST_STEPS = 100
"""Markets after which the interval is worked out anew; behind more, it is at so many evenly chosen ones."""


def calibration(score: Report) -> Plot:
    """What came true of what was said, for the fair value and for the market's own mid."""
    title = "Calibration"
    fair = score.fair
    if fair is None:
        return nothing(
            "calibration", title, "No fair value was recorded, so nothing can have come true.", False
        )
    if not fair.fair.count:
        why = "No market of which a fair value was recorded has settled as far as the record goes."
        return nothing("calibration", title, why, False)
    traces: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "as often as said",
            "x": [0, 1],
            "y": [0, 1],
            "line": {"color": "$faint", "width": 1.5, "dash": "dash"},
            "hoverinfo": "skip",
        },
        _reliability("market's mid", fair.mid.bins, "$c1", "square-open"),
        _reliability("fair value", fair.fair.bins, "$c0", "circle"),
    ]
    layout = {
        "xaxis": {
            "title": {"text": "probability that was said"},
            "range": [-0.03, 1.03],
            "tickformat": ".0%",
        },
        "yaxis": {"range": [-0.03, 1.03], "tickformat": ".0%"},
        "hovermode": "closest",
    }
    said = (
        f"Share of the samples that settled YES, by ten bins of what was said; {fair.fair.count:,} samples "
        "of "
        f"{number(fair.fair.windows, 'window')}, one every {fair.step_s:g} s. Bars: Wilson's interval of 95 "
        "% by windows."
    )
    if fair.fair.brier is not None and fair.fair.brier_reference is not None:
        said += (
            f" Brier score {fair.fair.brier:.4f} (fair value), {fair.fair.brier_reference:.4f} (mid); less "
            "is "
            "better."
        )
    return Plot("calibration", title, said, traces, layout, on_time=False, height=420)


def kinds(score: Report) -> Plot:
    """What one contract of each kind of signal brought, with its interval."""
    title = "What each kind brought"
    told = [
        kind for kind in score.kinds if kind.arrival.marked.mean is not None or _held(kind).mean is not None
    ]
    if not score.kinds:
        return nothing("kinds", title, "There was no signal and no decision.", False)
    if not told:
        return nothing(
            "kinds", title, "No order of any kind would have been filled, or none has an end.", False
        )
    names = [kind.kind for kind in told][::-1]
    places = {name: place for place, name in enumerate(names)}
    traces: list[Trace] = [
        _interval(
            "by the mid 60 s later",
            [(places[k.kind] + 0.15, k.arrival.marked) for k in told],
            "$c1",
            "square",
        ),
        _interval("held to settlement", [(places[k.kind] - 0.15, _held(k)) for k in told], "$c0", "circle"),
    ]
    layout = {
        "xaxis": {"ticksuffix": " c", "zeroline": True},
        "yaxis": {
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "range": [-0.6, len(names) - 0.4],
            "showgrid": False,
        },
        "hovermode": "closest",
    }
    said = (
        f"Cents a contract after fees, for an order that arrives {score.latency_ms:g} ms after the signal. "
        "Bars: "
        "interval of 95 % by windows; a single window has none."
    )
    return Plot("kinds", title, said, traces, layout, on_time=False, height=max(300, 150 + 34 * len(names)))


def account(settled: Sequence[Settled], outcomes: Outcomes) -> Plot:
    """The paper account's PnL as markets settled, with the interval of what as many would bring again."""
    title = "Paper PnL"
    if not settled:
        return nothing("pnl", title, "No market with a paper position has settled.")
    ordered = sorted(settled)
    at_ns = np.array([one.at_ns for one in ordered], dtype=np.int64)
    pnl = np.array([one.pnl_usd for one in ordered])
    defined = [outcomes.defined(one.ticker) for one in ordered]
    close_ns = np.array(
        [one.close_ns if one is not None else at for one, at in zip(defined, at_ns.tolist(), strict=True)],
        dtype=np.int64,
    )
    total = np.cumsum(pnl)
    steps = np.unique(np.linspace(0, len(pnl) - 1, min(len(pnl), MOST_STEPS)).astype(np.int64))
    band = [(place, mean_interval(pnl[: place + 1], close_ns[: place + 1])) for place in steps.tolist()]
    known = [
        (at, (at + 1) * one.low, (at + 1) * one.high)
        for at, one in band
        if one.low is not None and one.high is not None
    ]
    traces: list[Trace] = []
    if known:
        places = [at for at, *_ in known]
        edge = {"width": 0, "color": "$band"}
        common = {
            "type": "scatter",
            "mode": "lines",
            "x": moments(at_ns[places]),
            "hoverinfo": "skip",
            "line": edge,
        }
        traces.append(
            {**common, "name": "low", "y": packed([low for _, low, _ in known]), "showlegend": False}
        )
        traces.append(
            {
                **common,
                "name": "interval of 95 %, by windows",
                "y": packed([high for *_, high in known]),
                "fill": "tonexty",
                "fillcolor": "$band",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "paper PnL",
            "x": moments(at_ns),
            "y": packed(total),
            "line": {"color": "$ink", "width": 2, "shape": "hv"},
            "marker": {"color": "$ink", "size": 5},
            "text": [f"{one.ticker}: {usd(one.pnl_usd)}" for one in ordered],
            "hovertemplate": "%{x|%H:%M:%S}<br>in all %{y:$,.2f}<br>%{text}<extra></extra>",
        }
    )
    said = (
        f"US dollars after fees, settled markets only: {usd(float(total[-1]))} over {len(pnl):,} markets. "
        "Band: what as many "
        "markets would bring, windows drawn again; none for a single window."
    )
    layout = {"yaxis": {"tickformat": "$,.2~f", "zeroline": True}, "hovermode": "closest"}
    return Plot("pnl", title, said, traces, layout, height=320)


def kind_table(score: Report) -> Table:
    """Every kind in figures."""
    rows = [
        (
            kind.kind,
            kind.verdict.answer,
            f"{kind.count:,}",
            f"{kind.windows:,}",
            cents(kind.arrival.marked),
            cents(_held(kind)),
        )
        for kind in score.kinds
    ]
    return Table(("kind", "verdict", "count", "windows", "60 s later", "held to settlement"), rows, left=2)


def paper_facts(score: Report) -> str:
    """The paper account in a sentence or two; empty where it said nothing."""
    paper = score.paper
    if paper is None:
        return "The paper actor has said nothing."
    text = (
        f"Paper: {paper.orders:,} orders, {paper.fills:,} fills, {paper.contracts:,.2f} contracts, fees "
        f"${paper.fees_usd:,.2f}; {paper.settled:,} markets settled, {paper.open:,} open."
    )
    if paper.disagreeing:
        text += f" The account disagrees with its own fills in {', '.join(paper.disagreeing)}."
    return text


def _held(kind: KindScore) -> Interval:
    return kind.arrival.settled.per_contract


def _reliability(name: str, bins: Sequence[Bin], colour: str, symbol: str) -> Trace:
    full = [
        (one, one.mean_p, one.share, one.low, one.high)
        for one in bins
        if one.mean_p is not None and one.share is not None and one.low is not None and one.high is not None
    ]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": packed([mean for _, mean, *_ in full]),
        "y": packed([share for _, _, share, *_ in full]),
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": packed([high - share for *_, share, _, high in full]),
            "arrayminus": packed([share - low for *_, share, low, _ in full]),
            "color": colour,
            "thickness": 1,
            "width": 3,
        },
        "line": {"color": colour, "width": 1.5},
        "marker": {"color": colour, "symbol": symbol, "size": 8},
        "text": [f"{one.count:,} samples of {number(one.windows, 'window')}" for one, *_ in full],
        "hovertemplate": f"{name}: said %{{x:.1%}}, came true %{{y:.1%}}<br>%{{text}}<extra></extra>",
    }


def _interval(name: str, found: Sequence[tuple[float, Interval]], colour: str, symbol: str) -> Trace:
    known = [(place, one.mean, one) for place, one in found if one.mean is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": packed([mean * 100 for _, mean, _ in known]),
        "y": packed([place for place, *_ in known]),
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": packed([0.0 if one.high is None else (one.high - mean) * 100 for _, mean, one in known]),
            "arrayminus": packed(
                [0.0 if one.low is None else (mean - one.low) * 100 for _, mean, one in known]
            ),
            "color": colour,
            "thickness": 1.5,
            "width": 4,
        },
        "marker": {"color": colour, "symbol": symbol, "size": 8},
        "text": [f"{cents(one)}, {number(one.windows, 'window')}" for _, _, one in known],
        "hovertemplate": f"{name}: %{{text}}<extra></extra>",
    }
