from pathlib import Path

import pytest

from actors.logger.follower import Follower
from actors.logger.ledger import Ledger
from actors.logger.settings import Settings
from messages import ActorStarted, DriftSeen, FrameReceived
from messages.log import LogWriter

S = 1_000_000_000
SESSION = "2026-11-22T20-00-00Z"


class Setup:
    """A log with a writer, and a follower that is made anew at every `follow`."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.writer = LogWriter(data_dir / "log" / "kraken")
        self.writer.append([ActorStarted("kraken", SESSION, 1, S, "0", "{}")], S)

    def drift(self) -> None:
        self.writer.append([FrameReceived(1, S, "ws", b"x"), DriftSeen("kraken", S, "type", "x", 1)], S)

    def follow(self) -> tuple[Ledger, Follower]:
        ledger = Ledger(self.data_dir / "sessions", SESSION, ["kraken"])
        return ledger, Follower(self.data_dir, "kraken", ledger, Settings())

    def lines(self) -> list[str]:
        text = (self.data_dir / "logs" / "kraken.log").read_text()
        return [line.rsplit("#", 1)[1] for line in text.splitlines()]


@pytest.fixture
def setup(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Setup(tmp_path)
    yield made
    made.writer.close()


def total(ledger: Ledger) -> int:
    account = ledger.account("kraken")
    assert account is not None
    return account.counts.total


def test_lines_written_after_the_last_save_are_not_written_again(setup: Setup) -> None:
    ledger, follower = setup.follow()
    follower.read()
    follower.flush()
    ledger.save(S)
    setup.drift()
    follower.read()
    follower.flush()
    follower.close()  # as by a kill: nothing more is saved
    setup.drift()
    ledger, follower = setup.follow()
    follower.read()
    follower.flush()
    follower.close()
    assert setup.lines() == ["1", "3", "5"]
    assert total(ledger) == 5


def test_lines_that_were_counted_and_not_written_are_written_after_a_kill(setup: Setup) -> None:
    ledger, follower = setup.follow()
    follower.read()
    follower.flush()
    ledger.save(S)
    setup.drift()
    follower.read()
    follower.close()
    _, follower = setup.follow()
    follower.read()
    follower.flush()
    follower.close()
    assert setup.lines() == ["1", "3"]


def test_nothing_more_is_read_while_lines_wait(setup: Setup) -> None:
    _, follower = setup.follow()
    follower.read()
    setup.drift()
    follower.read()
    assert follower.received == 1
    follower.flush()
    follower.read()
    assert follower.received == 3
    follower.close()


def test_a_log_that_is_shorter_than_it_was_is_followed_from_its_end(setup: Setup, tmp_path: Path) -> None:
    for _ in range(10):
        setup.drift()
    ledger, follower = setup.follow()
    follower.read()
    follower.flush()
    ledger.save(S)
    follower.close()
    setup.writer.close()
    for segment in (tmp_path / "log" / "kraken").glob("*.seg"):
        segment.unlink()
    setup.writer = LogWriter(tmp_path / "log" / "kraken")
    setup.writer.append([ActorStarted("kraken", SESSION, 2, S, "0", "{}")], S)
    _, follower = setup.follow()
    setup.drift()
    follower.read()
    follower.flush()
    follower.close()
    assert follower.received == 2
    assert setup.lines()[-1] == "3"


def test_with_lines_and_record_deleted_both_are_made_again(setup: Setup, tmp_path: Path) -> None:
    setup.drift()
    for _ in range(2):
        ledger, follower = setup.follow()
        follower.read()
        follower.flush()
        ledger.save(S)
        follower.close()
        assert setup.lines() == ["1", "3"]
        assert total(ledger) == 3
        (tmp_path / "logs" / "kraken.log").unlink()
        (tmp_path / "sessions" / SESSION / "session.json").unlink()
