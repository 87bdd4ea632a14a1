"""`replay --serve`: a recorded session for any client."""

import json
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from messages.log import LogSettings, LogWriter
from messages.log.format import segment_name
from tests.actors.store.stored import store
from tests.cli.commands import Home, is_sentence
from tests.simulator.recorded.logs import S, at, closed, moving, snapshot, volume, write


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write(tmp_path / "rec" / "log" / "coinbase", moving("coinbase", 20, 2.0))
    write(tmp_path / "rec" / "log" / "lmax", moving("lmax", 4, 2.0))
    return tmp_path / "rec"


def test_json_says_where_everything_is_and_at_the_end_what_was_played(home: Home, data: Path) -> None:
    arguments = ("replay", "last", "--serve", "--speed", "4", "--json", "--data", str(data))
    with home.spawn(*arguments) as process:
        assert process.stdout is not None
        told: dict[str, Any] = json.loads(process.stdout.readline())
        end, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert (told["session"], told["speed"], told["market_speed"]) == ("then", 4.0, 4.0)
    assert list(told["venues"]) == ["coinbase", "lmax"]
    assert told["venues"]["lmax"]["url"].endswith("/v1/web-socket")
    assert Path(told["kalshi_key_file"]).exists()
    assert json.loads(end)["played"] == {"coinbase": 43, "lmax": 11}


def test_for_people_it_is_a_line_per_venue_and_one_at_the_end(home: Home, data: Path) -> None:
    write(data / "log" / "lmax", [(2.1, closed("lmax")), (2.5, snapshot("lmax", 60_100))])
    outcome = home.run(
        "replay", "then", "--serve", "--speed", "4", "--from", str(at(1.0)), "--data", str(data)
    )
    assert outcome.code == 0
    coinbase, lmax, key, clock, end = outcome.out.splitlines()
    assert (coinbase.split()[0], lmax.split()[0]) == ("coinbase", "lmax")
    assert key.startswith("Kalshi key: id ")
    begun = datetime.fromtimestamp(at(1.0) // S, UTC).strftime("%H:%M:%S")
    assert clock == f"session then from {begun} UTC on, at 4 times its pace; Ctrl-C ends it"
    assert end == "the recording is over: 30 records of 2 venues were played"
    assert outcome.err.splitlines() == [
        "lmax: no book in the recording from here on (the line broke); it is quiet",
        "lmax: the recording has a book again; clients get a fresh snapshot",
    ]


def test_it_serves_the_venues_that_are_named_until_ctrl_c(home: Home, data: Path) -> None:
    arguments = ("replay", "last", "--serve", "--speed", "0.01", "--actor", "lmax", "--json")
    with home.spawn(*arguments, "--data", str(data)) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        state = requests.get(f"{told['venues']['lmax']['rest_url']}/_sim/state", timeout=5).json()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert list(told["venues"]) == list(state["recording"]["played"]) == ["lmax"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--speed", "max"), "--speed 0.01 to 1000"),
        (("--actor", "kraken"), "there are: coinbase, lmax"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(
    home: Home, data: Path, arguments: tuple[str, ...], words: str
) -> None:
    outcome = home.run("replay", "last", "--serve", *arguments, "--data", str(data))
    assert (outcome.code, outcome.out) == (2, "")
    assert is_sentence(outcome.err)
    assert words in outcome.err


def test_segments_that_are_only_in_the_store_are_served(home: Home, data: Path) -> None:
    with LogWriter(data / "log" / "lmax", LogSettings(segment_bytes=33, fsync_s=3600)) as writer:
        writer.append([volume("lmax", 7)], at(2.2))
    (manifest,) = store(data, "lmax")
    (data / "log" / "lmax" / segment_name(manifest.first_seq)).unlink()
    arguments = ("replay", "last", "--serve", "--speed", "10", "--json", "--data", str(data))
    _, end = home.run(*arguments).out.splitlines()
    assert json.loads(end)["played"]["lmax"] == 12
    assert list((data / "store").glob(".recording*")) == []


def test_a_session_without_any_venue_is_refused(home: Home, data: Path) -> None:
    for log in ("coinbase", "lmax"):
        (data / "log" / log).rename(data / "log" / f"{log}_x")
    outcome = home.run("replay", "last", "--serve", "--data", str(data))
    assert outcome.code == 1
    assert is_sentence(outcome.err)
    assert "nothing of a venue" in outcome.err


def test_a_fault_that_cannot_strike_is_refused(home: Home, data: Path) -> None:
    home.env["KALSHI_ACTORS__SIMULATOR__FAULTS"] = "['close:kraken']"
    outcome = home.run("replay", "last", "--serve", "--data", str(data))
    assert (outcome.code, outcome.out) == (2, "")
    assert is_sentence(outcome.err)
    assert "served are coinbase, lmax" in outcome.err


def test_a_foreign_file_among_the_logs_is_named(home: Home, data: Path) -> None:
    (path,) = (data / "log" / "lmax").glob("*.seg")
    path.write_bytes(b"not a log at all, but long enough to look at" * 9)
    outcome = home.run("replay", "last", "--serve", "--data", str(data))
    assert outcome.code == 1
    assert is_sentence(outcome.err)
    assert path.name in outcome.err
