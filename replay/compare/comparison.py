"""REST and WebSocket on the same market at the same time: the whole comparison."""

from pathlib import Path

import msgspec

from replay.compare.evaluate import Market, Polled, Streamed, polled, streamed
from replay.compare.polling import Readings
from replay.compare.streamed import Stream

SLOWER_S = (5.0, 20.0)
"""Slower pollers that are judged from the same readings; the system this one replaces took 20 s."""


class Comparison(msgspec.Struct, frozen=True):
    """Both sides over the time in which both had the market. markets: as they came."""

    from_ns: int
    to_ns: int
    markets: list[Market]
    failed: int
    trouble: str
    stream: Streamed
    pollers: list[Polled]


def compare(data_dir: Path, readings: Readings, every_s: float) -> Comparison | None:
    """Hold readings against what the stream brought meanwhile; None where there were fewer than two."""
    spans = {
        ticker: (polls[0].recv_ns, polls[-1].recv_ns)
        for ticker, polls in readings.polls.items()
        if len(polls) > 1
    }
    if not spans:
        return None
    begin, end = min(first for first, _ in spans.values()), max(last for _, last in spans.values())
    stream = Stream(data_dir, set(spans), begin, end + 1)
    markets = [
        Market(
            ticker,
            first,
            last,
            stream.quotes[ticker],
            readings.polls[ticker],
            stream.opportunities[ticker],
            stream.trades[ticker],
            stream.latency_ms[ticker],
            readings.failed.get(ticker, 0),
        )
        for ticker, (first, last) in sorted(spans.items(), key=lambda item: item[1])
    ]
    lasted_s = (end - begin) / 1e9
    intervals = [every_s, *(slow for slow in SLOWER_S if every_s < slow <= lasted_s / 2)]
    return Comparison(
        begin,
        end,
        markets,
        sum(readings.failed.values()),
        readings.trouble,
        streamed(markets),
        [polled(markets, interval) for interval in intervals],
    )
