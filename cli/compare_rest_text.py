"""The comparison of REST and WebSocket as a table. Pure."""

from cli.index_text import columns
from replay.compare.comparison import Comparison
from replay.compare.evaluate import KindMissed, Polled, Spread


def compare_rest_text(of: Comparison) -> list[str]:
    """All of it for people, as lines."""
    stream = of.stream
    lasted_s = (of.to_ns - of.from_ns) / 1e9
    tickers = ", ".join(market.ticker for market in of.markets)
    lines = [
        f"{tickers}, {lasted_s:.0f} s",
        "",
        f"Stream: {stream.changes:,} changes of the quote ({stream.changes_per_s:.1f}/s), "
        f"{stream.trades:,} trades; venue to receipt {_spread(stream.latency_ms, 'ms', 1)}",
        "",
        *_pollers(of.pollers),
    ]
    if of.failed:
        lines += ["", f"{of.failed} requests failed; the last: {of.trouble}"]
    signals = [row for poller in of.pollers for row in _signals(poller)]
    if signals:
        heads = ("SIGNAL", "POLLED EVERY", "COUNT", "SEEN AT ONCE", "SEEN LATE", "MISSED", "LATE BY (median)")
        lines += ["", *columns([heads, *signals], left=2)]
    else:
        lines += ["", "No signal fell into this time."]
    return lines


def _pollers(pollers: list[Polled]) -> list[str]:
    rows = [
        ("POLLED EVERY", *(f"{one.every_s:g} s" for one in pollers)),
        ("readings", *(f"{one.polls:,}" for one in pollers)),
        ("round trip, median", *(_one(one.round_trip_ms.p50, "ms", 1) for one in pollers)),
        ("round trip, p99", *(_one(one.round_trip_ms.p99, "ms", 1) for one in pollers)),
        ("quote changes seen", *(f"{one.seen:,}" for one in pollers)),
        ("quote changes missed", *(_missed(one) for one in pollers)),
        ("change known after, median", *(_one(one.known_s.p50, "s", 2) for one in pollers)),
        ("change known after, p99", *(_one(one.known_s.p99, "s", 2) for one in pollers)),
        ("what it held was right", *(f"{one.right_share:.1%} of the time" for one in pollers)),
        ("when wrong, off by (median)", *(_one(one.wrong_usd.p50, "$", 3) for one in pollers)),
        ("when wrong, off by (most)", *(_one(one.wrong_usd.most, "$", 3) for one in pollers)),
        ("readings the stream never showed", *(f"{one.unknown:,}" for one in pollers)),
    ]
    return columns(rows)


def _missed(one: Polled) -> str:
    changes = one.seen + one.missed
    return f"{one.missed:,} ({one.missed / changes:.1%})" if changes else "0"


def _signals(poller: Polled) -> list[tuple[str, ...]]:
    return [_signal(one, poller.every_s) for one in poller.signals]


def _signal(one: KindMissed, every_s: float) -> tuple[str, ...]:
    counts = (f"{n:,}" for n in (one.count, one.at_once, one.late, one.missed))
    return one.kind, f"{every_s:g} s", *counts, _one(one.late_s.p50, "s", 2)


def _spread(of: Spread, unit: str, digits: int) -> str:
    if not of.count:
        return "not known"
    return f"{_one(of.p50, unit, digits)} median, {_one(of.p99, unit, digits)} p99"


def _one(value: float | None, unit: str, digits: int) -> str:
    if value is None:
        return "-"
    return f"${value:.{digits}f}" if unit == "$" else f"{value:.{digits}f} {unit}"
