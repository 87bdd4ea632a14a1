"""How long listeners took, measured from what they wrote down."""

from pathlib import Path

import pytest

from messages import Read, Turn
from replay.pipeline import delays
from replay.pipeline.delays import AT_ONCE, Delays, measure
from replay.sessions import Session
from tests.replay.pipeline.samples import trade, volume, write_log

SESSION = Session("one", "sim", 1000, 100_000, 1.0)


def record(data_dir: Path) -> None:
    write_log(data_dir, "a", [(n * 1000, [trade(n), volume(n)]) for n in range(1, 9)])
    write_log(data_dir, "b", [(n * 1000 + 500, [trade(n)]) for n in range(1, 9)])
    turns = [
        (900, Turn(900, [Read("a", 1, 1)], True)),  # before the session
        (1050, Turn(1040, [Read("a", 1, 2)], False)),  # catching up
        (2150, Turn(2100, [Read("a", 3, 4)], True)),
        (2250, Turn(2240, [], True)),  # by the clock
        (3170, Turn(3110, [Read("a", 5, 6), Read("b", 1, 1)], True)),
        (4930, Turn(4900, [Read("a", 7, 8), Read("b", 2, 4)], True)),
    ]
    write_log(data_dir, "p", [(at_ns, [turn]) for at_ns, turn in turns])


def test_the_medians_of_turns_that_took_something_in(tmp_path: Path) -> None:
    record(tmp_path)
    assert measure(tmp_path, SESSION, "p") == Delays(110, 50)


def test_logs_that_wake_nobody_are_not_what_it_waited_for(tmp_path: Path) -> None:
    record(tmp_path)
    assert measure(tmp_path, SESSION, "p", ["b"]) == Delays(110, 50)
    assert measure(tmp_path, SESSION, "p", ["a"]) == Delays(400, 30)


def test_only_the_first_turns_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path)
    monkeypatch.setattr(delays, "MOST_TURNS", 1)
    assert measure(tmp_path, SESSION, "p") == Delays(100, 50)


def test_who_was_not_there_is_taken_to_be_at_once(tmp_path: Path) -> None:
    record(tmp_path)
    assert measure(tmp_path, SESSION, "q") == AT_ONCE
