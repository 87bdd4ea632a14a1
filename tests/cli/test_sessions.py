"""`sessions`: what was recorded, and how whole it is."""

import json
from collections.abc import Callable
from pathlib import Path

from actors.logger.record import Gaps, LogCounts, SessionRecord, save_record
from tests.cli.commands import Home

S = 1_000_000_000


def record(data_dir: Path, name: str, ended: str, logs: dict[str, LogCounts]) -> None:
    made = SessionRecord(name, mode="sim", started_ns=100 * S, ended=ended, saved_ns=160 * S, logs=logs)
    save_record(data_dir / "sessions" / name, made)


def test_sessions_lists_the_one_that_runs(running: Home, eventually: Callable[..., None]) -> None:
    arguments = ("sessions", "--json", "--data", str(running.data))
    eventually(lambda: running.run(*arguments).out)
    told = [json.loads(line) for line in running.run(*arguments).out.splitlines()]
    assert [line["session"] for line in told] == [running.status()["session"]]


def test_a_session_is_a_line_with_its_sums(home: Home) -> None:
    feed = LogCounts(total=1_200, restarts=2, lost=1, gaps=Gaps(count=3, total_s=4.5), last_ns=190 * S)
    record(home.data, "s-1", "cut off", {"kraken": feed, "brti": LogCounts(total=34, restarts=1)})
    record(home.data, "s-2", "stopped", {})
    record(home.data, "s-3", "", {})
    outcome = home.run("sessions", "--data", str(home.data))
    assert (outcome.code, outcome.err) == (0, "")
    first, second, third = (line.split("  ") for line in outcome.out.splitlines())
    assert [part.strip() for part in first if part] == [
        "s-1", "sim", "90 s", "1,234 records", "3 gaps (4.5 s)", "3 restarts", "1 lost", "cut off",
    ]  # fmt: skip
    assert (second[-1], second[0]) == ("stopped", "s-2")
    assert third[-1] == "cut off", "nothing runs here any more"


def test_in_json_it_is_an_object_with_the_counts_and_nothing_of_the_loggers_own(home: Home) -> None:
    record(home.data, "s-1", "stopped", {"kraken": LogCounts(total=7, records={"QuoteChanged": 7})})
    (home.data / "sessions" / "broken").mkdir()
    (home.data / "sessions" / "broken" / "session.json").write_text("{")
    told = json.loads(home.run("sessions", "--json", "--data", str(home.data)).out)
    assert told["session"] == "s-1"
    assert told["logs"]["kraken"]["records"] == {"QuoteChanged": 7}
    assert not {"progress", "outputs"} & set(told)


def test_no_session_yet_is_said_and_is_no_failure(home: Home) -> None:
    home.data.mkdir()
    outcome = home.run("sessions", "--data", str(home.data))
    assert (outcome.code, outcome.out) == (0, "")
    assert "no session" in outcome.err
