import json
from pathlib import Path

import pytest

from actors.outbox import Outbox
from messages import ActorStarted, ActorStopped, DriftSeen
from messages.doorbell import Doorbell
from messages.errors import DiskFullError
from tests.actors.shells import assignment, records, said

DRIFT = DriftSeen("x", 0, "type", "a", 1)


def rings(bell: Doorbell) -> bool:
    import select

    return bool(select.select([bell.read_fd], [], [], 0)[0])


def test_what_is_said_is_in_the_log_before_the_bell_rings(tmp_path: Path) -> None:
    bell = Doorbell.create()
    outbox = Outbox(assignment(tmp_path, ring_fds=[bell.ring_fd]))
    outbox.open()
    bell.clear()
    outbox.record([DRIFT], 1)
    assert not rings(bell)
    assert outbox.say([DRIFT], 2) == 3
    assert rings(bell)
    assert len(said(tmp_path, DriftSeen)) == 2
    outbox.close("done", "none")
    bell.close()


def test_a_run_is_framed_by_started_and_stopped(tmp_path: Path) -> None:
    outbox = Outbox(assignment(tmp_path))
    outbox.open()
    outbox.close("done", "none")
    (_, first), (_, last) = records(tmp_path)
    assert isinstance(first, ActorStarted)
    assert json.loads(first.settings) == {"a": 1}
    assert isinstance(last, ActorStopped)
    assert last.reason == "done"


def test_a_disk_without_room_is_refused_loudly(tmp_path: Path) -> None:
    outbox = Outbox(assignment(tmp_path, log={"least_free_bytes": 2**62}))
    with pytest.raises(DiskFullError):
        outbox.open()
    with pytest.raises(DiskFullError):
        outbox.close("", "none")
    assert records(tmp_path) == []
