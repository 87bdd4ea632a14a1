"""The certificate of a session as a part of the page."""

import html
from collections.abc import Sequence

from replay.audit.certificate import CAUSES, Certificate, Gap, Stream
from replay.report.tables import Table, as_html
from replay.report.words import length, moment, number

MOST_ROWS = 40
"""Findings and gaps that are told one by one; `kalshi-actors audit --json` gives all."""


def certified(of: Certificate) -> str:
    """One session's certificate: whether it holds, what was looked at, what was found."""
    holds = "good" if of.holds else "bad"
    verdict = "The certificate holds." if of.holds else "The certificate does not hold."
    until = f", certified as far as it stood at {moment(of.until_ns)} UTC" if of.running else ""
    parts = [
        f"<h3>Session {html.escape(of.session)}</h3>",
        f'<p><strong class="{holds}">{verdict}</strong> {of.records:,} records, '
        f"{of.bytes / 1e6:,.1f} MB{until}.</p>",
        as_html(_checks(of)),
        _findings(of),
        _gaps(of.gaps),
        as_html(_streams(of.streams)),
        f'<p class="soft">SHA-256 over all logs: <code>{html.escape(of.digest)}</code></p>'
        if of.digest
        else "",
    ]
    return "\n".join(part for part in parts if part)


def _checks(of: Certificate) -> Table:
    rows = [
        (
            one.name,
            "holds" if one.holds else "DOES NOT HOLD",
            one.said,
            f"{one.looked_at:,}",
            f"{one.failed:,}",
        )
        for one in of.checks
    ]
    return Table(("check", "result", "what was found", "looked at", "failed"), rows, left=3)


def _findings(of: Certificate) -> str:
    if not of.findings:
        return ""
    ordered = sorted(of.findings, key=lambda one: not one.fails)
    rows = [
        (
            "fails" if one.fails else "to know",
            one.check,
            f"{one.log}: {one.what}",
            _place(one.first, one.last),
        )
        for one in ordered[:MOST_ROWS]
    ]
    more = len(ordered) - len(rows)
    rest = (
        f'<p class="soft">{number(more, "more finding")} in <code>kalshi-actors audit --json</code>.</p>'
        if more
        else ""
    )
    return as_html(Table(("finding", "check", "what", "records"), rows, left=3)) + rest


def _gaps(gaps: Sequence[Gap]) -> str:
    if not gaps:
        return '<p class="soft">No gap of any kind.</p>'
    by_cause = [(cause, [gap for gap in gaps if gap.cause == cause]) for cause in CAUSES]
    rows = [
        (
            cause,
            f"{len(found):,}",
            length(sum(gap.length_s for gap in found)),
            length(max(gap.length_s for gap in found)),
        )
        for cause, found in by_cause
        if found
    ]
    longest = sorted(gaps, key=lambda gap: -gap.length_s)[:MOST_ROWS]
    each = [
        (
            gap.log,
            f"{gap.what} {gap.name}".strip(),
            f"{gap.cause}: {gap.reason}",
            moment(gap.from_ns),
            length(gap.length_s),
        )
        for gap in longest
    ]
    which = "all of them" if len(each) == len(gaps) else f"the {len(each)} longest of {len(gaps):,}"
    return (
        as_html(Table(("gaps by cause", "count", "in all", "longest"), rows))
        + f"<details><summary>Gaps one by one, {which}</summary>"
        + as_html(Table(("log", "what", "cause", "from, UTC", "length"), each, left=3))
        + "</details>"
    )


def _streams(streams: Sequence[Stream]) -> Table:
    head = (
        "log", "records", "frames received", "stored", "numbered", "books checked", "by REST", "clock, ms",
        "drift, ppm", "late to disk p99 / max, ms", "stalls",
    )  # fmt: skip
    rows = [
        (
            one.log,
            f"{one.records:,}",
            _count(one.received),
            _count(one.stored),
            _count(one.numbered),
            _count(one.books),
            _count(one.rest),
            "-" if one.clock.median_ms is None else f"{one.clock.median_ms:+.2f}",
            "-" if one.clock.drift_ppm is None else f"{one.clock.drift_ppm:+.1f}",
            f"{one.disk.p99_ms:.1f} / {one.disk.max_ms:.1f}" if one.disk.frames else "-",
            _count(one.disk.stalls),
        )
        for one in streams
    ]
    return Table(head, rows)


def _count(count: int) -> str:
    return f"{count:,}" if count else "-"


def _place(first: int, last: int) -> str:
    if not first:
        return "-"
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"
