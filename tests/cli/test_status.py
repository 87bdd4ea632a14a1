"""`status`: one object for scripts, a table for people, and both again at every change."""

import json
import signal
from typing import Any

import pytest

from cli.status import table
from tests.cli.commands import Home
from tests.cli.test_screen_view import actor, status


def test_status_is_one_object_with_the_promised_keys(running: Home) -> None:
    found = running.status()
    assert found["mode"] == "sim"
    assert found["data_dir"] == str(running.data)
    assert {"pid", "uptime_s", "version"} <= set(found["supervisor"])
    names = [actor["name"] for actor in found["actors"]]
    assert names == ["simulator", "logger", "coinbase", "kraken", "brti"]
    keys = {
        "name",
        "state",
        "reason",
        "pid",
        "uptime_s",
        "restarts",
        "fresh",
        "data_age_s",
        "in",
        "out",
        "lag",
    }
    for told in found["actors"]:
        assert keys | {"latency_ms", "rss_mb", "cpu_pct", "last_error"} <= set(told)
        assert set(told["latency_ms"]) == {"p50", "p99"}


def test_status_for_people_has_a_row_for_each_actor(running: Home) -> None:
    outcome = running.run("status", "--data", str(running.data))
    assert outcome.code == 0
    for name in ("simulator", "logger", "coinbase", "kraken", "brti"):
        assert [line for line in outcome.out.splitlines() if line.startswith(name)]
    assert "SIMULATION" in outcome.out


def test_watching_as_json_gives_an_object_per_change(running: Home) -> None:
    with running.spawn("status", "--watch", "--json", "--data", str(running.data)) as process:
        assert process.stdout is not None
        told = [json.loads(process.stdout.readline()) for _ in range(3)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    assert all(status["mode"] == "sim" for status in told)
    assert process.returncode == 0


def test_watching_without_a_terminal_gives_a_sentence_per_change(running: Home) -> None:
    with running.spawn("status", "--watch", "--data", str(running.data)) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert [line.split(":")[0] for line in told] == ["simulator", "logger", "coinbase", "kraken", "brti"]
    assert all(": running, process " in line for line in told)
    assert (process.returncode, err) == (0, "")


def rows(*actors: dict[str, Any]) -> list[str]:
    lines = table(status(*actors))
    return lines[lines.index("") + 1 :]


def test_the_table_says_what_is_known_of_each_actor() -> None:
    head, row = rows(actor("coinbase", lag=4, restarts=2, last_error="killed by SIGKILL"))
    assert head.split()[:8] == ["ACTOR", "STATE", "FRESH", "AGE", "IN", "OUT", "LAG", "P50/P99"]
    words = "coinbase running yes 0.1 s 1000 2000 4 0.4/1.2 2 60 s 1.5 33 last error: killed by SIGKILL"
    assert row.split() == words.split()


@pytest.mark.parametrize("state", ["starting", "backoff", "failed", "stopped"])
def test_of_an_actor_that_does_not_run_no_value_is_shown_as_current(state: str) -> None:
    (_, row) = rows(actor("coinbase", state=state, fresh=False, reason="connection refused"))
    assert row.split()[:4] == ["coinbase", state, "-", "-"]
    assert row.endswith("connection refused")


def test_numbers_stand_right_and_words_left() -> None:
    head, first, second = rows(actor("kalshi"), actor("coinbase", **{"in": 123_456_789}))
    assert first.index("running") == second.index("running") == head.index("STATE")
    assert head.index(" IN ") + 3 == first.index(" 1000 ") + 5 == second.index("123456789") + 9


def test_a_supervisor_in_trouble_says_so_above_the_table() -> None:
    found = status(actor("kalshi"))
    found["supervisor"]["log_trouble"] = "no space left"
    assert "the supervisor cannot keep its own log: no space left" in table(found)


@pytest.mark.parametrize(
    ("detail", "lines"),
    [({}, []), ({"mode": "stream"}, ["Kalshi: streaming"]), ({"mode": "poll"}, ["Kalshi: polling (no key)"])],
)
def test_how_kalshi_is_followed_is_said_above_the_table(detail: dict[str, str], lines: list[str]) -> None:
    told = table(status(actor("kalshi", detail=detail), actor("coinbase", detail={"mode": "stream"})))
    assert [line for line in told if line.startswith("Kalshi: ")] == lines
