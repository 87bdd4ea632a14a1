"""A recording of which the profit of every latency is known: what is asked rises 100 ms after a decision."""

from pathlib import Path

import orjson

from cli.config import Config
from cli.roster import settings_of
from messages import ActorStarted, FeedHealth, MarketBookSnapshot, MarketQuoteChanged, Message
from messages.version import VERSION
from tests.replay.score.logs import ticker, write
from tests.replay.score.made import BEGIN, S
from tests.replay.score.words import decision, defined, fair

SESSION = "2026-11-23T00-00-00Z"
BEFORE_E6, AFTER_E6 = 520_000, 560_000
CONTRACTS = 1
MS = S // 1000


def won(window: int) -> bool:
    return window % 3 != 0


def pnl_usd(window: int, price_e6: int) -> float:
    """What a window's two orders bring, fees left out."""
    return 2 * CONTRACTS * ((1.0 if won(window) else 0.0) - price_e6 / 1e6)


def record(data_dir: Path, windows: int) -> None:
    """One session of so many settled windows, with two decisions to buy YES in each."""
    said: dict[str, list[Message]] = {"kalshi": [_started("kalshi", {})], "signal": [], "brti": []}
    said["supervisor"] = [_started("supervisor", {"mode": "sim"})]
    for actor in ("brti", "signal"):
        said[actor].append(_started(actor, settings_of(Config(), actor, None)))
    for window in range(windows):
        name, begin_s = ticker(window), 900.0 * window
        said["kalshi"].append(defined(name, window))
        for at_s in (begin_s + 300.0, begin_s + 600.0):
            said["kalshi"] += _prices(name, at_s)
            said["signal"] += [fair(at_s, 0.6, name), decision(at_s, limit_e6=600_000, ticker=name)]
        end_ns = BEGIN + round((begin_s + 908) * S)
        said["kalshi"].append(defined(name, window, "yes" if won(window) else "no", at_ns=end_ns))
        said["kalshi"] += [_health(end_ns + later_s * S) for later_s in (1, 10, 20)]
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "mode").write_text("sim\n")
    for log, messages in said.items():
        write(data_dir, log, messages)


def _started(name: str, settings: dict[str, object]) -> ActorStarted:
    return ActorStarted(name, SESSION, 7, BEGIN - 5 * S, VERSION, orjson.dumps(settings).decode())


def _prices(name: str, at_s: float) -> list[Message]:
    """A book a moment before, and a dearer one 100 ms after."""
    at_ns = BEGIN + round(at_s * S)
    found: list[Message] = []
    for book_ns, ask_e6 in ((at_ns - 10 * MS, BEFORE_E6), (at_ns + 100 * MS, AFTER_E6)):
        bids, asks = [(ask_e6 - 40_000, 10_000)], [(ask_e6, 10_000)]
        found += [
            MarketBookSnapshot(name, 0, book_ns, 0, 1, 1, bids, asks, False),
            MarketQuoteChanged(name, 1, book_ns, 0, ask_e6 - 40_000, 10_000, ask_e6, 10_000),
            _health(book_ns),
        ]
    return [*found, _health(at_ns + S)]


def _health(at_ns: int) -> FeedHealth:
    return FeedHealth("kalshi", 1, at_ns, True, 1, 1, 0, 0, -1.0, -1.0, 0.0, "")
