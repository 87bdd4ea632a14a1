"""The checks of a certificate: how much was looked at, and what did not hold."""

from collections.abc import Sequence

from replay.audit.certificate import (
    BOOKS,
    CHECKS,
    COUNTS,
    FRAMES,
    GAPS,
    READERS,
    RECORDS,
    SEQUENCES,
    STORE,
    UNEXPLAINED,
    Check,
    Finding,
    Gap,
)
from replay.audit.streams import LogAudit


def checks(
    logs: Sequence[LogAudit], findings: Sequence[Finding], gaps: Sequence[Gap], compared: int, files: int
) -> list[Check]:
    """One line for each check. compared: logs with counts. files: of the store."""
    records = sum(one.records for one in logs)
    frames = sum(one.feed.received for one in logs)
    words = sum(one.feed.checked for one in logs)
    numbered = sum(one.feed.numbered for one in logs)
    venues = sum(1 for one in logs if one.feed.numbered)
    snapshots = sum(one.feed.books.snapshots for one in logs)
    rest = sum(one.feed.witnesses.rest for one in logs)
    sums = sum(one.feed.witnesses.checksums for one in logs)
    turns = sum(one.reads.turns for one in logs)
    unknown = sum(one.unknown for one in logs)
    unexplained = sum(1 for gap in gaps if gap.cause == UNEXPLAINED)
    later = f"; {unknown:,} of kinds that this version does not know" if unknown else ""
    said = {
        RECORDS: (records, f"{records:,} records of {len(logs)} logs, each checksum and number{later}"),
        COUNTS: (compared, f"{compared} logs against what the logger counted while they were written"),
        FRAMES: (frames, f"{frames:,} frames received, counted {words:,} times on the way"),
        SEQUENCES: (numbered, f"{numbered:,} messages that {venues} venues number themselves"),
        BOOKS: (
            snapshots + rest + sums,
            f"{snapshots:,} later snapshots, {rest:,} REST answers, {sums:,} checksums of the venue's",
        ),
        READERS: (turns, f"{turns:,} turns of listeners, what they read there and without a hole"),
        GAPS: (len(gaps), f"{len(gaps)} gaps, {unexplained} without a cause"),
        STORE: (files, f"{files:,} files of the store against their manifests"),
    }
    out: list[Check] = []
    for name in CHECKS:
        looked_at, sentence = said[name]
        failed = sum(1 for finding in findings if finding.check == name and finding.fails)
        out.append(
            Check(name, not failed, looked_at, failed, sentence if looked_at else "nothing of the kind")
        )
    return out
