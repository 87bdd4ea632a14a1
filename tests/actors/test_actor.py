import threading

import pytest

from actors.actor import Ending, LoopActor, describe, run_actor
from actors.errors import ConfigurationError
from messages.errors import DiskFullError


class Counter(LoopActor):
    """Turns until told otherwise; notes how it ended."""

    def __init__(self, ending: Ending, notes: list[str], fail_at: int) -> None:
        super().__init__(ending)
        self.notes = notes
        self.turns = 0
        self.fail_at = fail_at

    def turn(self) -> None:
        self.turns += 1
        if self.turns == self.fail_at:
            raise ConfigurationError("the key is missing")
        threading.Event().wait(0.001)

    def closed(self) -> None:
        self.notes.append("closed")

    def failed(self, error: BaseException) -> None:
        self.notes.append(f"failed: {error}")


def test_an_actor_that_is_asked_to_stop_closes_and_returns() -> None:
    notes: list[str] = []
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    run_actor(stop, Counter, lambda: None, notes=notes, fail_at=0)
    assert notes == ["closed"]


def test_an_actor_that_fails_raises_in_the_main_thread_after_letting_go() -> None:
    notes: list[str] = []
    with pytest.raises(ConfigurationError, match="the key is missing"):
        run_actor(threading.Event(), Counter, lambda: None, notes=notes, fail_at=3)
    assert notes == ["failed: the key is missing"]


def test_our_own_errors_are_described_by_their_sentence_and_others_by_place() -> None:
    assert describe(ConfigurationError("no key")) == ("no key", "configuration")
    assert describe(DiskFullError("the disk is full")) == ("the disk is full", "machine")
    try:
        _ = 1 // 0
    except ZeroDivisionError as error:
        reason, fault = describe(error)
    assert fault == "internal"
    assert reason.startswith("ZeroDivisionError: ")
    assert "test_actor.py:" in reason
