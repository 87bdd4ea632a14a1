"""The certificate as one page of text: the verdict first, then what it rests on. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

from cli.index_text import columns
from cli.wording import age
from replay.audit.certificate import CAUSES, Certificate, Check, Clock, Finding, Gap, Stream
from replay.audit.gaps import by_cause

MOST_FINDINGS = 12
LONGEST_GAPS = 8
"""So many are told; `--json` gives all."""
OF_CAUSE = {
    "ours": "ours",
    "venue": "the venue's",
    "rollover": "rollover",
    "outage": "outage",
    "maintenance": "maintenance",
    "unexplained": "UNEXPLAINED",
}


def audit_text(of: Certificate) -> list[str]:
    """All of it for people, as lines."""
    lines = [_verdict(of), "", *_head(of), "", *_checks(of.checks)]
    for title, fails in (("WHAT DOES NOT HOLD", True), ("TO KNOW", False)):
        found = [finding for finding in of.findings if finding.fails is fails]
        if found:
            lines += ["", title, *_findings(found)]
    lines += ["", *_streams(of.streams), "", *_gaps(of.gaps)]
    stalls = [line for stream in of.streams for line in _stalls(stream)]
    if stalls:
        lines += ["", "STALLS", *stalls]
    return [*lines, "", f"Digest {of.digest}"]


def _verdict(of: Certificate) -> str:
    if of.holds:
        return f"The record of session {of.session} is whole."
    failed = [check.name for check in of.checks if not check.holds]
    count = sum(1 for finding in of.findings if finding.fails)
    return f"The record of session {of.session} does NOT hold: {count} findings in {', '.join(failed)}."


def _head(of: Certificate) -> list[str]:
    until = "still running, certified up to" if of.running else f"{of.ended or 'ended'}, until"
    return [
        f"{of.mode or 'mode unknown'}, version {of.version or 'unknown'}, from {_moment(of.from_ns)}, "
        f"{until} {_moment(of.until_ns)} ({age((of.until_ns - of.from_ns) / 1e9)})",
        f"{of.records:,} records, {of.bytes / 1e6:,.1f} MB, {len(of.streams)} logs",
    ]


def _checks(checks: Sequence[Check]) -> list[str]:
    rows = [("CHECK", "", "WHAT WAS LOOKED AT")]
    for check in checks:
        held = ("holds" if check.looked_at else "-") if check.holds else f"{check.failed} FAILED"
        rows.append((check.name, held, check.said))
    return columns(rows, left=3)


def _findings(found: Sequence[Finding]) -> list[str]:
    lines = [f"  {finding.log + ': ' if finding.log else ''}{finding.what}" for finding in found]
    more = len(lines) - MOST_FINDINGS
    return [*lines[:MOST_FINDINGS], *([f"  and {more} more; --json gives all"] if more > 0 else [])]


def _streams(streams: Sequence[Stream]) -> list[str]:
    rows = [
        ("LOG", "RECORDS", "RUNS", "FRAMES", "IN LOG", "NUMBERED", "BOOKS", "REST", "CLOCK ms", "DRIFT ppm")
    ]
    for one in streams:
        is_feed = one.connections > 0
        rows.append(
            (
                one.log,
                f"{one.records:,}",
                str(one.runs),
                f"{one.received:,}" if is_feed else "-",
                f"{one.stored:,}" if is_feed else "-",
                f"{one.numbered:,}" if one.numbered else "-",
                f"{one.books - one.rest:,}" if one.books else "-",
                f"{one.rest:,}" if one.rest else "-",
                _offset(one.clock),
                "-" if one.clock.drift_ppm is None else f"{one.clock.drift_ppm:+.1f}",
            )
        )
    return columns(rows)


def _offset(clock: Clock) -> str:
    return "-" if clock.median_ms is None else f"{clock.median_ms:+.1f}"


def _gaps(gaps: Sequence[Gap]) -> list[str]:
    if not gaps:
        return ["GAPS none"]
    found = by_cause(gaps)
    rows = [("GAPS", "COUNT", "TOTAL", "LONGEST")]
    for cause in CAUSES:
        if cause in found:
            count, total_s, longest_s = found[cause]
            rows.append((OF_CAUSE[cause], str(count), age(total_s), age(longest_s)))
    shown = sorted(gaps, key=lambda gap: -gap.length_s)[:LONGEST_GAPS]
    return [*columns(rows), *_longest(sorted(shown, key=lambda gap: (gap.from_ns, gap.log, gap.length_s)))]


def _longest(gaps: Sequence[Gap]) -> list[str]:
    """The longest, in order of time; those that many logs had at once on one line."""
    lines: list[str] = []
    for (what, cause, reason), same in groupby(gaps, key=lambda gap: (gap.what, gap.cause, gap.reason)):
        alike = list(same)
        names = ", ".join(f"{gap.log}{' ' + gap.name if gap.name else ''}" for gap in alike)
        longest = max(alike, key=lambda gap: gap.length_s)
        lasting = " and lasting" if not longest.to_ns else ""
        lines.append(
            f"  {_clock_time(alike[0].from_ns)} {age(longest.length_s)}{lasting} {OF_CAUSE[cause]} "
            f"({what}) {names}: {reason}"
        )
    return lines


def _stalls(stream: Stream) -> list[str]:
    disk = stream.disk
    if not disk.stalls:
        return []
    return [
        f"  {stream.log}: {disk.stalls} frames waited more than 0.1 s to be written, the longest "
        f"{age(disk.max_ms / 1000)} at {_clock_time(disk.max_at_ns)}; half of all {disk.p50_ms:.2f} ms"
    ]


def _moment(at_ns: int) -> str:
    return datetime.fromtimestamp(at_ns / 1e9, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _clock_time(at_ns: int) -> str:
    return datetime.fromtimestamp(at_ns / 1e9, UTC).strftime("%H:%M:%SZ")
