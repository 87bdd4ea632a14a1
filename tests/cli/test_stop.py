"""`stop`: those named, or everything, with a whole record left behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from actors.logger.record import load_record
from cli import stop
from cli.errors import CommandError, WrongUsageError
from messages.log import LogReader
from supervisor import client
from tests.cli.commands import Home, is_sentence
from tests.integration.recording import counts


def test_what_is_stopped_by_name_stays_stopped_until_it_is_restarted(running: Home) -> None:
    assert running.run("stop", "kraken", "--data", str(running.data)).code == 0
    states = {actor["name"]: actor["state"] for actor in running.status()["actors"]}
    assert states == dict.fromkeys(states, "running") | {"kraken": "stopped"}
    assert running.run("restart", "kraken", "--data", str(running.data)).code == 0


@pytest.mark.parametrize("command", ["stop", "restart"])
def test_an_actor_that_does_not_run_here_is_refused_with_what_was_meant(running: Home, command: str) -> None:
    outcome = running.run(command, "cionbase", "--data", str(running.data))
    assert outcome.code == 2
    assert "coinbase" in outcome.err
    assert is_sentence(outcome.err)


def test_a_clean_stop_says_each_step_and_leaves_a_record_that_equals_the_logs(
    home: Home, eventually: Callable[..., None]
) -> None:
    data = ("--data", str(home.data))
    arguments = ("--sim", "--speed", "60", "--detach", "--without", "bitstamp,gemini")
    assert home.run("start", *arguments, *data).code == 0
    eventually(lambda: all(actor["fresh"] for actor in home.status()["actors"]), 20)
    session = home.status()["session"]
    outcome = home.run("stop", *data)
    assert (outcome.code, outcome.err) == (0, "")
    *steps, last = outcome.out.splitlines()
    stopped = {line.split(":")[0] for line in steps if ": stopped" in line}
    assert {"logger", "kalshi", "coinbase", "kraken", "brti", "signal", "paper"} <= stopped
    assert last == f"stopped; session {session} is in {home.data}"

    record = load_record(home.data / "sessions" / session)
    assert record is not None
    assert record.ended == "stopped"
    for name in ("logger", "kalshi", "coinbase", "kraken", "brti", "signal", "paper"):
        with LogReader(home.data / "log" / name) as log:
            log.seek_end()
            last_seq = log.next_seq - 1
        account = record.logs[name]
        assert (account.first_seq, account.last_seq) == (1, last_seq), name
        assert account.records == counts(home.data / "log" / name, 1, last_seq), name
        assert account.records["ActorStopped"] == 1, name


def test_names_that_this_session_does_not_have_are_refused() -> None:
    found = {"actors": [{"name": "coinbase"}, {"name": "brti"}]}
    stop.require_actors(("brti", "coinbase"), found)
    with pytest.raises(WrongUsageError, match="there is no actor 'signal' in this session; there are: coin"):
        stop.require_actors(("signal",), found)


def test_what_the_supervisor_refuses_is_said_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(data_dir: Path, request: dict[str, Any]) -> dict[str, Any]:
        return {"ok": False, "error": "it is stopping already"}

    monkeypatch.setattr(client, "ask", ask)
    with pytest.raises(CommandError, match="it is stopping already"):
        stop.request(Path("x"), {"cmd": "stop"})
