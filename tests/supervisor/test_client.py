"""The client that the command uses."""

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from supervisor import NoAnswerError, NotRunningError, ask, wait_until_stopped, watch
from tests.supervisor.conftest import Host, child


def answer_with(data_dir: Path, serve: Callable[[socket.socket], None]) -> threading.Thread:
    """Stand in for a supervisor: take one connection and do that with it."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(data_dir / "control.sock"))
    listener.listen()

    def work() -> None:
        with listener:
            connection, _ = listener.accept()
            with connection:
                serve(connection)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_nobody_there_is_not_running(tmp_path: Path) -> None:
    with pytest.raises(NotRunningError):
        ask(tmp_path, {"cmd": "status"})
    with pytest.raises(NotRunningError):
        next(watch(tmp_path))


def test_a_socket_left_by_a_killed_one_is_not_running(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "control.sock"))
    (tmp_path / "instance.json").write_text(json.dumps({"socket": str(tmp_path / "control.sock")}))
    with pytest.raises(NotRunningError):
        ask(tmp_path, {"cmd": "status"})


def test_no_answer_in_time_is_told(tmp_path: Path) -> None:
    ended = threading.Event()
    thread = answer_with(tmp_path, lambda _: (ended.wait(10), None)[1])
    with pytest.raises(NoAnswerError, match="did not answer"):
        ask(tmp_path, {"cmd": "status"}, timeout_s=0.05)
    ended.set()
    thread.join()


@pytest.mark.parametrize("answer", [b"", b"{half", b"\n"])
def test_an_answer_that_is_none_is_told(tmp_path: Path, answer: bytes) -> None:
    thread = answer_with(tmp_path, lambda connection: connection.sendall(answer))
    with pytest.raises(NoAnswerError):
        ask(tmp_path, {"cmd": "status"})
    thread.join()


def test_watching_goes_on_until_the_end(host: Host) -> None:
    host.start(child("a"))
    statuses = watch(host.data_dir)
    while next(statuses)["actors"][0]["state"] != "running":
        continue
    host.send(cmd="stop")
    assert list(statuses)[-1]["actors"][0]["state"] == "stopped"
    assert wait_until_stopped(host.data_dir, 5.0)


def test_waiting_for_the_end_has_an_end(host: Host) -> None:
    host.start(child("a"))
    assert not wait_until_stopped(host.data_dir, 0.05)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"cmd": "restart"}, "say which"),
        ({"cmd": "restart", "names": ["nobody"]}, "there is no actor 'nobody'; there are a, b"),
        ({"cmd": "stop", "names": ["nobody"]}, "nobody"),
        ({"cmd": "explode"}, "explode"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    host: Host, request_: dict[str, object], said: str
) -> None:
    host.start(child("a"), child("b"))
    reply = ask(host.data_dir, request_)
    assert reply["ok"] is False
    assert said in reply["error"]
    assert all(actor["restarts"] == 0 for actor in host.status()["actors"])
