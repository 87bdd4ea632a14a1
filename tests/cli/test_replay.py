"""`replay`: what a real run recorded, said once more."""

import json
from pathlib import Path

import click
import pytest

from cli.replay import replay, speed_of
from tests.cli.commands import Home, is_sentence
from tests.replay.conftest import recorded  # noqa: F401 - the fixture


def test_everything_is_said_again_as_tail_shows_it(home: Home, recorded: Path) -> None:  # noqa: F811
    outcome = home.run("replay", "last", "--speed", "max", "--data", str(recorded))
    assert (outcome.code, outcome.err) == (0, "")
    *said, _, _, _, _, _, rate, verdict = outcome.out.splitlines()
    assert verdict == "All that was said is, bit for bit, what had been recorded."
    assert " records passed in " in rate
    shown = home.run("tail", "brti", "signal", "-n", "100000", "--data", str(recorded)).out.splitlines()
    kept = [line for line in shown if line.split()[2] not in ("ActorStarted", "ActorStopped")]
    assert sorted(said) == sorted(kept)


def test_a_span_of_one_listener_in_json(home: Home, recorded: Path) -> None:  # noqa: F811
    arguments = ("replay", "last", "--speed", "max", "--json", "--actor", "brti", "--data", str(recorded))
    *told, summary = [json.loads(line) for line in home.run(*arguments).out.splitlines()]
    assert {line["log"] for line in told} == {"brti"}
    assert summary["type"] == "Replayed"
    assert sum(summary["actors"][0]["said"].values()) == len(told)
    half_ns, late_ns = told[len(told) // 2]["at_ns"], told[len(told) * 3 // 4]["at_ns"]
    span = home.run(*arguments, "--from", str(half_ns), "--to", str(late_ns)).out.splitlines()
    expected = [line for line in told if half_ns <= line["at_ns"] < late_ns]
    assert expected
    assert [json.loads(line) for line in span[:-1]] == expected
    quiet = home.run(*arguments, "--quiet").out.splitlines()
    assert [json.loads(line)["actors"][0]["said"] for line in quiet] == [summary["actors"][0]["said"]]


def test_a_pace_far_above_the_recorded_one_changes_nothing(home: Home, recorded: Path) -> None:  # noqa: F811
    arguments = ("replay", "last", "--actor", "signal", "--data", str(recorded))
    fast = home.run(*arguments, "--speed", "max").out.splitlines()
    paced = home.run(*arguments, "--speed", "1000").out.splitlines()
    assert paced[:-2] == fast[:-2]


def test_a_speed_is_a_number_or_max() -> None:
    context = click.Context(replay)
    option = click.Option(["--speed"])
    assert speed_of(context, option, "60") == 60.0
    assert speed_of(context, option, "max") == 0.0
    for wrong in ("0", "-1", "nan", "inf", "fast"):
        with pytest.raises(click.BadParameter, match=f"'{wrong}' is no speed"):
            speed_of(context, option, wrong)


def test_what_cannot_be_is_one_sentence(home: Home, recorded: Path) -> None:  # noqa: F811
    for arguments in (("nowhen",), ("last", "--actor", "paper"), ("last", "--from", "soon")):
        outcome = home.run("replay", *arguments, "--data", str(recorded))
        assert (outcome.code, outcome.out) == (2, "")
        assert is_sentence(outcome.err)
