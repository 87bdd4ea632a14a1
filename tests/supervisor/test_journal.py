"""The supervisor's own log."""

import select
from dataclasses import replace
from pathlib import Path

import pytest

from messages import ActorStarted, ActorStateChanged, ActorStopped
from messages.doorbell import Doorbell
from messages.log import LogReader
from supervisor.journal import Journal
from supervisor.spec import ChildSpec, Plan

CHANGE = ActorStateChanged("a", 5, "running", "backoff", "why", 7, 1, 2.0)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    spec = ChildSpec(name="a", start="m:f")
    return Plan(specs=[spec], data_dir=tmp_path, session="s", mode="sim", version="0")


def test_it_says_when_it_began_what_happened_and_when_it_ended(plan: Plan) -> None:
    journal = Journal(plan, [])
    journal.note(CHANGE)
    journal.close("told to")
    reader = LogReader(plan.data_dir / "log" / "supervisor")
    reader.seek_start()
    said = [record.message() for record in reader.read(10)]
    reader.close()
    assert [type(message) for message in said] == [ActorStarted, ActorStateChanged, ActorStopped]
    assert said[1] == CHANGE
    assert journal.lost == 0


def test_its_listeners_are_woken(plan: Plan) -> None:
    bell = Doorbell.create()
    journal = Journal(plan, [bell.ring_fd])
    bell.clear()
    journal.note(CHANGE)
    assert select.select([bell.read_fd], [], [], 0)[0]
    journal.close("")
    bell.close()


def test_a_log_that_cannot_be_written_is_counted_and_tried_again(plan: Plan) -> None:
    full = replace(plan, log={"least_free_bytes": 1 << 62})
    journal = Journal(full, [])
    journal.note(CHANGE)
    assert journal.lost == 2
    assert journal.trouble
    journal.close("")


def test_a_log_whose_folder_cannot_be_made_comes_alive_when_it_can(plan: Plan) -> None:
    obstacle = plan.data_dir / "log"
    obstacle.touch()
    journal = Journal(plan, [])
    assert journal.lost == 1
    obstacle.unlink()
    journal.note(CHANGE)
    assert (journal.lost, journal.trouble) == (1, "")
    journal.close("")
