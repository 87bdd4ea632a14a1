"""`logs`: what happened, in words, out of the files that the logger writes."""

import json
import signal
from collections.abc import Callable

import pytest

from actors.logger.line import Line, format_line
from tests.cli.commands import Home, is_sentence

S = 1_000_000_000


def line(actor: str, second: int, level: str = "INFO") -> str:
    return format_line(Line(second * S, level, actor, "told", {"n": str(second)}, second)) + "\n"


@pytest.fixture
def recorded(home: Home) -> Home:
    """A home in which nothing runs; three actors have readable logs."""
    folder = home.data / "logs"
    folder.mkdir(parents=True)
    (folder / "coinbase.log").write_text("".join(line("coinbase", second) for second in (1, 3, 5)))
    (folder / "kraken.log").write_text(line("kraken", 2) + line("kraken", 4, "WARNING"))
    (folder / "older.log").write_text("no line of ours\n")
    return home


def test_logs_tells_what_happened_and_parses_as_json(running: Home, eventually: Callable[..., None]) -> None:
    arguments = ("logs", "coinbase", "--json", "-n", "50", "--data", str(running.data))
    eventually(lambda: running.run(*arguments).out)
    told = [json.loads(line) for line in running.run(*arguments).out.splitlines()]
    assert {line["actor"] for line in told} == {"coinbase"}
    assert told == sorted(told, key=lambda line: int(line["at_ns"]))


def test_of_a_stopped_instance_the_last_lines_are_shown_merged_by_time(recorded: Home) -> None:
    outcome = recorded.run("logs", "-n", "3", "--data", str(recorded.data))
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == line("coinbase", 3) + line("kraken", 4, "WARNING") + line("coinbase", 5)
    assert recorded.run("logs", "coinbase", "-n", "1", "--data", str(recorded.data)).out == line(
        "coinbase", 5
    )


def test_a_level_is_that_and_graver(recorded: Home) -> None:
    outcome = recorded.run("logs", "--level", "warning", "--data", str(recorded.data))
    assert outcome.out == line("kraken", 4, "WARNING")


def test_in_json_a_line_of_an_unusual_form_is_its_text(recorded: Home) -> None:
    told = recorded.run("logs", "older", "--json", "--data", str(recorded.data)).out
    assert json.loads(told) == {"actor": "older", "text": "no line of ours"}
    told = recorded.run("logs", "kraken", "-n", "1", "--json", "--data", str(recorded.data)).out
    where = {"at_ns": 4 * S, "actor": "kraken", "seq": 4}
    assert json.loads(told) == where | {"level": "WARNING", "event": "told", "fields": {"n": "4"}}


def test_nothing_to_show_is_said_and_is_no_failure(recorded: Home) -> None:
    outcome = recorded.run("logs", "brti", "--data", str(recorded.data))
    assert (outcome.code, outcome.out) == (0, "")
    assert is_sentence(outcome.err)


def test_an_actor_without_a_name_or_a_log_is_refused(recorded: Home) -> None:
    outcome = recorded.run("logs", "cionbase", "--data", str(recorded.data))
    assert (outcome.code, outcome.out) == (2, "")
    assert "did you mean 'coinbase'?" in outcome.err


def test_what_comes_is_followed_until_ctrl_c_a_log_that_begins_included(recorded: Home) -> None:
    with recorded.spawn("logs", "-f", "-n", "1", "--data", str(recorded.data)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == line("coinbase", 5)
        with (recorded.data / "logs" / "kraken.log").open("a") as file:
            file.write(line("kraken", 6))
        assert process.stdout.readline() == line("kraken", 6)
        (recorded.data / "logs" / "brti.log").write_text(line("brti", 7))
        assert process.stdout.readline() == line("brti", 7)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")
