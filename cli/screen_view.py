"""What is known -> the text of the screen, for a given width and moment. Pure.

Whatever is older than it may be is dimmed and marked with its age, so that it cannot be taken for current.
"""

from typing import Any

from rich.text import Text

from cli.changes import troubles
from cli.screen_state import Known, Rates
from cli.screen_table import QUIET_LIMIT_S, WIDE, Line, Part, in_brief, table
from cli.wording import age, clock_utc, contract_price, count, countdown, dollars

INDEX_LIMIT_S = 2.0
FAIR_LIMIT_S = 3.0
ERROR_LIMIT_S = 5.0


def screen(
    status: dict[str, Any],
    status_age_s: float,
    known: Known,
    rates: Rates,
    now_ns: int,
    width: int,
    height: int,
) -> Text:
    """The whole screen. status_age_s: since the supervisor last spoke.

    Where it has more lines than the terminal, it does without empty lines, then without the foot's
    standing words, then without rows of actors about whom nothing is to be said.
    """
    head = [
        _title(status, status_age_s),
        _index(known, now_ns, status, width),
        *_market(known, status, now_ns),
    ]
    alarms: list[Line] = [[(trouble, "bold red")] for trouble in troubles(status)]
    rows = table(status["actors"], rates, width)
    place, link, keys = _place(status), _link(status, known), _keys(width)
    room = height - len([*head, *alarms, *link])
    ways = (
        [*head, [], *alarms, *rows, [], *place, *link, *keys],
        [*head, *alarms, *rows, *place, *link, *keys],
        [*head, *alarms, *rows, *link, *keys],
        [*head, *alarms, *rows, *link],
        [*head, *alarms, *in_brief(status["actors"], rates, width, room), *link],
    )
    return _text(next((lines for lines in ways if len(lines) <= height), ways[-1]), width)


def _text(lines: list[Line], width: int) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    for line in lines:
        rendered = Text.assemble(*line) if line else Text("")
        rendered.truncate(width, overflow="ellipsis")
        text.append_text(rendered).append("\n")
    text.right_crop(1)
    return text


def _title(status: dict[str, Any], status_age_s: float) -> Line:
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


def _dated(text: str, age_s: float, limit_s: float, style: str = "bold") -> Line:
    """A value with its age; dim and marked once it is too old."""
    if age_s > limit_s:
        return [(text, "dim"), (f"  OLD: {age(age_s)}", "yellow")]
    return [(text, style), (f"  {age(max(age_s, 0.0))} old", "dim")]


def _index(known: Known, now_ns: int, status: dict[str, Any], width: int) -> Line:
    """The chosen method's value; its error, where the official value comes; who is not in it, then who is."""
    label: Part = ("Index   ", "")
    value = known.index
    if value is None:
        runs = any(actor["name"] == "brti" for actor in status["actors"])
        return [label, ("nothing yet" if runs else "brti does not run here", "dim")]
    age_s = (now_ns - value.at_ns) / 1e9
    left_out = "".join(f"  without {left.venue} ({left.why})" for left in value.left_out)
    if value.withheld:
        return [
            label,
            (f"withheld: {value.withheld}", "yellow"),
            (f"  {age(age_s)} old", "dim"),
            (left_out, "yellow"),
        ]
    line = [
        label,
        *_dated(dollars(value.value_usd), age_s, INDEX_LIMIT_S),
        (f"  {value.method}", "dim"),
        *_error(known, value.method, now_ns),
        (left_out, "yellow"),
    ]
    venues = [venue for venue in known.venues if venue not in {left.venue for left in value.left_out}]
    names = f"  from {' '.join(venues) or 'no venue'}"
    if sum(len(text) for text, _ in line) + len(names) > width:
        names = f"  from {len(venues)} venue{'s' * (len(venues) != 1)}"
    return [*line, (names, "dim")]


def _error(known: Known, method: str, now_ns: int) -> Line:
    compared = known.compared
    if compared is None or (now_ns - compared.at_ns) / 1e9 > ERROR_LIMIT_S:
        return []
    errors = [error.error_bps for error in compared.errors if error.method == method]
    return [(f"  error {errors[0]:+.2f} bps", "")] if errors else []


def _market(known: Known, status: dict[str, Any], now_ns: int) -> list[Line]:
    market = known.market()
    if market is None:
        return [[("Market  ", ""), ("none known yet", "dim")]]
    left_s = (market.close_ns - now_ns) / 1e9
    strike = dollars(market.strike_e6 / 1e6) if market.strike_e6 >= 0 else "not set yet"
    first: Line = [("Market  ", ""), (market.ticker, "bold"), (f"  strike {strike}  ", "")]
    if left_s > 0:
        first += [(countdown(left_s), "bold"), (" left", "")]
    else:
        result = f", result {market.result}" if market.result else ""
        first += [(f"closed {age(-left_s)} ago{result}", "dim")]
    return [
        first,
        [("YES     ", ""), *_quote(known, market.ticker, status)],
        [("Fair    ", ""), *_fair(known, market.ticker, now_ns)],
        *_average(known, market.ticker, now_ns),
        *_signal(known, now_ns),
        *_paper(known, market.ticker),
    ]


def _quote(known: Known, ticker: str, status: dict[str, Any]) -> Line:
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


def _fair(known: Known, ticker: str, now_ns: int) -> Line:
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


def _average(known: Known, ticker: str, now_ns: int) -> list[Line]:
    """In the closing minute: the settlement average so far, and what the rest must come to."""
    average = known.average
    if average is None or average.ticker != ticker:
        return []
    value = f"{dollars(average.average_cents / 100)} of {average.known} ({average.source})"
    if average.result:
        return [[("Average ", ""), (f"{value}, settles {average.result.upper()}", "bold")]]
    left = average.remaining + len(average.missing)
    line = _dated(value, (now_ns - average.at_ns) / 1e9, INDEX_LIMIT_S)
    if average.strike_cents >= 0:
        line.append((f"  {left} left must average {dollars(average.required_usd)} for YES", ""))
    return [[("Average ", ""), *line]]


def _signal(known: Known, now_ns: int) -> list[Line]:
    signal = known.signal
    if signal is None:
        return []
    what = f"buy {signal.side.upper()} at {contract_price(signal.price_e6)} x {count(signal.count_e2)}"
    since = f"{age((now_ns - signal.at_ns) / 1e9)} ago"
    return [[("Signal  ", ""), (f"{what}, edge ${signal.edge_usd:.3f}, {signal.ticker}, {since}", "dim")]]


def _paper(known: Known, ticker: str) -> list[Line]:
    """What the paper trader holds of this market, how many others are not settled, what it has made."""
    account = known.account
    if account is None:
        return []
    held = [
        f"{count(held_e2)} {side}"
        for position in account.positions
        if position.ticker == ticker
        for side, held_e2 in (("YES", position.yes_count_e2), ("NO", position.no_count_e2))
        if held_e2
    ]
    others = sum(
        position.ticker != ticker and (position.yes_count_e2 > 0 or position.no_count_e2 > 0)
        for position in account.positions
    )
    more = f", {others} other market{'s' * (others != 1)}" if others else ""
    day, total = account.day_pnl_e6 / 1e6, account.total_pnl_e6 / 1e6
    made = f"  today {_gain(day)}, in all {_gain(total)}, after fees, on paper"
    return [[("Paper   ", ""), (f"holds {' and '.join(held) or 'nothing'}{more}", ""), (made, "dim")]]


def _gain(usd: float) -> str:
    return f"{'-' if usd < 0 else '+'}${abs(usd):,.2f}"


def _edge(usd: float) -> str:
    return f"{usd:+.3f}" if usd == usd else "-"


def _place(status: dict[str, Any]) -> list[Line]:
    return [[(f"Data: {status['data_dir']}", "")]]


def _keys(width: int) -> list[Line]:
    wide = " · stop everything with `kalshi-actors stop`" if width >= WIDE else ""
    return [[(f"Ctrl-C ends this · elsewhere: kalshi-actors tail -f, logs -f, restart NAME{wide}", "dim")]]


def _link(status: dict[str, Any], known: Known) -> list[Line]:
    feed = next((actor for actor in status["actors"] if actor["name"] == "kalshi"), None)
    if feed is None:
        return []
    if feed["state"] != "running" or known.link is None:
        return [[("Kalshi: ", ""), ("not connected", "yellow")]]
    streams = known.link.mode == "stream"
    since = f" since {clock_utc(known.link.at_ns, 0)} UTC"
    mode = ("streaming", "green") if streams else ("polling (no key)", "yellow")
    return [[("Kalshi: ", ""), mode, (since, "dim")]]
