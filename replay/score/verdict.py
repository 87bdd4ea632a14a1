"""Whether the evidence supports an edge, in one sentence, and how much more would be needed to know."""

import math

import msgspec
import numpy as np

from replay.score.bootstrap import Floats, Interval, mean_interval
from replay.score.bought import TAKEN, Bought, pick
from replay.score.evidence import evidence
from replay.score.pnl import MARK_S, Gains, marked, settled

ALPHA = 0.025
"""Chance of a false finding: this for the composite, and as much again for all other kinds together."""
LEAST_USD = 0.005
"""An edge whose interval ends below this, half a cent a contract, is none that anybody could live on."""
WORTH_USD = 0.01
"""The edge that it should at least be possible to see, where the one seen is smaller."""
LIKELY_USD = 0.05
"""The largest edge that windows to come are promised by; a larger one, in few windows, is luck."""
POWER_Z = 1.959963984540054 + 0.8416212335729143
"""Standard errors between nothing and an edge that is found in four cases out of five."""

MARKS_S = (5.0, 15.0, MARK_S)
"""Market seconds after which what was filled is valued by the market's own mid. Nobody knows beforehand how
fast the market follows; each is bet on by itself, with a part of the dollar."""

EDGE, NO_EDGE, NOT_KNOWN, NOTHING_SEEN = "edge", "no edge", "not known", "nothing to judge"


class Measure(msgspec.Struct, frozen=True):
    """One way to value what was filled.

    horizon_s: by the market's own mid so long after the signal; None: by settlement. gain: per contract after
    fees, by windows. odds: what one dollar became that was bet on it, one bet at a time; bets: how many
    that were. typical_sd: of one contract if the market's price is right, for want of windows to learn it
    from; None without bets.
    """

    horizon_s: float | None
    gain: Interval
    odds: float
    bets: int
    typical_sd: float | None


class Verdict(msgspec.Struct, frozen=True):
    """What the record says of one kind.

    answer: `edge`, `no edge`, `not known`, `nothing to judge`. found: the first of these. odds: against a
    market that is right, the mean over the measures; found takes at least needed_odds, and an interval
    above zero. windows: with a filled order; of: windows recorded. more_windows: to be recorded, about,
    before this can be known; None where it is known or nobody can say. sentence: all of it in words.
    """

    subject: str
    answer: str
    found: bool
    odds: float
    needed_odds: float
    windows: int
    of: int
    more_windows: int | None
    measures: list[Measure]
    sentence: str


def measures(bought: Bought, yes: Floats) -> list[Measure]:
    """Value what was filled after the latency in every way, the shortest first, settlement last."""
    taken = bought.later == TAKEN
    of, came_true = pick(bought, taken), yes[taken]
    marks = [_measure(horizon_s, of, marked(of, came_true, horizon_s)) for horizon_s in MARKS_S]
    return [*marks, _measure(None, of, settled(of, came_true))]


def decide(subject: str, measured: list[Measure], tests: int, recorded: int) -> Verdict:
    """Judge one kind. measured: as `measures` orders them. tests: how many kinds are tried beside each other,
    so that trying many finds no more by chance; recorded: windows in which it could have spoken."""
    needed = tests / ALPHA
    odds = sum(measure.odds for measure in measured) / len(measured)
    above = _above(measured)
    lasting = measured[-2:]  # by the longest mark, and by settlement
    small = [m for m in lasting if m.gain.high is not None and m.gain.high < LEAST_USD]
    windows = max(m.gain.windows for m in measured)
    more = None
    if odds >= needed and above:
        answer, telling = EDGE, max(above, key=lambda m: m.odds)
    elif not windows:
        answer, telling = NOTHING_SEEN, measured[-1]
    elif small and not above:
        answer, telling = NO_EDGE, small[0]
    else:
        answer = NOT_KNOWN
        candidates = [*(m for m in measured[:-2] if (m.gain.mean or 0.0) > 0.0), *lasting]
        telling = min(candidates, key=lambda m: _needed_windows(m, needed))
        least = _needed_windows(telling, needed)
        if math.isfinite(least):
            more = max(1, math.ceil((least - windows) * max(1, recorded) / windows))
    sentence = _sentence(subject, answer, telling, odds, needed, recorded, more)
    found = answer == EDGE
    return Verdict(subject, answer, found, odds, needed, windows, recorded, more, measured, sentence)


def _above(measured: list[Measure]) -> list[Measure]:
    """Measures above zero that no later one contradicts: what the market takes back was no gain."""
    above: list[Measure] = []
    for measure in measured:
        if measure.gain.high is not None and measure.gain.high < 0.0:
            above.clear()
        elif measure.gain.low is not None and measure.gain.low > 0.0:
            above.append(measure)
    return above


def _measure(horizon_s: float | None, of: Bought, gains: Gains) -> Measure:
    found = evidence(of.at_ns, gains.until_ns, gains.gain, of.later_usd, of.close_ns)
    cost = np.clip(of.later_usd, 0.0, 1.0)
    typical = float(np.sqrt((cost * (1.0 - cost)).mean())) if len(cost) else None
    gain = mean_interval(gains.gain, of.close_ns, 1.0)
    return Measure(horizon_s, gain, math.exp(min(found.log, 700.0)), found.bets, typical)


def _needed_windows(measure: Measure, needed_odds: float) -> float:
    """How many windows with a filled order tell an edge of the size seen from none: of 1 to 5 cents."""
    gain = measure.gain
    sd = gain.sd if gain.sd is not None else measure.typical_sd
    if gain.mean is None or sd is None:
        return math.inf
    seen_usd = min(max(abs(gain.mean), WORTH_USD), LIKELY_USD) if gain.sd is not None else WORTH_USD
    least = (POWER_Z * sd / seen_usd) ** 2
    if least <= gain.windows:
        least = (POWER_Z * sd / LEAST_USD) ** 2
    if gain.mean > 0.0 and 1.0 < measure.odds < needed_odds:
        least = max(least, gain.windows * math.log(needed_odds) / math.log(measure.odds))
    return max(least, gain.windows + 1.0)


def _sentence(
    subject: str, answer: str, telling: Measure, odds: float, needed: float, recorded: int, more: int | None
) -> str:
    if answer == NOTHING_SEEN:
        return (
            f"In {_windows(recorded)} no order of {subject} would have been filled: "
            "there is nothing to judge, and no edge was seen."
        )
    seen = f"{_gain(telling.gain)} {_valued(telling.horizon_s)}"
    if answer == EDGE:
        return (
            f"The evidence supports an edge of {subject}: {seen}; odds of {_odds(odds)} to 1 against "
            f"chance, where {needed:,.0f} are asked for."
        )
    if answer == NO_EDGE:
        return f"The evidence speaks against an edge of {subject}: {seen}."
    if more is None:
        return f"Whether there is an edge of {subject} is not known: {seen}."
    return (
        f"Whether there is an edge of {subject} is not known: {seen}; about {more:,} more "
        f"window{'s' * (more != 1)} ({_span(more)} of one series) would be needed to know."
    )


def _valued(horizon_s: float | None) -> str:
    return "held to settlement" if horizon_s is None else f"by the market's own mid {horizon_s:g} s later"


def _gain(gain: Interval) -> str:
    if gain.mean is None:
        return "nothing of it has settled, and so nothing is known"
    text = f"{gain.mean * 100:+.2f} c a contract after fees"
    if gain.low is None or gain.high is None:
        return f"{text} in a single window, which has no interval,"
    reach = f"{gain.low * 100:+.2f} to {gain.high * 100:+.2f} c"
    return f"{text} (95 % interval {reach}, {_windows(gain.windows)})"


def _windows(count: int) -> str:
    return f"{count:,} window{'s' * (count != 1)}"


def _odds(odds: float) -> str:
    return f"{odds:,.0f}" if odds < 1e6 else "more than a million"


def _span(windows: int) -> str:
    hours = windows / 4
    return f"{hours:,.3g} h" if hours < 48 else f"{hours / 24:,.0f} d"
