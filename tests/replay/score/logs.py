"""Logs of Kalshi, signal and paper as they write them, of a market whose truth is known."""

import math
from pathlib import Path

import numpy as np

from messages import (
    ActorStarted,
    FeedHealth,
    Message,
    PaperAccount,
    PaperFill,
    PaperOrder,
    PaperSettled,
)  # fmt: skip
from messages.log import LogWriter
from tests.messages.log.samples import QUIET
from tests.replay.score.made import BEGIN, QUARTER, S
from tests.replay.score.words import decision, defined, fair, indicators, quote, signal, withheld

SESSION = "2026-11-23T00-00-00Z"


def started(name: str, at_s: float = -5.0, session: str = SESSION, settings: str = "{}") -> ActorStarted:
    return ActorStarted(name, session, 7, BEGIN + round(at_s * S), "1", settings)


def ticker(window: int) -> str:
    return f"KXBTC15M-26NOV23{window // 4:02d}{window % 4 * 15:02d}-{window % 4 * 15:02d}"


def written_ns(message: Message) -> int:
    """When it was appended: as it was made."""
    return int(getattr(message, "at_ns", 0) or getattr(message, "recv_ns", 0))


def write(data_dir: Path, log: str, messages: list[Message]) -> None:
    with LogWriter(data_dir / "log" / log, QUIET) as writer:
        for message in sorted(messages, key=written_ns):
            writer.append([message], written_ns(message))


def record(data_dir: Path, windows: int, slow: bool, seed: int = 1) -> None:
    """A session of so many windows, of which the last has not settled.

    slow: Kalshi's quotes follow the truth 20 s late, and what is signalled is bought below its worth.
    Else they are the truth, and sides are chosen by nobody's knowledge.
    """
    rng = np.random.default_rng(seed)
    said: dict[str, list[Message]] = {
        "supervisor": [started("supervisor", settings='{"mode": "sim"}')],
        "kalshi": [started("kalshi")],
        "signal": [started("signal", settings='{"speed": 1.0, "fee_rounding": "direct"}')],
        "paper": [started("paper")],
    }
    for window in range(windows):
        _window(said, window, slow, window < windows - 1, rng)
    end_ns = BEGIN + windows * QUARTER
    said["kalshi"].append(FeedHealth("kalshi", 1, end_ns, True, 1, 1, 0, 0, -1.0, -1.0, 0.0, ""))
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "mode").write_text("sim\n")
    for log, messages in said.items():
        write(data_dir, log, messages)


def _window(
    said: dict[str, list[Message]], window: int, slow: bool, settles: bool, rng: np.random.Generator
) -> None:
    name, begin_s, steps, step_s = ticker(window), window * 900.0, 180, 5
    path = np.concatenate([[0.0], np.cumsum(rng.normal(size=steps))]) + rng.normal() * 4
    truth = [0.5 * math.erfc(-path[at] / math.sqrt(2 * (steps - at))) for at in range(steps)]
    result = "yes" if path[steps] > 0 else "no"
    said["kalshi"].append(defined(name, window))
    bought: list[tuple[float, str, int]] = []
    for at in range(steps):
        at_s, seen = begin_s + at * step_s, truth[max(0, at - 4) if slow else at]
        bid_e6 = min(980_000, max(10_000, round(seen * 100 - 1) * 10_000))
        ask_e6 = bid_e6 + 20_000
        said["kalshi"].append(quote(at_s, bid_e6, ask_e6, name))
        for later_s in (0.01, 2.0, 4.0):
            said["signal"].append(fair(at_s + later_s, truth[at], name))
            said["signal"].append(indicators(at_s + later_s, name, edge_yes=truth[at] - ask_e6 / 1e6))
        for side, price_e6, worth in (("yes", ask_e6, truth[at]), ("no", 1_000_000 - bid_e6, 1 - truth[at])):
            wanted = worth - price_e6 / 1e6 > 0.04 if slow else rng.random() < 0.1
            if wanted and 20_000 <= price_e6 <= 980_000:
                fee_e6 = math.ceil(7 * price_e6 * (1_000_000 - price_e6) / 1e10) * 100
                said["signal"].append(
                    signal(at_s + 0.01, side, price_e6, name, probability=truth[at], fee_e6=fee_e6)
                )
                said["signal"].append(decision(at_s + 0.01, side, price_e6, price_e6 + 10_000, name))
                bought.append((at_s + 0.11, side, price_e6))
    said["signal"].append(withheld(begin_s + 890, "closing", "the market closes in 10 s", ticker=name))
    said["signal"].append(fair(begin_s + 900, 0.5, name, "the market is closed"))
    if settles:
        said["kalshi"].append(defined(name, window, result, at_ns=BEGIN + round((begin_s + 908) * S)))
    _paper(said["paper"], name, begin_s, bought[:3], result if settles else "")


def _paper(
    said: list[Message], name: str, begin_s: float, bought: list[tuple[float, str, int]], result: str
) -> None:
    pnl_e6 = 0
    for number, (at_s, side, price_e6) in enumerate(bought):
        at_ns = BEGIN + round(at_s * S)
        fee_e6 = 17_500
        said.append(PaperOrder(number, name, at_ns, at_ns, 1, "buy", side, price_e6, 100))
        said.append(PaperFill(number, name, at_ns, "buy", side, price_e6, 100, fee_e6, 1))
        pnl_e6 += (1_000_000 if side == result else 0) - price_e6 - fee_e6
    end_ns = BEGIN + round((begin_s + 909) * S)
    if result and bought:
        said.append(PaperSettled(name, end_ns, result, 0, 0, 0, 0, pnl_e6))
    said.append(PaperAccount(end_ns, 1, [], "2026-11-23", 0, 0, [], 1))
