"""The simulator as a whole: as an actor, in a thread, with its journal."""

import json
import os
import socket
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
from websockets.sync.client import connect

from messages.control import Assignment, Beat
from simulator import main
from simulator.faults import FaultError
from simulator.settings import VENUES, KalshiSettings, Settings
from tests.simulator.kalshi.client import STREAM, Stream


def test_every_venue_has_its_port_and_answers_control() -> None:
    with main.running_simulator(Settings()) as sim, requests.Session() as http:
        assert set(sim.urls) == set(VENUES)
        for name, url in sim.urls.items():
            state = http.get(f"{url}/_sim/state", timeout=5).json()
            assert (state["venue"], state["paused"]) == (name, False)
            assert http.get(f"{url}/_sim/books", timeout=5).json()["venue"] == name
            assert http.get(f"{url}/_sim/nonsense", timeout=5).status_code == 404
            assert http.post(f"{url}/_sim/books", timeout=5).status_code == 405


def test_a_restart_takes_the_same_port_again_while_old_connections_linger() -> None:
    with main.running_simulator(Settings(ports={"kalshi": 0})) as sim:
        port = sim.ports["kalshi"]
        lingering = socket.create_connection(("127.0.0.1", port))
        lingering.sendall(b"GET /_sim/state HTTP/1.1\r\nHost: x\r\n\r\n")
        assert lingering.recv(100).startswith(b"HTTP/1.1 200")
    with main.running_simulator(Settings(ports={"kalshi": port})) as sim:
        assert sim.ports["kalshi"] == port
    lingering.close()


def test_a_taken_port_and_a_wrong_fault_are_raised_to_the_caller() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with (
            pytest.raises(OSError, match="in use"),
            main.running_simulator(Settings(ports={"kalshi": taken.getsockname()[1]})),
        ):
            pass
    with (
        pytest.raises(FaultError, match="not known"),
        main.running_simulator(Settings(ports={"kalshi": 0}, faults=["sulk:kalshi:"])),
    ):
        pass


def test_impossible_settings_are_refused_in_words() -> None:
    for wrong, words in (
        ({"speed": 0.5}, "between 1 and 900"),
        ({"rate": 0}, "above 0"),
        ({"ports": {"mtgox": 0}}, "known venues"),
        ({"ports": {"kalshi": 70000}}, "between 0 and 65535"),
        ({"kalshi": {"read_tokens_per_s": 0}}, "above 0"),
        ({"colour": "blue"}, "unknown field"),
    ):
        with pytest.raises(msgspec.ValidationError, match=words):
            msgspec.convert(wrong, Settings)


def test_as_an_actor_it_beats_and_stops_when_told(tmp_path: Path, eventually: Any) -> None:
    ours, theirs = socket.socketpair()
    stop = threading.Event()
    settings: dict[str, Any] = {"ports": {"kalshi": 0}, "speed": 60}
    assignment = Assignment("simulator", "test", str(tmp_path), settings, beat_fd=theirs.fileno())
    actor = threading.Thread(target=main.start, args=(assignment, stop))
    with ours, theirs:
        actor.start()
        lines = b""
        while lines.count(b"\n") < 3:
            lines += ours.recv(65536)
        stop.set()
        actor.join(10)
        assert not actor.is_alive()
    beats = [msgspec.json.decode(line, type=Beat) for line in lines.splitlines()[:3]]
    assert all(beat.ready and beat.fresh for beat in beats)
    assert beats[0].detail["urls"]["kalshi"].startswith("http://127.0.0.1:")


def test_the_journal_has_what_went_out_in_order(tmp_path: Path) -> None:
    settings = Settings(
        ports={"kalshi": 0},
        journal=str(tmp_path / "journal"),
        rate=6000.0,
        kalshi=KalshiSettings(require_key=False),
        faults=["repeat:kalshi:count=2,after_s=0.2"],
    )
    received: list[str | bytes] = []
    with (
        main.running_simulator(settings) as sim,
        connect(sim.stream_urls["kalshi"] + STREAM, max_queue=None) as socket_,
    ):
        stream = Stream(socket_)
        stream.command("subscribe", channels=["trade", "cfbenchmarks_value_5hz"], index_ids=["BRTI"])
        while len(received) < 100:
            received.append(socket_.recv(10))
        local = "{}:{}".format(*socket_.local_address[:2])
    journal = (tmp_path / "journal" / "kalshi-1.jsonl").read_text()
    lines = [json.loads(line) for line in journal.splitlines()]
    assert (lines[0]["peer"], lines[0]["path"]) == (local, STREAM)
    assert lines[-1]["closed"] == 1000
    texts = [line["text"] for line in lines[1:-1]]
    assert texts[:100] == received
    assert os.listdir(tmp_path / "journal") == ["kalshi-1.jsonl"]
