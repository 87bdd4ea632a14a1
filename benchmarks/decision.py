"""Index message in to decision out, inside the signal process.

Made messages: a running market with a book of twenty levels a side that changes and trades, two venues that
may lead, and an index that moves every 20 ms. Real logs: each turn reads what is new, as the listener does,
takes it, and appends its own record together with fair value, indicators, signals and decision. No silence
after a word, and a price so far off that every index value is decided on: the most that one turn can have to
do.
"""

import gc
import random
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from actors.outbox import Outbox
from actors.signal.decision.settings import DecisionSettings
from actors.signal.rule import SignalRule
from actors.signal.settings import Settings
from benchmarks.figures import Figure, percentile
from messages import (
    Assignment,
    Decision,
    FeedHealth,
    IndexValue,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    MarketTraded,
    Message,
    QuoteChanged,
    Share,
    Turn,
)
from messages.inbox import LogInbox
from messages.log import LogWriter

NAME: Final = "decision"
TICKER: Final = "KXBTC15M-26NOV221600-00"
OPEN_NS: Final = 1_800_000_000_000_000_000
STEP_NS: Final = 20_000_000
LEVELS: Final = 20
WARM_UP: Final = 4000
"""Index values before the first that is timed: 80 s, so that every window is full."""


def measure(quick: bool) -> list[Figure]:
    """Time the turns that an index value begins and a decision ends.

    Several runs, and the median of each figure: what else the machine does moves them all, and the time
    of the processor less than the clock's.
    """
    runs = [_one(2000 if quick else 10_000) for _ in range(1 if quick else 5)]
    turns = sum(len(run.clock_ms) for run in runs)
    said = sum(run.said for run in runs) / turns
    note = f"{turns} turns in {len(runs)} runs, {said:.1f} messages each"
    what = "index message in to decision out"

    def figure(name: str, share: float, limit: float | None, cpu: bool = False) -> Figure:
        of_runs = [percentile(run.cpu_ms if cpu else run.clock_ms, share) for run in runs]
        return Figure(NAME, f"{what}, {name}", percentile(of_runs, 0.5), "ms", limit, note)

    return [
        figure("median", 0.5, 0.3),
        figure("p99", 0.99, 0.5),
        figure("p99 of the processor's time", 0.99, None, cpu=True),
        figure("max", 1.0, None),
    ]


class _Run(NamedTuple):
    """Milliseconds of each turn with a decision, by the clock and of the processor; messages said in them."""

    clock_ms: list[float]
    cpu_ms: list[float]
    said: int


def _one(count: int) -> _Run:
    with tempfile.TemporaryDirectory() as folder:
        return _run(Path(folder), count)


def _run(folder: Path, count: int) -> _Run:
    settings = Settings(cooldown_s=0.0, decision=DecisionSettings(required=["edge"], cooldown_s=0.0))
    rule = SignalRule(settings)
    logs = {name: LogWriter(folder / "log" / name) for name in rule.wanted}
    inbox = LogInbox(folder / "log", rule.wanted, -1)
    outbox = Outbox(Assignment("signal", "s", str(folder), {}))
    rng = random.Random(7)
    spot = 84_000.0
    run = _Run([], [], 0)
    said_count = 0
    gc.collect()
    gc.freeze()
    for number in range(WARM_UP + count):
        now_ns = OPEN_NS + 60_000_000_000 + number * STEP_NS
        spot += rng.gauss(0.0, 0.4)
        for log, message in _around(number, now_ns, rng, spot):
            logs[log].append([message], now_ns)
        _turn(rule, inbox, outbox, now_ns)
        logs["brti"].append([_index(now_ns + 1, spot)], now_ns + 1)
        begun, busy = time.perf_counter(), time.thread_time()
        said = _turn(rule, inbox, outbox, now_ns + 1)
        took, worked = time.perf_counter() - begun, time.thread_time() - busy
        if number >= WARM_UP and any(isinstance(message, Decision) for message in said):
            run.clock_ms.append(took * 1e3)
            run.cpu_ms.append(worked * 1e3)
            said_count += len(said)
    gc.unfreeze()
    return run._replace(said=said_count)


def _turn(rule: SignalRule, inbox: LogInbox, outbox: Outbox, now_ns: int) -> list[Message]:
    batch = inbox.take()
    for log, record in batch.records:
        rule.take(log, record.seq, record.message())
    said = rule.turn(now_ns, outbox.next_seq + 1)
    outbox.say([Turn(now_ns, batch.reads, True), *said], now_ns)
    return said


def _around(number: int, now_ns: int, rng: random.Random, spot: float) -> list[tuple[str, Message]]:
    """What else is heard between two index values: at first everything, then what changes."""
    found: list[tuple[str, Message]] = []
    bids = [(380_000 - 5000 * level, 1000 + 100 * level) for level in range(LEVELS)]
    asks = [(400_000 + 5000 * level, 1000 + 100 * level) for level in range(LEVELS)]
    if number == 0:
        market = MarketDefined(
            TICKER, "E", "KXBTC15M", now_ns, OPEN_NS, OPEN_NS + 900_000_000_000, "active", "greater_or_equal",
            83_940_000_000, "rest", "", -1, [(0, 1_000_000, 5000)], "quadratic", "1",
        )  # fmt: skip
        found.append(("kalshi", market))
        found.append(("kalshi", MarketRoleChanged("KXBTC15M", now_ns, TICKER, "")))
        found.append(("kalshi", MarketBookSnapshot(TICKER, 0, now_ns, 0, 1, 1, bids, asks, checkpoint=False)))
    if number % 50 == 0:
        health = FeedHealth("kalshi", 1, now_ns, True, 0, 0, 0, 0, -1.0, -1.0, 0.0, "")
        found.append(("kalshi", health))
    level = rng.randrange(LEVELS)
    count_e2 = rng.randrange(100, 5000)
    change = MarketBookChanged(TICKER, 0, now_ns, 0, 1, 1, True, bids[level][0], count_e2, 1)
    found.append(("kalshi", change))
    if level == 0 or number == 0:
        found.append(("kalshi", MarketQuoteChanged(TICKER, 0, now_ns, 0, bids[0][0], count_e2, *asks[0])))
    if number % 10 == 0:
        trade = MarketTraded(
            TICKER, 0, now_ns, 0, str(number), 400_000, 300, taker_buys_yes=rng.random() < 0.6, is_block=False
        )
        found.append(("kalshi", trade))
    venue = rng.choice(("coinbase", "binance"))
    bid_e8 = round((spot + rng.gauss(0.0, 1.0)) * 1e8)
    quote = QuoteChanged(venue, "BTC-USD", 0, now_ns, 0, bid_e8, 10**8, bid_e8 + 10**6, 10**8)
    found.append((venue, quote))
    return found


def _index(at_ns: int, spot: float) -> IndexValue:
    venues = ("coinbase", "kraken", "bitstamp", "gemini", "cryptocom", "bullish", "itbit", "lmax")
    shares = [Share(venue, spot, 1.0, False, 5, 1) for venue in venues]
    stamp_ns = at_ns - 1 if (at_ns - 1) % 200_000_000 == 0 else 0
    return IndexValue(
        "BRTI", "cme-cf", at_ns, at_ns, spot, shares if stamp_ns else [], [], stamp_ns > 0, "", stamp_ns
    )
