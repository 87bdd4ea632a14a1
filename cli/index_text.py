"""The index and its error as text: who is in it, what it is worth, how far off it was. Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec

from actors.brti.accuracy.direction import Agreement
from actors.brti.accuracy.errors_table import MethodErrors, Stratum
from actors.brti.accuracy.leadlag import LeadLag
from actors.brti.accuracy.report import Report
from actors.brti.accuracy.settled import SettledMethod
from cli.index_reading import Recorded
from cli.wording import age, clock_utc, dollars, number
from messages import IndexCompared, IndexValue, OfficialIndexPublished, to_json_fields

ERROR_HEADINGS = ("SECONDS", "MISSING", "MEDIAN", "MEAN", "MEDIAN |e|", "P95 |e|", "MAX |e|")
CHOSEN = " *"


def columns(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Rows of cells as lines, the first so many columns to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def now_text(recorded: Recorded, now_ns: int) -> list[str]:
    """The newest value of each method, the venues of the chosen one, and the official value."""
    newest = recorded.compared[-1] if recorded.compared else None
    errors = {error.method: error.error_bps for error in newest.errors} if newest else {}
    rows = [("METHOD", "VALUE", "AGE", "ERROR bps")]
    notes = []
    for method, value in sorted(recorded.newest.items(), key=lambda item: not item[1].chosen):
        name = method + CHOSEN * value.chosen
        shown = dollars(value.value_usd) if not value.withheld else "withheld"
        error = f"{errors[method]:+.2f}" if method in errors else "-"
        rows.append((name, shown, age((now_ns - value.at_ns) / 1e9), error))
        if value.withheld:
            notes.append(f"{method} is withheld: {value.withheld}")
    return [
        *columns(rows),
        *notes,
        "",
        *([*composition(recorded.composed, now_ns), ""] if recorded.composed else []),
        official_text(recorded.official[-1] if recorded.official else None, newest, now_ns),
    ]


def value_fields(value: IndexValue) -> dict[str, Any]:
    """One value for scripts, without its venues."""
    told = to_json_fields(value)
    return {name: told[name] for name in told.keys() - {"type", "shares", "left_out"}}


def composition_fields(value: IndexValue) -> dict[str, Any]:
    """Every venue of one value, and its depth, for scripts."""
    return {
        "method": value.method,
        "at_ns": value.at_ns,
        "shares": [msgspec.structs.asdict(share) for share in value.shares],
        "left_out": [msgspec.structs.asdict(left) for left in value.left_out],
        "depth_btc": value.depth_btc,
        "curve_btc": value.curve_btc,
        "cap_btc": value.cap_btc,
    }


def composition(value: IndexValue, now_ns: int) -> list[str]:
    """Each venue of one value: in it with its part, or left out and why."""
    venues = len(value.shares) + len(value.left_out)
    depth = (
        f"; utilised depth {value.depth_btc:g} BTC, curve to {value.curve_btc:g} BTC, "
        f"order-size cap {value.cap_btc:.4g} BTC"
        if value.depth_btc
        else ""
    )
    late_s = (now_ns - value.at_ns) / 1e9
    rows = [("VENUE", "STATUS", "PRICE", "AGE", "WEIGHT", "BTC")]
    for share in value.shares:
        volume = f"{share.volume_btc:,.2f}" + " (default)" * share.default_volume
        weight = f"{100 * share.weight:.1f} %"
        aged = age(late_s + share.age_ms / 1000)
        rows.append((share.venue, "in", dollars(share.price_usd), aged, weight, volume))
    for left in value.left_out:
        aged = age(late_s + left.age_ms / 1000) if left.age_ms >= 0 else "-"
        rows.append((left.venue, f"left out: {left.why}", "-", aged, "-", "-"))
    head = f"{value.method}: {len(value.shares)} of {venues} venues are in it{depth}"
    return [head, *columns(rows, left=2)]


def official_text(official: OfficialIndexPublished | None, newest: IndexCompared | None, now_ns: int) -> str:
    """The newest official value, or that there is none."""
    if official is None:
        return "Official value: none was received (Kalshi relays it where the key may have it)"
    aged = age((now_ns - official.recv_ns) / 1e9)
    compared = f"; errors are of {clock_utc(newest.stamp_ns)} UTC" if newest else ""
    value = dollars(official.value_e6 / 1e6)
    return f"Official value: {value}, received {aged} ago ({official.hz} Hz){compared}"


def report_text(report: Report) -> list[str]:
    """Everything that is known of the error, section by section; nothing where nothing was compared."""
    coverage = report.coverage
    if not coverage.compared:
        return ["Nothing was compared with an official value in this time.", *_settled(report)]
    lines = [
        f"Error against the official value, in bps: {coverage.compared:,} seconds from "
        f"{clock_utc(coverage.first_ns, 0)} to {clock_utc(coverage.last_ns, 0)} UTC",
        f"({coverage.absent:,} more lack an official value, {coverage.not_compared:,} one of ours)",
        *_errors(report.errors),
    ]
    for heading, strata in (
        ("By volatility of the official value", report.by_volatility),
        ("By venues that were not in it", report.by_left_out),
    ):
        if strata:
            lines += ["", heading, *_strata(strata)]
    lines += ["", *_direction(report.direction), "", *_lead_lag(report.lead_lag)]
    for delay in report.delays:
        lines.append(
            f"The {delay.hz} Hz official value was received {delay.median_ms:.0f} ms after its stamp "
            f"(median of {delay.count:,}; p95 {delay.p95_ms:.0f} ms, at most {delay.max_ms:.0f} ms)"
        )
    return [*lines, *_settled(report)]


def _of(errors: MethodErrors) -> tuple[str, ...]:
    sized = (errors.median_abs_bps, errors.p95_abs_bps, errors.max_abs_bps)
    signed = (f"{bps:+.3f}" if bps is not None else "-" for bps in (errors.median_bps, errors.mean_bps))
    return (f"{errors.count:,}", f"{errors.missing:,}", *signed, *(number(bps, 3) for bps in sized))


def _errors(methods: Sequence[MethodErrors], first: str = "METHOD") -> list[str]:
    return columns([(first, *ERROR_HEADINGS), *((one.method, *_of(one)) for one in methods)])


def _strata(strata: Sequence[Stratum]) -> list[str]:
    rows: list[tuple[str, ...]] = [("", "METHOD", *ERROR_HEADINGS)]
    rows += [
        (stratum.name if i == 0 else "", one.method, *_of(one))
        for stratum in strata
        for i, one in enumerate(stratum.methods)
    ]
    return columns(rows, left=2)


def _direction(agreements: Sequence[Agreement]) -> list[str]:
    horizons = sorted({one.horizon_s for one in agreements})
    methods = list(dict.fromkeys(one.method for one in agreements))
    found = {(one.method, one.horizon_s): _share(one) for one in agreements}
    rows = [("METHOD", *(f"OVER {horizon_s} s" for horizon_s in horizons))]
    rows += [(method, *(found[method, horizon_s] for horizon_s in horizons)) for method in methods]
    head = "Moved the same way as the official value: of so many moves (95 % interval)"
    return [head, *columns(rows)]


def _share(one: Agreement) -> str:
    if one.share is None or one.low is None or one.high is None:
        return "-"
    return f"{one.share:.1%} of {one.count:,} ({100 * one.low:.1f}-{100 * one.high:.1f})"


def _lead_lag(found: Sequence[LeadLag]) -> list[str]:
    rows = [("METHOD", "AHEAD ms", "CORRELATION", "WITHOUT LAG", "PAIRS", "GRID ms")]
    rows += [
        (
            one.method,
            f"{one.lead_ms:+.0f}" if one.lead_ms is not None else "not clear",
            f"{one.correlation:.3f}",
            f"{one.correlation_at_zero:.3f}",
            f"{one.count:,}",
            str(one.grid_ms),
        )
        for one in found
    ]
    head = "Ahead of the official value (negative: behind), by stamps, over the last hour at most"
    return [head, *columns(rows)] if found else []


def _settled(report: Report) -> list[str]:
    """What the settlement averages of each method were worth, market by market summed up."""
    settled = report.settled
    if not settled.markets:
        return []
    return ["", f"Settlement averages of {len(settled.markets):,} markets", *settled_errors(settled.methods)]


def settled_errors(methods: Sequence[SettledMethod]) -> list[str]:
    """Errors of the averages in bps, and how often they fell on the side that was paid."""
    rows: list[tuple[str, ...]] = [("METHOD", "MARKETS", *ERROR_HEADINGS[1:], "RIGHT SIDE")]
    for one in methods:
        right = "-" if one.share is None else f"{one.right} of {one.judged} ({one.share:.0%})"
        rows.append((one.method, *_of(one.errors), right))
    return columns(rows)
