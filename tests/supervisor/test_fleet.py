"""Children and a fork server that fails in every way that a real one hardly can."""

import os
import select
import selectors
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from messages import ActorStateChanged, Beat, Died, encode_beat
from supervisor import event as ev
from supervisor.fleet import Fleet
from supervisor.launch import LostZygoteError
from supervisor.spec import ChildSpec, Plan
from supervisor.state import State
from supervisor.wire import Frame


class ScriptedServer:
    """Stands in for `ForkServer`: notes what is asked, says what the test wants."""

    made: list["ScriptedServer"]
    fails_to_start = False

    def __init__(self, *arguments: object) -> None:
        if self.fails_to_start:
            message = "no process could be made"
            raise LostZygoteError(message)
        self.made.append(self)
        self.sock, self.other = socket.socketpair()
        self.asked: list[tuple[str, Any]] = []
        self.children: dict[str, int] = {}
        self.to_say: list[Frame] = []
        self.refuses = False
        self.gone = False
        self.pid = 4242
        self.at_s: float | None = None

    def fileno(self) -> int:
        return self.sock.fileno()

    def fork(self, run: str, order: object, fds: list[int], now_s: float) -> None:
        self._ask("fork", run)
        self.children[run] = os.dup(fds[1])

    def signal(self, run: str, signum: int, now_s: float) -> None:
        self._ask("signal", (run, signum))

    def ping(self, now_s: float) -> None:
        self._ask("ping", None)

    def _ask(self, what: str, detail: object) -> None:
        if self.refuses:
            message = "it takes no requests"
            raise LostZygoteError(message)
        self.asked.append((what, detail))

    def say(self, **frame: Any) -> None:
        self.to_say.append(frame)
        self.other.send(b"x")

    def receive(self, now_s: float) -> list[Frame]:
        self.sock.recv(100)
        if self.gone:
            message = "the fork server died"
            raise LostZygoteError(message)
        said, self.to_say = self.to_say, []
        return said

    def deadline_s(self) -> float | None:
        return self.at_s

    def forgive(self, now_s: float) -> None:
        self.at_s = None

    def end(self, run: str) -> None:
        """The process of this run is gone: its beat socket closes."""
        os.close(self.children.pop(run))

    def kill(self) -> None:
        for run in list(self.children):
            self.end(run)
        self.sock.close()
        self.other.close()


class Stage:
    """A fleet on a scripted server."""

    def __init__(self, data_dir: Path) -> None:
        self.changes: list[ActorStateChanged] = []
        specs = [ChildSpec(name=name, start="m:f", listens=["supervisor"]) for name in ("a", "b")]
        plan = Plan(specs=specs, data_dir=data_dir, session="s", mode="sim", version="0")
        self.selector = selectors.DefaultSelector()
        self.lifeline = os.pipe()
        self.fleet = Fleet(
            plan,
            self.selector,
            self.lifeline[0],
            self.lifeline[0],
            jitter=lambda: 0.0,
            on_change=self.changes.append,
            on_beat=lambda: None,
        )

    def state(self, name: str) -> State:
        return self.fleet.members[name].child.state

    def turn(self) -> None:
        """Handle everything that waits to be read."""
        while ready := self.selector.select(0):
            for key, _ in ready:
                if key.fd in self.selector.get_map():
                    key.data()

    def close(self) -> None:
        self.fleet.close()
        self.selector.close()
        for fd in self.lifeline:
            os.close(fd)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    ScriptedServer.made = []
    monkeypatch.setattr("supervisor.fleet.ForkServer", ScriptedServer)
    stage = Stage(tmp_path)
    yield stage
    stage.close()


def start_both(stage: Stage) -> ScriptedServer:
    for number, name in enumerate("ab"):
        stage.fleet.give(name, ev.Start())
        server = ScriptedServer.made[0]
        server.say(say="done", run=f"{name}#1", pid=100_000_000 + number)
        os.write(server.children[f"{name}#1"], encode_beat(Beat(ready=True, fresh=True)))
    stage.turn()
    assert {stage.state(name) for name in "ab"} == {State.RUNNING}
    return server


def test_a_fork_that_is_refused_is_a_death_with_its_reason(stage: Stage) -> None:
    stage.fleet.give("a", ev.Start())
    server = ScriptedServer.made[0]
    server.end("a#1")
    server.say(say="done", run="a#1", error="no process could be made for it")
    stage.turn()
    assert stage.state("a") is State.BACKOFF
    assert stage.fleet.members["a"].child.last_error == "no process could be made for it"


def test_a_fork_server_that_cannot_be_started_is_a_death_of_who_needed_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScriptedServer, "fails_to_start", True)
    stage.fleet.give("a", ev.Start())
    assert stage.state("a") is State.BACKOFF
    assert stage.state("b") is State.STOPPED


def lose_by_silence(server: ScriptedServer, stage: Stage) -> None:
    server.at_s = 0.0
    stage.fleet.tick()


def lose_by_death(server: ScriptedServer, stage: Stage) -> None:
    server.gone = True
    server.say()
    stage.turn()


def lose_by_refusal(server: ScriptedServer, stage: Stage) -> None:
    server.refuses = True
    stage.fleet.give("a", ev.Restart())


@pytest.mark.parametrize("lose", [lose_by_silence, lose_by_death, lose_by_refusal])
def test_a_lost_fork_server_ends_its_children_and_a_new_one_makes_new_ones(
    stage: Stage, lose: Callable[[ScriptedServer, Stage], None]
) -> None:
    lose(start_both(stage), stage)
    stage.turn()
    stage.fleet.tick()
    assert len(ScriptedServer.made) == 2
    assert {stage.state(name) for name in "ab"} == {State.STARTING}
    assert sorted(ScriptedServer.made[1].children) == ["a#2", "b#2"]


def test_a_child_of_a_lost_fork_server_has_ended_only_when_its_socket_has_closed(stage: Stage) -> None:
    server = start_both(stage)
    kept_fd = os.dup(server.children["a#1"])
    lose_by_silence(server, stage)
    stage.turn()
    assert (stage.state("a"), stage.state("b")) == (State.RUNNING, State.BACKOFF)
    os.close(kept_fd)
    stage.turn()
    assert stage.state("a") is State.BACKOFF


def test_a_child_whose_socket_closed_before_the_fork_server_was_lost_has_ended_with_it(stage: Stage) -> None:
    server = start_both(stage)
    server.end("a#1")
    stage.turn()
    assert server.asked[-1] == ("ping", None)
    assert stage.state("a") is State.RUNNING
    lose_by_silence(server, stage)
    assert stage.state("a") is State.BACKOFF


def test_a_late_word_about_an_earlier_run_says_nothing_about_this_one(stage: Stage) -> None:
    server = start_both(stage)
    os.write(server.children["a#1"], encode_beat(Died("why", "venue")))
    server.end("a#1")
    server.say(say="exited", run="a#1", code=1)
    stage.turn()
    assert stage.fleet.members["a"].child.last_error == "why"
    stage.fleet.tick()
    assert stage.state("a") is State.STARTING
    for run in ("a#1", "nobody#1", ""):
        server.say(say="exited", run=run, code=1)
    stage.turn()
    assert stage.state("a") is State.STARTING


def test_who_listens_to_a_log_is_rung(stage: Stage) -> None:
    bells = stage.fleet.doorbells_of_listeners("supervisor")
    assert len(bells) == 2
    assert stage.fleet.doorbells_of_listeners("a") == []
    os.write(bells[0], (1).to_bytes(8, "little"))
    doorbell = stage.fleet.members["a"].doorbell
    assert doorbell is not None
    assert select.select([doorbell.read_fd], [], [], 0)[0]
