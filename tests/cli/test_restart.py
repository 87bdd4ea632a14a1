"""`restart`: a new process for those named, and for nobody else."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.changes import by_name
from cli.errors import CommandError
from cli.restart import _wait_for_new_processes
from supervisor import client
from tests.cli.commands import Home


def status(**actors: tuple[str, int | None, str]) -> dict[str, Any]:
    return {
        "actors": [
            {"name": name, "state": state, "pid": pid, "reason": reason, "last_error": ""}
            for name, (state, pid, reason) in actors.items()
        ]
    }


def watched(monkeypatch: pytest.MonkeyPatch, *told: dict[str, Any]) -> None:
    def watch(data_dir: Path, silent_limit_s: float) -> Iterator[dict[str, Any]]:
        yield from told

    monkeypatch.setattr(client, "watch", watch)


BEFORE = by_name(status(kraken=("running", 1, ""), brti=("running", 2, "")))


def test_restart_gives_one_actor_a_new_process_and_disturbs_no_other(running: Home) -> None:
    before = {actor["name"]: actor["pid"] for actor in running.status()["actors"]}
    outcome = running.run("restart", "coinbase", "--data", str(running.data))
    assert (outcome.code, outcome.err) == (0, "")
    after = {actor["name"]: actor["pid"] for actor in running.status()["actors"]}
    assert [name for name in before if before[name] != after[name]] == ["coinbase"]


def test_it_waits_for_a_process_that_is_new_and_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    watched(
        monkeypatch,
        status(kraken=("running", 1, ""), brti=("stopping", 2, "")),
        status(kraken=("starting", 11, ""), brti=("running", 12, "")),
        status(kraken=("running", 11, ""), brti=("running", 12, "")),
        status(kraken=("failed", None, "never looked at")),
    )
    _wait_for_new_processes(Path("x"), ("kraken", "brti"), BEFORE, time.monotonic())
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said] == ["brti", "kraken"]
    assert said[1].endswith("process 11")


def test_who_does_not_come_back_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    watched(monkeypatch, status(kraken=("backoff", None, "connection refused"), brti=("running", 2, "")))
    with pytest.raises(CommandError, match=r"^brti does not run yet: it is running \(no reason is known\)"):
        _wait_for_new_processes(Path("x"), ("kraken", "brti"), BEFORE, 0.0)
    with pytest.raises(CommandError, match=r"^kraken does not run yet: it is backoff \(connection refused\)"):
        _wait_for_new_processes(Path("x"), ("kraken",), BEFORE, 0.0)
