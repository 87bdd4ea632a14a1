"""What a poller saw late, and what it never saw, beside the stream of the same market. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import TypeVar

import msgspec
import numpy as np

from replay.compare.views import Poll, Quote, is_offered, recognise, thin

_Held = TypeVar("_Held")


class Spread(msgspec.Struct, frozen=True):
    """Percentiles of one measure; None where nothing was measured."""

    p50: float | None
    p90: float | None
    p99: float | None
    most: float | None
    count: int


class Opportunity(msgspec.Struct, frozen=True):
    """A signal: at this moment one contract of a side could be had for price_e6."""

    at_ns: int
    kind: str
    side: str
    price_e6: int


class KindMissed(msgspec.Struct, frozen=True):
    """Signals of one kind, as a poller would have had them.

    at_once: what it knew already offered the price. late: its next readings did, while it still stood;
    missed: the price was gone before any did.
    """

    kind: str
    count: int
    at_once: int
    late: int
    missed: int
    late_s: Spread


class Streamed(msgspec.Struct, frozen=True):
    """The stream's side. changes: of the quote. latency_ms: venue's stamp to receipt, offset taken off."""

    changes: int
    changes_per_s: float
    trades: int
    latency_ms: Spread


class Polled(msgspec.Struct, frozen=True):
    """A poller's side, at one interval.

    round_trip_ms: request to answer. seen, missed: quote changes that a reading showed, or that were over
    before one did. known_s: from the stream's receipt of a change to the first reading that shows it or a
    later one. right_share: of the time, how much the newest reading was what stood. wrong_usd: by how
    much the worse of bid and ask was wrong, at each moment that either side's view changed. unknown:
    readings that the stream never showed.
    """

    every_s: float
    polls: int
    round_trip_ms: Spread
    seen: int
    missed: int
    known_s: Spread
    right_share: float
    wrong_usd: Spread
    unknown: int
    signals: list[KindMissed]


class Market(msgspec.Struct, frozen=True):
    """One market while both sides followed it. failed: requests without a usable answer."""

    ticker: str
    from_ns: int
    to_ns: int
    quotes: list[Quote]
    polls: list[Poll]
    opportunities: list[Opportunity]
    trades: int
    latency_ms: list[float]
    failed: int


def spread(values: Sequence[float]) -> Spread:
    """Percentiles of these."""
    if not values:
        return Spread(None, None, None, None, 0)
    p50, p90, p99 = (float(v) for v in np.percentile(np.array(values), [50, 90, 99]))
    return Spread(p50, p90, p99, float(max(values)), len(values))


def streamed(markets: Sequence[Market]) -> Streamed:
    """Sum up the stream's side of all markets."""
    changes = sum(_changes_within(market) for market in markets)
    lasted_s = sum(market.to_ns - market.from_ns for market in markets) / 1e9
    latency_ms = [value for market in markets for value in market.latency_ms]
    trades = sum(market.trades for market in markets)
    return Streamed(changes, changes / lasted_s if lasted_s else 0.0, trades, spread(latency_ms))


def polled(markets: Sequence[Market], every_s: float) -> Polled:
    """Sum up what a poller at this interval had of all markets."""
    thinned = [(market, thin(market.polls, every_s)) for market in markets]
    known_s: list[float] = []
    wrong_usd: list[float] = []
    right_ns = whole_ns = changes = seen = unknown = 0
    for market, polls in thinned:
        recognised = recognise(market.quotes, polls)
        unknown += sum(one.quote < 0 for one in recognised)
        shown = {one.quote for one in recognised}
        reached = list(accumulate((one.quote for one in recognised), max))
        for position, quote in enumerate(market.quotes):
            if not market.from_ns <= quote.at_ns < market.to_ns:
                continue
            changes += 1
            seen += position in shown
            first = bisect_left(reached, position)
            if first < len(polls):
                known_s.append(max(0, polls[first].recv_ns - quote.at_ns) / 1e9)
        right, whole = _right(market, polls, wrong_usd)
        right_ns += right
        whole_ns += whole
    made = [poll for _, polls in thinned for poll in polls]
    return Polled(
        every_s=every_s,
        polls=len(made),
        round_trip_ms=spread([(poll.recv_ns - poll.sent_ns) / 1e6 for poll in made]),
        seen=seen,
        missed=changes - seen,
        known_s=spread(known_s),
        right_share=right_ns / whole_ns if whole_ns else 0.0,
        wrong_usd=spread(wrong_usd),
        unknown=unknown,
        signals=_signals(thinned),
    )


def _changes_within(market: Market) -> int:
    return sum(market.from_ns <= quote.at_ns < market.to_ns for quote in market.quotes)


def _right(market: Market, polls: Sequence[Poll], wrong_usd: list[float]) -> tuple[int, int]:
    """How long the newest reading was what stood, and how long there was one."""
    moments = sorted(
        {
            *(quote.at_ns for quote in market.quotes if market.from_ns < quote.at_ns < market.to_ns),
            *(poll.recv_ns for poll in polls if poll.recv_ns < market.to_ns),
            market.to_ns,
        }
    )
    quote_starts = [quote.at_ns for quote in market.quotes]
    poll_starts = [poll.recv_ns for poll in polls]
    right_ns = whole_ns = 0
    for begin, end in pairwise(moments):
        n, m = bisect_right(quote_starts, begin) - 1, bisect_right(poll_starts, begin) - 1
        if n < 0 or m < 0:
            continue
        whole_ns += end - begin
        true, held = market.quotes[n].prices, polls[m].prices
        if true == held:
            right_ns += end - begin
        else:
            off = [abs(a - b) / 1e6 for a, b in zip(true, held, strict=True) if a >= 0 and b >= 0]
            if off:
                wrong_usd.append(max(off))
    return right_ns, whole_ns


def _signals(thinned: Sequence[tuple[Market, list[Poll]]]) -> list[KindMissed]:
    fates: dict[str, list[float | None]] = {}
    for market, polls in thinned:
        quote_starts = [quote.at_ns for quote in market.quotes]
        poll_starts = [poll.recv_ns for poll in polls]
        for one in market.opportunities:
            if not market.from_ns <= one.at_ns < market.to_ns:
                continue
            known = bisect_right(poll_starts, one.at_ns)
            if known:
                coming = _from(market.quotes, bisect_right(quote_starts, one.at_ns))
                after_s = _known_after_s(one, polls[known - 1], coming, _from(polls, known))
                fates.setdefault(one.kind, []).append(after_s)
    return [
        KindMissed(
            kind,
            len(found),
            sum(after == 0.0 for after in found),
            sum(after is not None and after > 0.0 for after in found),
            sum(after is None for after in found),
            spread([after for after in found if after]),
        )
        for kind, found in sorted(fates.items())
    ]


def _from(held: Sequence[_Held], place: int) -> Iterator[_Held]:
    """What stands from a place on, without a look at what stands before it."""
    return map(held.__getitem__, range(place, len(held)))


def _known_after_s(
    one: Opportunity, known: Poll, quotes: Iterable[Quote], polls: Iterable[Poll]
) -> float | None:
    """How long after a signal a poller would have seen its price while it stood: 0 at once, None never.

    known: the newest reading at the signal. quotes, polls: those that came after it.
    """
    if is_offered(known.prices, one.side, one.price_e6):
        return 0.0
    gone_ns = next(
        (quote.at_ns for quote in quotes if not is_offered(quote.prices, one.side, one.price_e6)), None
    )
    for poll in polls:
        if gone_ns is not None and poll.recv_ns >= gone_ns:
            return None
        if is_offered(poll.prices, one.side, one.price_e6):
            return (poll.recv_ns - one.at_ns) / 1e9
    return None
