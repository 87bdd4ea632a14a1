"""State changes: their line, and their way through the pipe to the display."""

import os
from collections.abc import Iterator
from typing import BinaryIO

import pytest

from cli.plain import Changes, changes_from, pack, print_changes, transition
from messages import ActorStateChanged
from tests.conftest import wait_until

AT_NS = 1_795_380_940_000_000_000


def changed(now: str = "running", **fields: object) -> ActorStateChanged:
    usual: dict[str, object] = {
        "name": "coinbase", "at_ns": AT_NS, "was": "starting", "now": now, "reason": "ready", "pid": 7,
        "restarts": 0, "delay_s": 0.0,
    }  # fmt: skip
    return ActorStateChanged(**(usual | fields))  # type: ignore[arg-type]


class Pipe:
    def __init__(self) -> None:
        read_fd, self.write_fd = os.pipe()
        self.reader: BinaryIO = open(read_fd, "rb")  # noqa: SIM115 - closed by the fixture

    def write(self, data: bytes) -> None:
        os.write(self.write_fd, data)

    def end(self) -> None:
        os.close(self.write_fd)
        self.write_fd = -1


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    if pipe.write_fd >= 0:
        pipe.end()
    pipe.reader.close()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (changed(), "20:55:40Z coinbase: running, process 7 (ready)"),
        (changed("stopped", reason=""), "20:55:40Z coinbase: stopped"),
        (
            changed("backoff", reason="killed by SIGKILL", delay_s=4.2),
            "20:55:40Z coinbase: backoff (killed by SIGKILL), next start in 4 s",
        ),
        (changed("backoff", reason="exit code 1", delay_s=0.4), "20:55:40Z coinbase: backoff (exit code 1)"),
        (changed("starting", reason="", pid=0), "20:55:40Z coinbase: starting"),
    ],
)
def test_a_change_is_one_line(change: ActorStateChanged, line: str) -> None:
    assert transition(change) == line


def test_changes_come_out_of_the_pipe_as_they_went_in_until_it_ends(pipe: Pipe) -> None:
    sent = [changed(), changed("backoff", reason="x" * 300, delay_s=1.0), changed("stopped")]
    pipe.write(b"".join(map(pack, sent)))
    pipe.end()
    assert list(changes_from(pipe.reader)) == sent


def test_they_are_printed_a_line_each(pipe: Pipe, capsys: pytest.CaptureFixture[str]) -> None:
    pipe.write(pack(changed()) + pack(changed("stopping", reason="asked to")))
    pipe.end()
    print_changes(pipe.reader)
    assert capsys.readouterr().out.splitlines() == [
        "20:55:40Z coinbase: running, process 7 (ready)",
        "20:55:40Z coinbase: stopping (asked to)",
    ]


def test_what_came_is_taken_without_waiting_and_at_the_end_all_of_it(pipe: Pipe) -> None:
    changes = Changes(pipe.reader)
    assert changes.take(whole=False) == []
    pipe.write(pack(changed()))
    taken: list[ActorStateChanged] = []

    def came() -> bool:
        taken.extend(changes.take(whole=False))
        return bool(taken)

    wait_until(came)
    assert taken == [changed()]
    assert not changes.ended
    for _ in range(50):
        pipe.write(pack(changed("stopped")))
    pipe.end()
    assert changes.take(whole=True) == [changed("stopped")] * 50
    assert changes.ended
