"""`simulate`: the simulated venues alone, for any client."""

import json
import signal
import socket
from typing import Any

from cli.roster import VENUES
from tests.cli.commands import Home, is_sentence


def announced(home: Home, *arguments: str) -> dict[str, Any]:
    with home.spawn("simulate", "--json", *arguments) as process:
        assert process.stdout is not None
        told: dict[str, Any] = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    return told


def test_simulate_prints_where_everything_is(home: Home) -> None:
    told = announced(home, "--speed", "30", "--seed", "7")
    assert (told["seed"], told["speed"]) == (7, 30.0)
    assert set(told["venues"]) == set(VENUES)
    assert all(urls["url"].startswith("ws://127.0.0.1:") for urls in told["venues"].values())


def test_its_key_stays_the_same_from_run_to_run_and_lies_where_it_is_said(home: Home) -> None:
    first, second = announced(home), announced(home)
    assert first["kalshi_key_id"] == second["kalshi_key_id"]
    other = announced(home, "--data", str(home.data))
    assert other["kalshi_key_id"] != first["kalshi_key_id"]
    assert other["kalshi_key_file"].startswith(f"{home.data}/keys/")


def test_for_people_it_is_a_line_per_venue_and_what_a_client_needs_besides(home: Home) -> None:
    with home.spawn("simulate", "--speed", "30") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(len(VENUES) + 2)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    *venues, key, clock = lines
    assert [line.split()[0] for line in venues] == list(VENUES)
    assert all("ws://127.0.0.1:" in line and "http://127.0.0.1:" in line for line in venues)
    assert key.startswith("Kalshi key: id ")
    assert "a quarter hour lasts 30 s" in clock


def test_a_port_that_is_taken_is_refused_in_one_sentence(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        home.env["KALSHI_ACTORS__SIMULATOR__PORTS"] = f"{{kraken: {taken.getsockname()[1]}}}"
        outcome = home.run("simulate")
    assert (outcome.code, outcome.out) == (1, "")
    assert is_sentence(outcome.err)
    assert "simulator.ports" in outcome.err
