"""The wire itself: HTTP and WebSocket on one port."""

import socket

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from simulator.main import Running, running_simulator
from simulator.settings import KalshiSettings, Settings
from tests.simulator.kalshi.client import STREAM

OPEN = KalshiSettings(require_key=False)


def _raw(sim: Running, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", sim.ports["kalshi"])) as wire:
        wire.sendall(request)
        wire.shutdown(socket.SHUT_WR)
        data = b""
        while chunk := wire.recv(65536):
            data += chunk
        return data


def test_one_connection_serves_many_gets() -> None:
    with running_simulator(Settings(ports={"kalshi": 0})) as sim:
        with socket.create_connection(("127.0.0.1", sim.ports["kalshi"])) as wire:
            for _ in range(3):
                wire.sendall(b"GET /_sim/state HTTP/1.1\r\nHost: x\r\n\r\n")
                assert b"keep-alive" in wire.recv(65536)
        closing = _raw(sim, b"GET /_sim/state HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"Connection: close" in closing


def test_nonsense_on_the_port_is_answered_and_harms_nobody() -> None:
    with running_simulator(Settings(ports={"kalshi": 0}, kalshi=OPEN)) as sim:
        assert _raw(sim, b"\x16\x03\x01 not http at all\r\n\r\n").startswith((b"HTTP/1.1 400", b""))
        assert b"405" in _raw(sim, b"POST /x HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"101" not in _raw(sim, f"GET {STREAM} HTTP/1.1\r\nUpgrade: websocket\r\n\r\n".encode())
        with connect(sim.stream_urls["kalshi"] + STREAM) as stream:
            stream.send('{"id":1,"cmd":"list_subscriptions"}')
            assert '"id":1' in str(stream.recv(5))


def test_a_wrong_stream_path_gives_404() -> None:
    with running_simulator(Settings(ports={"kalshi": 0}, kalshi=OPEN)) as sim:
        with pytest.raises(InvalidStatus) as refused:
            connect(sim.stream_urls["kalshi"] + "/elsewhere")
        assert refused.value.response.status_code == 404


def test_commands_in_fragments_are_put_together() -> None:
    settings = Settings(ports={"kalshi": 0}, kalshi=OPEN)
    with running_simulator(settings) as sim, connect(sim.stream_urls["kalshi"] + STREAM) as stream:
        stream.send(['{"id":7,', '"cmd":"list_', 'subscriptions"}'])
        assert '"id":7' in str(stream.recv(5))


def test_frames_are_compressed_where_both_sides_agree() -> None:
    for compression in (False, True):
        settings = Settings(ports={"kalshi": 0}, kalshi=OPEN, compression=compression)
        with running_simulator(settings) as sim, connect(sim.stream_urls["kalshi"] + STREAM) as stream:
            assert bool(stream.protocol.extensions) is compression
            for n in range(1, 30):
                stream.send(f'{{"id":{n},"cmd":"list_subscriptions"}}')
                assert f'"id":{n},' in str(stream.recv(5))


def test_streams_are_told_when_the_simulator_goes_away() -> None:
    with running_simulator(Settings(ports={"kalshi": 0}, kalshi=OPEN)) as sim:
        stream = connect(sim.stream_urls["kalshi"] + STREAM)
    with stream:
        stream.close()
        assert stream.close_code == 1001
