"""The paper trader in the whole system, killed again and again: its log against decisions and books."""

import os
import signal
import time
from pathlib import Path

import msgspec
import pytest

from actors.paper.settings import Settings
from messages import Decision, Message, PaperAccount, PaperFill, PaperSettled
from tests.actors.paper.playing import MS, Play, audit, outcome
from tests.conftest import wait_until
from tests.integration.recording import records
from tests.integration.system import System, started

SPEED = 60.0
TRADER = {"max_contracts": 1e6, "max_open_cost_usd": 1e7, "max_loss_day_usd": 1e7, "max_orders": 100_000}
BLOWS = 6


def settings() -> dict[str, str]:
    """A Kalshi whose quotes trail the index, and a trader without limits that may be killed."""
    return {
        "SIMULATOR__KALSHI__QUOTE_DELAY_MS": "2000",
        "SUPERVISOR__PAPER__GOOD_S": "0.2",
        "SUPERVISOR__PAPER__MAX_RESTARTS": "1000",
        **{f"ACTORS__PAPER__{name.upper()}": str(value) for name, value in TRADER.items()},
    }


def said(data_dir: Path) -> list[Message]:
    return [record.message() for record in records(data_dir / "log" / "paper")]


def lived(data_dir: Path, from_ns: int, to_ns: int) -> Play:
    """A trader that reads the same logs without a break."""
    play = Play(msgspec.convert(TRADER | {"speed": SPEED}, Settings))
    play.logs = {
        log: [(record.at_ns, record.message()) for record in records(data_dir / "log" / log)]
        for log in ("kalshi", "signal")
    }
    play.start(from_ns)
    for now_ns in range(from_ns, to_ns, 50 * MS):
        play.turn(now_ns)
    return play


def kill(system: System, name: str) -> None:
    pid = system.actors()[name]["pid"]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: system.actors()[name]["pid"] not in (0, None, pid), 20)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_whole_system_trades_on_paper_and_no_blow_costs_a_fill(tmp_path: Path) -> None:
    only = "kalshi,coinbase,kraken,bitstamp,gemini,brti,signal,paper,logger"
    with started(tmp_path, settings(), "--speed", f"{SPEED:g}", "--only", only) as system:
        for _ in range(BLOWS):
            before = len([m for m in said(tmp_path) if isinstance(m, PaperFill)])
            wait_until(lambda: len([m for m in said(tmp_path) if isinstance(m, PaperFill)]) > before, 60)  # noqa: B023
            kill(system, "paper")
        wait_until(lambda: any(isinstance(m, PaperSettled) for m in said(tmp_path)), 60)
        wait_until(lambda: system.actors()["paper"]["fresh"], 20)
        system.stop()
    messages = said(tmp_path)
    decisions = {
        record.seq: made
        for record in records(tmp_path / "log" / "signal", Decision)
        if isinstance(made := record.message(), Decision)
    }
    audit(messages, decisions)
    accounts = [m for m in messages if isinstance(m, PaperAccount)]
    begun = accounts[0].decided
    ended = min([order.decision for order in accounts[-1].open], default=accounts[-1].decided + 1)
    calm = lived(tmp_path, accounts[0].at_ns, time.time_ns())
    struck_rows = [row for row in outcome(messages) if begun < row[0] < ended]
    assert struck_rows == [row for row in outcome(calm.said) if begun < row[0] < ended]
    assert len([row for row in struck_rows if row[1] == "fill"]) >= BLOWS
