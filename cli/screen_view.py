"""What is known -> the text of the screen, for a given width and moment. Pure.

Whatever is older than it may be is dimmed and marked with its age, so that it cannot be taken for current.
"""

from typing import Any

from rich.text import Text

from cli.changes import note, troubles
from cli.screen_state import Known, Rates
from cli.wording import (
    age,
    clock_utc,
    contract_price,
    count,
    countdown,
    dollars,
    milliseconds,
    number,
    per_second,
)

WIDE = 110
INDEX_LIMIT_S = 2.0
FAIR_LIMIT_S = 3.0
QUIET_LIMIT_S = 5.0

Part = tuple[str, str]
STATE_STYLES = {
    "running": "green",
    "starting": "yellow",
    "stopping": "yellow",
    "backoff": "red",
    "failed": "bold red",
    "stopped": "dim",
}


def screen(
    status: dict[str, Any], status_age_s: float, known: Known, rates: Rates, now_ns: int, width: int
) -> Text:
    """The whole screen. status_age_s: since the supervisor last spoke."""
    lines = [
        _title(status, status_age_s),
        _index(known, now_ns, status),
        *_market(known, status, now_ns),
        [],
        *([(trouble, "bold red")] for trouble in troubles(status)),
        *_actors(status, rates, width),
        [],
        *_foot(status, known, width),
    ]
    text = Text(no_wrap=True, overflow="ellipsis")
    for line in lines:
        rendered = Text.assemble(*line) if line else Text("")
        rendered.truncate(width, overflow="ellipsis")
        text.append_text(rendered).append("\n")
    text.right_crop(1)
    return text


def _title(status: dict[str, Any], status_age_s: float) -> list[Part]:
    simulated = status["mode"] == "sim"
    mode = (" SIMULATION ", "black on yellow") if simulated else (" LIVE ", "black on green")
    silent = (
        [(f"   no word from the supervisor for {age(status_age_s)}", "bold red")] if status_age_s > 3 else []
    )
    return [
        ("kalshi-actors ", "bold"),
        mode,
        (f"  session {status['session']}  up {age(status['supervisor']['uptime_s'])}", ""),
        *silent,
    ]


def _dated(text: str, age_s: float, limit_s: float, style: str = "bold") -> list[Part]:
    """A value with its age; dim and marked once it is too old."""
    if age_s > limit_s:
        return [(text, "dim"), (f"  OLD: {age(age_s)}", "yellow")]
    return [(text, style), (f"  {age(max(age_s, 0.0))} old", "dim")]


def _index(known: Known, now_ns: int, status: dict[str, Any]) -> list[Part]:
    label: Part = ("Index   ", "")
    value = known.index
    if value is None:
        runs = any(actor["name"] == "brti" for actor in status["actors"])
        return [label, ("nothing yet" if runs else "brti does not run here", "dim")]
    age_s = (now_ns - value.at_ns) / 1e9
    if value.withheld:
        return [label, ("withheld: " + value.withheld, "yellow"), (f"  {age(age_s)} old", "dim")]
    used = " ".join(share.venue for share in value.shares)
    left_out = "".join(f"  without {left.venue} ({left.why})" for left in value.left_out)
    return [
        label,
        *_dated(dollars(value.value_usd), age_s, INDEX_LIMIT_S),
        (f"  from {used}", "dim"),
        (left_out, "yellow"),
    ]


def _market(known: Known, status: dict[str, Any], now_ns: int) -> list[list[Part]]:
    market = known.market()
    if market is None:
        return [[("Market  ", ""), ("none known yet", "dim")]]
    left_s = (market.close_ns - now_ns) / 1e9
    strike = dollars(market.strike_e6 / 1e6) if market.strike_e6 >= 0 else "not set yet"
    first: list[Part] = [("Market  ", ""), (market.ticker, "bold"), (f"  strike {strike}  ", "")]
    if left_s > 0:
        first += [(countdown(left_s), "bold"), (" left", "")]
    else:
        result = f", result {market.result}" if market.result else ""
        first += [(f"closed {age(-left_s)} ago{result}", "dim")]
    return [
        first,
        [("YES     ", ""), *_quote(known, market.ticker, status)],
        [("Fair    ", ""), *_fair(known, market.ticker, now_ns)],
        *_signal(known, now_ns),
    ]


def _quote(known: Known, ticker: str, status: dict[str, Any]) -> list[Part]:
    """A quote that does not move is not old; one whose feed has fallen silent is."""
    if ticker not in known.quotes:
        return [("no quote yet", "dim")]
    quote = known.quotes[ticker]
    bid = f"{contract_price(quote.bid_e6)} x {count(quote.bid_count_e2)}" if quote.bid_e6 >= 0 else "none"
    ask = f"{contract_price(quote.ask_e6)} x {count(quote.ask_count_e2)}" if quote.ask_e6 >= 0 else "none"
    feed = next((actor for actor in status["actors"] if actor["name"] == "kalshi"), None)
    if feed is None or feed["state"] != "running" or not feed["fresh"]:
        return [(f"bid {bid}  ask {ask}", "dim"), ("  NOT CURRENT: the feed is not fresh", "yellow")]
    if (feed["data_age_s"] or 0.0) > QUIET_LIMIT_S:
        return _dated(f"bid {bid}  ask {ask}", feed["data_age_s"], QUIET_LIMIT_S)
    return [("bid ", ""), (bid, "bold"), ("  ask ", ""), (ask, "bold")]


def _fair(known: Known, ticker: str, now_ns: int) -> list[Part]:
    fair = known.fair
    if fair is None or fair.ticker != ticker:
        return [("-", "dim")]
    age_s = (now_ns - fair.at_ns) / 1e9
    if fair.withheld:
        return [(f"withheld: {fair.withheld}", "yellow")]
    value = f"${fair.probability:.4f}"
    edges = f"  edge yes {_edge(fair.edge_yes_usd)}  no {_edge(fair.edge_no_usd)}"
    if age_s > FAIR_LIMIT_S:
        return _dated(value + edges, age_s, FAIR_LIMIT_S)
    best = max((e for e in (fair.edge_yes_usd, fair.edge_no_usd) if e == e), default=-1.0)
    return [(value, "bold"), (edges, "bold green" if best > 0 else ""), (f"  {age(age_s)} old", "dim")]


def _signal(known: Known, now_ns: int) -> list[list[Part]]:
    signal = known.signal
    if signal is None:
        return []
    what = f"buy {signal.side.upper()} at {contract_price(signal.price_e6)} x {count(signal.count_e2)}"
    since = f"{age((now_ns - signal.at_ns) / 1e9)} ago"
    return [[("Signal  ", ""), (f"{what}, edge ${signal.edge_usd:.3f}, {signal.ticker}, {since}", "dim")]]


def _edge(usd: float) -> str:
    return f"{usd:+.3f}" if usd == usd else "-"


def _actors(status: dict[str, Any], rates: Rates, width: int) -> list[list[Part]]:
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
    rows: list[list[Part]] = [[(head + " NOTE" if wide else head, "bold")]]
    notes: list[list[Part]] = []
    for actor in status["actors"]:
        row: list[Part] = []
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


def _cells(actor: dict[str, Any], rates: Rates) -> list[Part]:
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


def _foot(status: dict[str, Any], known: Known, width: int) -> list[list[Part]]:
    wide = " · stop everything with `kalshi-actors stop`" if width >= WIDE else ""
    return [
        [(f"Data: {status['data_dir']}", "")],
        *_link(status, known),
        [(f"Ctrl-C ends this · elsewhere: kalshi-actors tail -f, logs -f, restart NAME{wide}", "dim")],
    ]


def _link(status: dict[str, Any], known: Known) -> list[list[Part]]:
    feed = next((actor for actor in status["actors"] if actor["name"] == "kalshi"), None)
    if feed is None:
        return []
    if feed["state"] != "running" or known.link is None:
        return [[("Kalshi: ", ""), ("not connected", "yellow")]]
    streams = known.link.mode == "stream"
    since = f" since {clock_utc(known.link.at_ns, 0)} UTC"
    mode = ("streaming", "green") if streams else ("polling (no key)", "yellow")
    return [[("Kalshi: ", ""), mode, (since, "dim")]]
