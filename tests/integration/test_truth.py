"""The truth is known in the simulator: a planted edge is found, and none is found where there is none."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from cli.config import EXCHANGES
from messages import MarketDefined
from tests.conftest import wait_until
from tests.integration.recording import records
from tests.integration.system import System, started

SPEED = 90.0
"""A quarter hour lasts 10 s. Any faster, and a computer's own milliseconds would count as a planted delay."""
PLANTED_MS = 14_000
"""Market time: 156 ms in fact, several times what a frame takes to become a signal on a busy machine."""
WINDOWS = 7
MOST_WINDOWS = 24
"""The finding may be looked for as often as one likes: what it rests on holds however often one looks
(replay/score/evidence.py). A machine with nothing else to do needs about eight windows."""
FEW_VENUES = ("coinbase", "kraken")
"""Enough for an index, and little enough that the simulator's books keep up with the clock."""
SETTINGS = {
    "SIMULATOR__RATE": "1000",
    "SIMULATOR__KALSHI__HOURLY_STRIKES": "0",
    "SIMULATOR__SEED": "3",
}


def settled(system: System, least: int) -> bool:
    """Whether so many windows have their result."""
    defined = (record.message() for record in records(system.data_dir / "log" / "kalshi", MarketDefined))
    done = {m.ticker for m in defined if isinstance(m, MarketDefined) and m.result and m.expiration_e6 > 0}
    return len(done) >= least


def scored(data_dir: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "cli", "score", "--data", str(data_dir), "--json"]
    answer: dict[str, Any] = orjson.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer


def lived(data_dir: Path, delay_ms: int, known: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Run the system on quotes that trail the index by so much, until what the score says is known or many
    windows have settled; what it says then."""
    settings = {**SETTINGS, "SIMULATOR__KALSHI__QUOTE_DELAY_MS": str(delay_ms)}
    without = ",".join(venue for venue in EXCHANGES if venue not in FEW_VENUES)
    with started(data_dir, settings, "--speed", str(SPEED), "--without", without) as system:
        for windows in range(WINDOWS, MOST_WINDOWS + 1, 3):
            wait_until(partial(settled, system, windows), 120, 1.0)
            if known(scored(data_dir)):
                break
        system.stop()
    return scored(data_dir)


def verdicts(score: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {kind["kind"]: kind["verdict"] for kind in score["kinds"]}


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_planted_delay_is_found(tmp_path: Path) -> None:
    score = lived(tmp_path / "data", PLANTED_MS, lambda score: bool(score["verdict"]["found"]))
    assert score["verdict"]["found"], score["verdict"]["sentence"]
    assert score["verdict"]["answer"] == "edge"


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_without_a_delay_nothing_is_found(tmp_path: Path) -> None:
    """A false finding has a chance of 1 in 20 at most, over all kinds together."""
    score = lived(tmp_path / "data", 0, lambda score: verdicts(score)["delay"]["answer"] != "not known")
    assert not [kind for kind, verdict in verdicts(score).items() if verdict["found"]]
    assert not score["verdict"]["found"], score["verdict"]["sentence"]
    assert score["verdict"]["odds"] < score["verdict"]["needed_odds"] / 10
    # Whether bets on anything at all pay takes more windows to know; that bets on a delay do not, a few.
    assert verdicts(score)["delay"]["answer"] == "no edge", verdicts(score)["delay"]["sentence"]
