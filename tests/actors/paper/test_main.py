import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from actors.paper.main import start
from actors.paper.meanwhile import results
from actors.paper.rule import PaperRule
from actors.paper.settings import Settings
from messages import (
    ActorStarted,
    ActorStopped,
    Assignment,
    Decision,
    MarketDefined,
    Message,
    PaperAccount,
    PaperFill,
    PaperSettled,
    Turn,
)
from messages.log import LogReader, LogWriter
from tests.actors.paper.playing import Play, S, audit, change, decision, defined, health, outcome, snapshot

WIDE = {"max_contracts": 1e6, "max_open_cost_usd": 1e6, "max_loss_day_usd": 1e6, "max_orders": 10_000}
TRADER = """
import sys, threading
from actors.paper.main import start
from messages import Assignment
settings = dict(max_contracts=1e6, max_open_cost_usd=1e6, max_loss_day_usd=1e6, max_orders=10_000)
start(Assignment("paper", "s", sys.argv[1], settings, ["kalshi", "signal"]), threading.Event())
"""


def records(data_dir: Path, log: str) -> list[tuple[int, Message]]:
    with LogReader(data_dir / "log" / log) as reader:
        return [(record.at_ns, record.message()) for record in reader.read(1_000_000)]


def said(data_dir: Path) -> list[Message]:
    return [message for _, message in records(data_dir, "paper")]


def market() -> MarketDefined:
    now_ns = time.time_ns()
    return msgspec.structs.replace(defined(now_ns), open_ns=now_ns - 60 * S, close_ns=now_ns + 600 * S)


@contextmanager
def trading(data_dir: Path) -> Iterator[None]:
    """The actor in a thread of this process."""
    stop = threading.Event()
    assignment = Assignment("paper", "s", str(data_dir), {}, ["kalshi", "signal"])
    actor = threading.Thread(target=start, args=(assignment, stop))
    actor.start()
    try:
        yield
    finally:
        stop.set()
        actor.join()


def test_real_logs_become_fills_and_a_result_is_paid(tmp_path: Path, eventually: Callable[..., None]) -> None:
    kalshi, signal = LogWriter(tmp_path / "log" / "kalshi"), LogWriter(tmp_path / "log" / "signal")
    now_ns = time.time_ns()
    kalshi.append([market(), snapshot(now_ns), health(now_ns)], now_ns)
    with kalshi, signal:
        with trading(tmp_path):
            eventually(lambda: any(isinstance(m, PaperAccount) for m in said(tmp_path)))
            now_ns = time.time_ns()
            signal.append([decision(now_ns)], now_ns)
            kalshi.append([health(now_ns + S // 2)], now_ns)
            eventually(lambda: any(isinstance(m, PaperFill) for m in said(tmp_path)))
        with trading(tmp_path):  # what it holds outlives it
            now_ns = time.time_ns()
            result = msgspec.structs.replace(market(), status="finalized", result="yes")
            kalshi.append([result, health(now_ns + 5 * S)], now_ns)
            eventually(lambda: any(isinstance(m, PaperSettled) for m in said(tmp_path)))
    (settled,) = [m for m in said(tmp_path) if isinstance(m, PaperSettled)]
    assert (settled.yes_count_e2, settled.pnl_e6) == (500, 5 * 480_000 - 87_400)
    audit(said(tmp_path), {1: decision(0)})
    assert again(tmp_path, Settings()) == said(tmp_path)


def test_an_impossible_setting_ends_it_before_it_begins(tmp_path: Path) -> None:
    assignment = Assignment("paper", "s", str(tmp_path), {"latency_ms": -1.0})
    with pytest.raises(msgspec.ValidationError, match="latency_ms"):
        start(assignment, threading.Event())


class Market(threading.Thread):
    """Writes both logs in real time: books move, decisions are made, one market after another settles."""

    def __init__(self, data_dir: Path, seed: int) -> None:
        super().__init__()
        self._dice = random.Random(seed)
        self._logs = {name: LogWriter(data_dir / "log" / name) for name in ("kalshi", "signal")}
        self.decide = threading.Event()
        self.end = threading.Event()
        self._write("kalshi", market(), snapshot(time.time_ns()))

    def run(self) -> None:
        dice = self._dice
        settle_ns = time.time_ns() + 4 * S
        while not self.end.wait(dice.uniform(0.0, 0.01)):
            now_ns = time.time_ns()
            price = dice.choice([20_000, 30_000])
            is_bid = dice.random() < 0.5
            at_e6 = 500_000 - price if is_bid else 500_000 + price
            self._write("kalshi", change(now_ns, is_bid, at_e6, dice.choice([0, 300, 900])), health(now_ns))
            if self.decide.is_set() and dice.random() < 0.3:
                side, count = dice.choice(["yes", "no"]), dice.choice([100, 450, 1500])
                self._write("signal", decision(time.time_ns(), side, 530_000, count))
            if now_ns > settle_ns:
                settle_ns = now_ns + 10**6 * S
                self._write("kalshi", msgspec.structs.replace(market(), result="yes", status="determined"))
        for step in range(1, 5):  # everything that is open comes to its end
            self._write("kalshi", health(time.time_ns() + step * S))
        for log in self._logs.values():
            log.close()

    def _write(self, log: str, *messages: Message) -> None:
        self._logs[log].append(messages, time.time_ns())


def cut(log_dir: Path, at_least: int, dice: random.Random) -> None:
    """Take some bytes from the end of a log: a write that was never finished."""
    last = max(log_dir.glob("*.seg"))
    size = last.stat().st_size
    with last.open("r+b") as file:
        file.truncate(max(at_least, size - dice.choice([0, 1, 40, 3000])))


@pytest.mark.slow
def test_a_trader_killed_again_and_again_ends_with_the_fills_of_one_that_lived(
    tmp_path: Path, eventually: Callable[..., None]
) -> None:
    dice = random.Random(4)
    log_dir = tmp_path / "log" / "paper"
    writing = Market(tmp_path, seed=4)
    writing.start()
    process = trader(tmp_path)
    try:
        eventually(lambda: any(isinstance(m, PaperAccount) for m in said(tmp_path)), 30)
        begun_bytes = max(log_dir.glob("*.seg")).stat().st_size
        writing.decide.set()
        for _ in range(12):
            writing.end.wait(dice.uniform(0.1, 0.9))
            process.kill()
            process.wait()
            cut(log_dir, begun_bytes, dice)
            process = trader(tmp_path)
        writing.end.set()
        writing.join()
        newest = records(tmp_path, "signal")
        eventually(lambda: _done(said(tmp_path), len(newest)), 30)
    finally:
        writing.end.set()
        process.kill()
        process.wait()
    struck = said(tmp_path)
    decisions = {seq: m for seq, (_, m) in enumerate(newest, 1) if isinstance(m, Decision)}
    audit(struck, decisions)
    calm = lived(tmp_path)
    assert len([m for m in struck if isinstance(m, PaperFill)]) > 20
    assert [m for m in struck if isinstance(m, PaperSettled)]
    assert outcome(struck) == outcome(calm.said)
    assert again(tmp_path, msgspec.convert(WIDE, Settings)) == struck


def again(data_dir: Path, settings: Settings) -> list[Message]:
    """The trader's log, made anew from what its own turns say that it read and when."""
    inbox = {log: [message for _, message in records(data_dir, log)] for log in ("kalshi", "signal")}
    made: list[Message] = []
    rule = PaperRule(settings)
    for message in said(data_dir):
        if isinstance(message, ActorStarted):
            rule = PaperRule(settings)
            for account in [m for m in made if isinstance(m, PaperAccount)][-1:]:
                found = results(data_dir / "log" / "kalshi", account, message.at_ns)
                rule.recall(account, message.at_ns, found)
        if isinstance(message, (ActorStarted, ActorStopped)):
            made.append(message)
        elif isinstance(message, Turn):
            for read in message.reads:
                for seq in range(read.first, read.last + 1):
                    heard = inbox[read.log][seq - 1]
                    if heard.kind in rule.wanted[read.log]:
                        rule.take(read.log, seq, heard)
            words = rule.turn(message.now_ns, len(made) + 2 if message.caught_up else 0)
            made += [message, *words]
    return made


def trader(data_dir: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", TRADER, str(data_dir)])


def _done(messages: list[Message], newest: int) -> bool:
    account: Any = next(m for m in reversed(messages) if isinstance(m, PaperAccount))
    return bool(account.decided == newest and not account.open)


def lived(data_dir: Path) -> Play:
    """What a trader makes of the same logs that reads them as they grow and never dies."""
    calm = Play(msgspec.convert(WIDE, Settings))
    calm.logs = {log: records(data_dir, log) for log in ("kalshi", "signal")}
    now_ns = calm.logs["kalshi"][0][0]
    end_ns = calm.logs["kalshi"][-1][0]
    calm.start(now_ns)
    while now_ns < end_ns:
        calm.turn(now_ns)
        now_ns += S // 20
    calm.turn(end_ns + S)
    return calm
