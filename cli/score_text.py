"""The score as text: the verdict first, then what it rests on. Pure."""

from collections.abc import Sequence

from cli.index_text import columns
from cli.wording import NOT_RISKLESS, POLYMARKET_GAP, age, number
from replay.score.hits import HitRate
from replay.score.markouts import Markout
from replay.score.paper import PaperScore
from replay.score.probability import ProbabilityScore
from replay.score.report import FairScore, IndicatorScore, KindScore, Report, WithheldScore
from replay.score.spelling import cents, correlation, dollars, percent
from replay.score.withheld import Withheld

REASONS = 5
"""How many reasons are told of each; `--json` gives all."""


def score_text(of: Report, kinds: Sequence[str] = ()) -> list[str]:
    """All of it for people, as lines. kinds: told in full; the composite where none is named."""
    named = kinds or [kind.kind for kind in of.kinds[:1]]
    lines = [of.verdict.sentence, "", *_read(of)]
    if of.kinds:
        lines += ["", *_kinds(of.kinds)]
    for kind in of.kinds:
        if kind.kind in named:
            lines += ["", *_kind(kind, of.verdict.sentence, of.latency_ms)]
    if of.fair is not None:
        lines += ["", *_fair(of.fair)]
    if of.indicators:
        lines += ["", *_indicators(of.indicators)]
    if POLYMARKET_GAP in {kind.kind for kind in of.kinds} | {one.name for one in of.indicators if one.count}:
        lines += ["", f"{POLYMARKET_GAP}: {NOT_RISKLESS}"]
    lines += ["", *_withheld(of.withheld, of.withheld_scores)]
    if of.paper is not None:
        lines += ["", *_paper(of.paper)]
    return lines


def _read(of: Report) -> list[str]:
    ended = of.ended
    names = ", ".join(f"{told.session} (speed {told.speed:g})" for told in of.sessions) or "none"
    lines = [
        f"Sessions: {names}",
        f"{ended.markets} markets in {ended.windows} windows: {ended.settled} settled, "
        f"{ended.unsettled} not settled as far as the record goes",
    ]
    if ended.otherwise or ended.changed:
        lines.append(f"{ended.otherwise} settled otherwise than yes or no; {ended.changed} results changed")
    if of.undefined or of.lost:
        lines.append(f"{of.undefined} signals of markets without a definition; {of.lost} records unreadable")
    if of.settings > 1:
        lines.append(f"The signal actor was set in {of.settings} different ways; name sessions to part them.")
    lines.append("Intervals are of 95 %, by windows; money is per contract, in cents, after fees.")
    return lines


def _kinds(found: Sequence[KindScore]) -> list[str]:
    rows = [
        ("KIND", "VERDICT", "COUNT", "WINDOWS", "CAME TRUE", "NEEDED", "60 s LATER", "HELD", "MORE WINDOWS")
    ]
    for one in found:
        more = one.verdict.more_windows
        rows.append(
            (
                one.kind,
                one.verdict.answer,
                f"{one.count:,}",
                str(one.windows),
                _share(one.hits.share),
                _share(one.hits.needed),
                cents(one.arrival.marked),
                cents(one.arrival.settled.per_contract),
                "-" if more is None else f"{more:,}",
            )
        )
    return columns(rows, left=2)


def _kind(of: KindScore, told: str, latency_ms: float) -> list[str]:
    met = ", ".join(f"{count} {name}" for name, count in of.arrival.met.items() if count)
    gap = of.closing.before_arrival
    lines = [
        f"{of.kind.upper()}: {of.count:,} in {of.windows} windows",
        f"  came true         {_hits(of.hits)}",
        f"  in {latency_ms:g} ms later   {met or 'none'}",
        f"  held, {latency_ms:g} ms late {cents(of.arrival.settled.per_contract)}; "
        f"in all ${of.arrival.settled.total_usd:,.2f}",
        f"  held, at once     {cents(of.at_once.per_contract)}; in all ${of.at_once.total_usd:,.2f}",
        f"  gap closed before arrival {percent(gap)}",
        *_score("  fair value", of.probability),
    ]
    lines += [f"  {line}" for line in _markouts(of.markouts)]
    rows = [("LEFT", "COUNT", "CAME TRUE", "NEEDED", "60 s LATER", "HELD")]
    rows += [
        (
            _left(part.from_s, part.to_s),
            f"{part.count:,}",
            _share(part.hits.share),
            _share(part.hits.needed),
            cents(part.marked),
            cents(part.settled.per_contract),
        )
        for part in of.by_time_left
        if part.count
    ]
    lines += [f"  {line}" for line in columns(rows)]
    return lines if of.verdict.sentence == told else [*lines, f"  {of.verdict.sentence}"]


def _markouts(found: Sequence[Markout]) -> list[str]:
    rows = [("AFTER", "MID MOVED", "LESS PRICE AND FEE", "CLOSED", "MISSING")]
    rows += [
        (
            _horizon(markout.horizon_s),
            cents(markout.move_usd),
            cents(markout.net_usd),
            f"{markout.closed:,}",
            f"{markout.missing:,}",
        )
        for markout in found
    ]
    return columns(rows)


def _score(name: str, of: ProbabilityScore) -> list[str]:
    if not of.count:
        return [f"{name}: nothing has settled yet"]
    better = of.better
    interval = (
        "" if better.low is None or better.high is None else f" ({better.low:+.5f} to {better.high:+.5f})"
    )
    return [
        f"{name}: Brier {number(of.brier, 5)} against the mid's {number(of.brier_reference, 5)}, skill "
        f"{_percent_of(of.skill)}, better by {number(better.mean, 5)}{interval}; log-loss "
        f"{number(of.log_loss, 5)} against {number(of.log_loss_reference, 5)}"
    ]


def _fair(of: FairScore) -> list[str]:
    lines = [
        f"FAIR VALUE against the mid, every {of.step_s:g} s: {of.samples:,} samples, "
        f"{of.unmatched:,} without a mid",
        *_score("  all", of.fair),
    ]
    for part in of.by_time_left:
        if part.score.count:
            lines += _score(f"  {_left(part.from_s, part.to_s)} left", part.score)
    rows = [("SAID", "SAMPLES", "WINDOWS", "MEAN", "CAME TRUE", "INTERVAL", "MID: CAME TRUE", "INTERVAL")]
    for ours, market in zip(of.fair.bins, of.mid.bins, strict=False):
        if ours.count or market.count:
            rows.append(
                (
                    f"{ours.from_p:.1f}-{ours.to_p:.1f}",
                    f"{ours.count:,}",
                    str(ours.windows),
                    _share(ours.mean_p),
                    _share(ours.share),
                    _between(ours.low, ours.high),
                    _share(market.share),
                    _between(market.low, market.high),
                )
            )
    if len(rows) > 1:
        lines += [f"  {line}" for line in columns(rows)]
    moved = "; ".join(f"{_horizon(c.horizon_s)} {percent(c.coefficient)}" for c in of.gap)
    return [*lines, f"  of the distance the mid then came: {moved}"]


def _indicators(found: Sequence[IndicatorScore]) -> list[str]:
    rows = [("INDICATOR", "SAMPLES", *(f"IC {_horizon(c.horizon_s)}" for c in found[0].coefficients))]
    for one in found:
        cells = [correlation(c.correlation) for c in one.coefficients]
        rows.append((one.name, f"{one.count:,}", *cells))
    return columns(rows)


def _withheld(of: Withheld, scores: Sequence[WithheldScore]) -> list[str]:
    lines = [f"WITHHELD: a fair value stood for {age(of.given_s)} of market time"]
    lines += [
        f"  none for {age(reason.market_s)}, said {reason.count:,} times: {reason.reason}"
        for reason in of.fair[:REASONS]
    ]
    for gate in of.gates:
        told = "; ".join(f"{reason.reason} ({reason.count:,})" for reason in gate.reasons[:REASONS])
        lines.append(f"  {gate.count:,} decisions by gate {gate.gate}: {told}")
    for one in scores:
        held = one.arrival.settled.per_contract
        lines.append(f"  {one.kind}: {_hits(one.hits)}; would have brought {cents(held)}")
    return lines


def _paper(of: PaperScore) -> list[str]:
    lines = [
        f"PAPER: {of.orders:,} orders, {of.fills:,} fills, {of.contracts:,.2f} contracts, fees "
        f"${of.fees_usd:,.2f}; {of.settled} markets settled, {of.open} open",
        f"  in all ${of.pnl_usd:,.2f}; per market {dollars(of.per_market)}, per contract "
        f"{cents(of.per_contract)}",
    ]
    lines += [f"  refused {reason.count:,} times: {reason.reason}" for reason in of.refused[:REASONS]]
    if of.disagreeing:
        lines.append(f"  the account disagrees with its own fills in: {', '.join(of.disagreeing)}")
    if of.unchecked:
        lines.append(f"  {of.unchecked} markets could not be checked against their fills and results")
    return lines


def _hits(of: HitRate) -> str:
    if of.share is None:
        return "nothing has settled yet"
    return (
        f"{_share(of.share)} ({_between(of.low, of.high)}) of {of.count:,} settled, "
        f"{_share(of.needed)} needed to pay"
    )


def _horizon(horizon_s: float | None) -> str:
    return "settled" if horizon_s is None else f"{horizon_s:g} s"


def _left(from_s: float, to_s: float | None) -> str:
    return f"{from_s:g} s and more" if to_s is None else f"{from_s:g} to {to_s:g} s"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _percent_of(share: float | None) -> str:
    return "-" if share is None else f"{share:+.2%}"


def _between(low: float | None, high: float | None) -> str:
    return "-" if low is None or high is None else f"{low:.0%} to {high:.0%}"
