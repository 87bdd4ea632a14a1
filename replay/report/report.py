"""Recorded sessions -> the page on them."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from replay.audit.auditing import audit
from replay.audit.certificate import Certificate
from replay.recording import recording
from replay.records import Tell
from replay.report import index_plots, market_plots, page, run_plots, score_plots
from replay.report.certified import certified
from replay.report.page import Fact, Page, Part
from replay.report.reading import Gathered, gather
from replay.report.tables import as_html
from replay.report.words import length, moment, number, usd
from replay.sessions import EVER_NS, Session

MOST_NOTES = 8
GATHERING = 0.6
"""What share of the work reading is; the rest is the audit."""


class Made(NamedTuple):
    """The page, and what it says in short. certified: None where no certificate was asked for."""

    html: str
    verdict: str
    records: int
    unreadable: int
    certified: bool | None


def report(
    data_dir: Path,
    title: str,
    sessions: Sequence[Session],
    to_certify: Sequence[Session],
    latency_ms: float,
    tell: Tell,
) -> Made:
    """Read these sessions, and make the page on them.

    to_certify: the sessions that are audited; empty: no certificate, and nothing is read twice. latency_ms:
    of an order, for the score. Bounded in memory and in size, whatever the length. Raises ReplayError where
    the store cannot give back what only it has.
    """
    reading = GATHERING if to_certify else 1.0
    with recording(data_dir, sessions[0].from_ns, sessions[-1].to_ns) as folder:
        gathered = gather(folder, sessions, latency_ms, lambda share: tell(share * reading))
    certificates = []
    for number_, session in enumerate(to_certify):

        def part(share: float, number_: int = number_) -> None:
            tell(GATHERING + (1.0 - GATHERING) * (number_ + share) / len(to_certify))

        certificates.append(audit(data_dir, session, part))
    tell(1.0)
    made = Page(
        title=title,
        verdict=gathered.score.verdict.sentence,
        notes=_notes(gathered),
        facts=_facts(gathered, certificates),
        parts=_parts(gathered, certificates),
        footnotes=_footnotes(gathered, latency_ms),
        from_ns=gathered.from_ns,
        to_ns=max(gathered.to_ns, gathered.from_ns + 1_000_000_000),
    )
    return Made(
        html=page.as_html(made),
        verdict=made.verdict,
        records=_records(gathered),
        unreadable=sum(run.lost for run in gathered.run_lines.of.values()),
        certified=all(one.holds for one in certificates) if to_certify else None,
    )


def _parts(of: Gathered, certificates: Sequence[Certificate]) -> list[Part]:
    series = of.market_lines.series.get(of.market_lines.main())
    strike = series.strike.points() if series is not None else None
    text = "".join(certified(one) for one in certificates)
    return [
        Part("index", [index_plots.values(of.index_lines, strike)]),
        Part("error", [index_plots.errors(of.index_lines)], as_html(index_plots.error_table(of.index_lines))),
        Part("market", [market_plots.prices(of.market_lines)]),
        Part(
            "latency", [run_plots.from_venues(of.run_lines), run_plots.written(of.run_lines)], title="Latency"
        ),
        Part("runs", [run_plots.time_line(of.run_lines)], as_html(run_plots.run_table(of.run_lines))),
        Part(
            "paid",
            [score_plots.calibration(of.score), score_plots.kinds(of.score)],
            as_html(score_plots.kind_table(of.score)),
            title="Did it pay?",
        ),
        Part(
            "pnl",
            [score_plots.account(of.market_lines.settled, of.outcomes)],
            f'<p class="soft">{escape(score_plots.paper_facts(of.score))}</p>',
        ),
        Part(
            "certificate",
            [],
            text or '<p class="said">None was asked for; <code>kalshi-actors audit</code> makes it.</p>',
            title="Certificate",
        ),
    ]


def _facts(of: Gathered, certificates: Sequence[Certificate]) -> list[Fact]:
    runs = of.run_lines.of.values()
    ended, paper = of.score.ended, of.score.paper
    unreadable = sum(run.lost for run in runs)
    facts = [
        Fact("Length", length((of.to_ns - of.from_ns) / 1e9), f"{moment(of.from_ns)} to {moment(of.to_ns)}"),
        Fact("Records", f"{_records(of):,}", f"{unreadable:,} unreadable" if unreadable else "all readable"),
        Fact(
            "Windows", f"{ended.windows:,}", f"{ended.settled:,} of {number(ended.markets, 'market')} settled"
        ),
    ]
    error = of.index_lines.errors.get(of.index_lines.chosen)
    if error is not None:
        sizes = error.sizes
        facts.append(
            Fact(
                "Index error, median",
                f"{sizes.quantile(0.5):.3g} bp",
                f"95 %: {sizes.quantile(0.95):.3g} bp, {of.index_lines.chosen}",
            )
        )
    restarts = sum(run.restarts.count for run in runs)
    gaps, gap_s = sum(run.gaps.count for run in runs), sum(run.gaps.total_s for run in runs)
    lost = f"{number(gaps, 'lost connection')}, {length(gap_s)}" if gaps else "no lost connection"
    facts.append(Fact("Restarts", f"{restarts:,}", lost))
    counts = {kind.kind: kind.count for kind in of.score.kinds}
    decisions = counts.pop("decision", 0)
    facts.append(Fact("Signals", f"{sum(counts.values()):,}", number(decisions, "decision")))
    if paper is not None:
        facts.append(Fact("Paper PnL", usd(paper.pnl_usd), number(paper.fills, "fill")))
    if certificates:
        failed = sum(not one.holds for one in certificates)
        beside = f"{failed} of {len(certificates)}" if len(certificates) > 1 and failed else ""
        facts.append(Fact("Certificate", "does not hold" if failed else "holds", beside))
    return facts


def _notes(of: Gathered) -> list[str]:
    """What must be known before anything else on the page is believed."""
    notes = []
    if not of.sessions or not of.from_ns:
        notes.append("Nothing was recorded here.")
    elif not of.run_lines.ended and of.sessions[-1].to_ns == EVER_NS:
        notes.append(
            f"The end of {of.sessions[-1].name} is not in the record: it is still running, or it was cut "
            "off. This page "
            f"shows it as far as it stood at {moment(of.to_ns)} UTC."
        )
    simulated = [one for one in of.sessions if one.mode == "sim"]
    if simulated:
        speeds = sorted({one.speed for one in simulated})
        fast = ", ".join(f"{speed:g}" for speed in speeds if speed != 1.0)
        notes.append(
            "Simulated: no figure here says anything about real markets."
            + (f" The market's clock ran {fast} times as fast as the axes' time." if fast else "")
        )
    notes += [
        f"{missing.log}: "
        + (
            f"records {missing.first:,} to {missing.last:,} cannot be read"
            if missing.last > missing.first
            else (f"record {missing.first:,} cannot be read" if missing.first else "cannot be read")
        )
        + f": {missing.why}."
        for missing in of.missing[:MOST_NOTES]
    ]
    if len(of.missing) > MOST_NOTES:
        notes.append(
            f"{number(len(of.missing) - MOST_NOTES, 'more place')} cannot be read; `kalshi-actors audit` "
            "names all."
        )
    return notes


def _footnotes(of: Gathered, latency_ms: float) -> list[str]:
    names = ", ".join(
        f"{one.name} ({one.mode or 'mode unknown'}, speed {one.speed:g})" for one in of.sessions
    )
    versions = ", ".join(of.run_lines.versions) or "-"
    return [
        f"Sessions: {names or 'none'}; recorded by version {versions}.",
        "What is drawn was read once, record by record. Where a line has more values than can be drawn, time "
        "is parted into "
        "equal "
        "stretches, and of each the first, the least, the greatest and the last value are drawn at their own "
        "times: "
        "no extreme is lost, and what lies between them is not shown. Lines break where there was no value.",
        f"Scores are those of `kalshi-actors score` with orders that arrive {latency_ms:g} ms after the "
        "signal; intervals "
        "are of 95 %, by windows. Quantiles of latencies and errors are right to 3 %.",
    ]


def _records(of: Gathered) -> int:
    return sum(run.records for run in of.run_lines.of.values())
