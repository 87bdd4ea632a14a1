"""The control socket against slow, rude and many clients."""

import json
import selectors
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from supervisor import control
from supervisor.control import Control, RefusedError
from tests.conftest import wait_until


class Served:
    """A Control in a loop of its own, in a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.done: list[tuple[str, list[str]]] = []
        self.padding = ""
        self.made = 0
        self._ended = threading.Event()
        self._selector = selectors.DefaultSelector()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen()
        listener.setblocking(False)
        self.control = Control(listener, self._selector, self._carry_out, self._status)
        self._thread = threading.Thread(target=self._loop)
        self._thread.start()

    def _carry_out(self, command: str, names: list[str]) -> dict[str, Any]:
        if command == "refuse":
            message = "no"
            raise RefusedError(message)
        self.done.append((command, names))
        return {"names": names}

    def _status(self) -> dict[str, Any]:
        self.made += 1
        return {"number": self.made, "padding": self.padding}

    def _loop(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(0.01):
                key.data()
            self.control.tick()

    def connect(self) -> socket.socket:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(5)
        client.connect(str(self.path))
        return client

    def ask(self, line: bytes) -> Any:
        with self.connect() as client, client.makefile("rb") as stream:
            client.sendall(line + b"\n")
            return json.loads(stream.readline())

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self.control.close()
        self._selector.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "s")
    yield served
    served.close()


def test_a_request_is_carried_out_and_answered(served: Served) -> None:
    assert served.ask(b'{"cmd": "restart", "names": ["a"]}') == {"ok": True, "names": ["a"]}
    assert served.done == [("restart", ["a"])]


def test_a_refusal_is_one_sentence(served: Served) -> None:
    assert served.ask(b'{"cmd": "refuse"}') == {"ok": False, "error": "no"}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nonsense",
        b"\xff",
        b"[]",
        b"{}",
        b'{"cmd": 1}',
        b'{"cmd": "stop", "names": "a"}',
        b'{"cmd": "stop", "names": [1]}',
        b"[" * 50_000,
    ],
)
def test_nonsense_is_answered_and_does_nothing(served: Served, line: bytes) -> None:
    reply = served.ask(line)
    assert reply["ok"] is False
    assert reply["error"]
    assert served.done == []


def test_several_requests_on_one_connection_are_answered_in_order(served: Served) -> None:
    with served.connect() as client, client.makefile("rb") as stream:
        client.sendall(b'{"cmd": "a"}\n{"cmd": "status"}\n{"cmd"')
        assert json.loads(stream.readline()) == {"ok": True, "names": []}
        assert json.loads(stream.readline())["status"]["number"] == 1
        client.sendall(b': "refuse"}\n')
        assert json.loads(stream.readline())["ok"] is False


def test_a_watcher_hears_now_and_at_changes(served: Served) -> None:
    with served.connect() as client, client.makefile("rb") as stream:
        client.sendall(b'{"cmd": "watch"}\n')
        assert json.loads(stream.readline())["status"]["number"] == 1
        for number in (2, 3):
            served.control.changed()
            assert json.loads(stream.readline())["status"]["number"] == number


def test_a_watcher_that_does_not_read_gets_fewer_and_blocks_nobody(served: Served) -> None:
    served.padding = "x" * 300_000
    with served.connect() as slow, served.connect() as quick, quick.makefile("rb") as stream:
        slow.sendall(b'{"cmd": "watch"}\n')
        quick.sendall(b'{"cmd": "watch"}\n')
        for _ in range(4):
            assert stream.readline()
            served.control.changed()
        held = [len(client.unsent) for client in served.control._clients]
        assert max(held) < 2 * 300_100


def send_until_cut_off(client: socket.socket, data: bytes) -> None:
    for _ in range(100_000):
        client.sendall(data)


def test_a_request_without_an_end_is_cut_off(served: Served) -> None:
    with served.connect() as client, pytest.raises(OSError, match=r"Broken pipe|reset"):
        send_until_cut_off(client, b"x" * 100_000)
    assert served.ask(b'{"cmd": "status"}')["ok"]


def test_who_asks_on_without_taking_the_answers_is_cut_off(served: Served) -> None:
    served.padding = "x" * 10_000
    with served.connect() as client, pytest.raises(OSError, match=r"Broken pipe|reset"):
        send_until_cut_off(client, b'{"cmd": "status"}\n' * 100)
    wait_until(lambda: not served.control._clients)
    assert served.ask(b'{"cmd": "status"}')["ok"]


def test_who_asks_nothing_is_dropped(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "REQUEST_LIMIT_S", 0.05)
    with served.connect() as client:
        assert client.recv(1) == b""


def test_more_clients_than_allowed_are_sent_away_and_the_others_served(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "MOST_CLIENTS", 2)
    with served.connect() as first, served.connect(), served.connect() as third:
        assert third.recv(1) == b""
        first.sendall(b'{"cmd": "status"}\n')
        assert first.recv(10)


def test_a_client_that_goes_away_at_once_leaves_nothing(served: Served) -> None:
    for _ in range(50):
        client = served.connect()
        client.sendall(b'{"cmd": "watch"}\n')
        client.close()
    served.control.changed()
    wait_until(lambda: not served.control._clients)
