import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest
from websockets.sync.server import ServerConnection, serve
from websockets.utils import accept_key

from actors.adapter import Handshake
from actors.errors import AddressRefusedError, ConfigurationError, NetworkError, RefusedError, VenueError
from actors.link import Link, retry_after_s
from tests.actors.servers import rest_server, stream_server
from tests.conftest import wait_until


def collect(link: Link, count: int) -> list[bytes]:
    out: list[bytes] = []
    wait_until(lambda: out.extend(link.receive()) or len(out) >= count, 5)  # type: ignore[func-returns-value]
    return out


def test_frames_arrive_whole_and_in_order_however_many_come_at_once() -> None:
    sent = [f"frame {i}" * (i % 50) + "." for i in range(5000)]

    def handler(connection: ServerConnection) -> None:
        for text in sent:
            connection.send(text)
        connection.recv()

    with stream_server(handler) as url:
        link = Link(Handshake(url), 5, "venue")
        assert collect(link, 5000) == [text.encode() for text in sent]
        link.close()


def test_a_fragmented_message_comes_out_as_one() -> None:
    def handler(connection: ServerConnection) -> None:
        connection.send(["one ", "two ", "three"])
        connection.send("after")
        connection.recv()

    with stream_server(handler) as url:
        link = Link(Handshake(url), 5, "venue")
        assert collect(link, 2) == [b"one two three", b"after"]
        link.close()


def test_a_frame_far_above_one_mebibyte_is_taken() -> None:
    def handler(connection: ServerConnection) -> None:
        connection.send("x" * 5_000_000)
        connection.recv()

    with stream_server(handler) as url:
        link = Link(Handshake(url), 5, "venue")
        assert len(collect(link, 1)[0]) == 5_000_000
        link.close()


def test_frames_that_come_with_the_handshake_answer_are_not_slept_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            connection, _ = server.accept()
            request = b""
            while b"\r\n\r\n" not in request:
                request += connection.recv(1000)
            key = request.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0].decode()
            head = "HTTP/1.1 101 Hello\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            head += accept_key(key)
            connection.sendall(head.encode() + b"\r\n\r\n\x81\x05early")
            connection.recv(1000)
            connection.close()

        thread = threading.Thread(target=talk)
        thread.start()
        link = Link(Handshake(f"ws://127.0.0.1:{server.getsockname()[1]}/"), 5, "venue")
        assert link.pending
        assert link.receive() == [b"early"]
        assert not link.pending
        link.close()
        thread.join()


def test_what_is_sent_arrives_and_headers_are_shown_at_the_handshake() -> None:
    got: list[str] = []

    def handler(connection: ServerConnection) -> None:
        assert connection.request is not None
        got.append(connection.request.headers["X-Key"])
        got.append(str(connection.recv()))

    with stream_server(handler) as url:
        link = Link(Handshake(url, {"X-Key": "abc"}), 5, "venue")
        link.send(b"hello")
        wait_until(lambda: len(got) == 2)
        link.close()
    assert got == ["abc", "hello"]


def test_pings_of_the_server_are_answered_and_our_own_are_timed() -> None:
    answered = threading.Event()

    def handler(connection: ServerConnection) -> None:
        if connection.ping().wait(5):
            answered.set()
        connection.recv()

    with stream_server(handler) as url:
        link = Link(Handshake(url), 5, "venue")
        link.ping(time.monotonic_ns())
        wait_until(lambda: link.receive() == [] and answered.is_set() and link.round_trips)
        assert 0 < link.round_trips[0] < 5_000_000_000
        assert link.pinged
        link.close()


def test_a_close_is_told_with_its_code_and_frames_before_it_are_not_lost() -> None:
    def handler(connection: ServerConnection) -> None:
        connection.send("last words")
        connection.close(4001, "enough")

    with stream_server(handler) as url:
        link = Link(Handshake(url), 5, "venue")
        assert collect(link, 1) == [b"last words"]
        with pytest.raises(NetworkError, match="4001 enough"):
            wait_until(lambda: link.receive() and False)
        link.close()


def test_a_connection_cut_without_a_close_is_a_network_error() -> None:
    def handler(connection: ServerConnection) -> None:
        connection.socket.shutdown(socket.SHUT_RDWR)

    with stream_server(handler) as url:
        link = Link(Handshake(url), 5, "venue")
        with pytest.raises(NetworkError):
            wait_until(lambda: link.receive() and False)
        link.close()


def test_nobody_listening_is_a_network_error() -> None:
    with pytest.raises(NetworkError, match=r"127\.0\.0\.1:1 cannot be reached: Connection refused$"):
        Link(Handshake("ws://127.0.0.1:1/"), 1, "venue")


def test_a_server_that_accepts_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"ws://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(NetworkError, match="did not answer the handshake"):
            Link(Handshake(url), 0.2, "venue")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, ConfigurationError),
        (403, AddressRefusedError),
        (429, RefusedError),
        (451, AddressRefusedError),
        (503, RefusedError),
    ],
)
def test_a_refused_upgrade_says_who_must_act(status: int, kind: type[Exception]) -> None:
    answer = {"Retry-After": "7"} if status == 429 else {}
    with rest_server(lambda _: (status, b"no", answer)) as url:
        with pytest.raises(kind) as caught:
            Link(Handshake(url.replace("http", "ws")), 5, "venue")
        assert getattr(caught.value, "retry_after_s", 0) == (7 if status == 429 else 0)


@pytest.mark.parametrize("status", [403, 451])
def test_a_refused_address_is_told_with_the_way_around_it(status: int) -> None:
    body = b"Service unavailable\nfrom a restricted location"
    with rest_server(lambda _: (status, body, {})) as url, pytest.raises(ConfigurationError) as caught:
        Link(Handshake(url.replace("http", "ws")), 5, "binance")
    assert str(caught.value) == (
        f"binance refuses this address or its region (HTTP {status} from {url.replace('http', 'ws')}: "
        "Service unavailable from a restricted location); `--without binance` leaves binance out"
    )


def test_with_a_key_the_key_may_be_what_is_refused() -> None:
    page = b"<html><body>The request could not be satisfied.</body></html>"
    with (
        rest_server(lambda _: (403, page, {})) as url,
        pytest.raises(ConfigurationError, match=r"its region or the key \(HTTP 403 from \S+\); "),
    ):
        Link(Handshake(url.replace("http", "ws"), {"X-Key": "abc"}), 5, "kalshi")


def test_a_server_that_is_no_websocket_server_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"ws://127.0.0.1:{server.getsockname()[1]}/"

        def talk() -> None:
            connection, _ = server.accept()
            connection.recv(1000)
            connection.sendall(b"220 mail.example.com ESMTP\r\n")
            connection.close()

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises((VenueError, NetworkError)):
            Link(Handshake(url), 5, "venue")
        thread.join()


def test_retry_after_is_read_in_seconds_only() -> None:
    assert [retry_after_s(x) for x in ("5", None, "Wed, 21 Oct 2026 07:28:00 GMT", "-1")] == [5, 0, 0, 0]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "k.pem", folder / "c.pem"
    command = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {cert} -days 2 -subj /CN=localhost"
    )
    made = subprocess.run(
        [*command.split(), "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], capture_output=True
    )
    if made.returncode:
        pytest.skip("openssl is not here")
    return key, cert


def test_half_a_tls_record_never_blocks_the_reader(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A relay passes the handshake and one frame, then half of the next TLS record, then nothing.
    key, cert = certificate
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(cert, key)
    client_context = ssl.create_default_context(cafile=str(cert))
    monkeypatch.setattr(ssl, "create_default_context", lambda: client_context)
    go = threading.Event()

    def handler(connection: ServerConnection) -> None:
        connection.send("first")
        go.wait(10)
        connection.send("second " * 1000)
        connection.recv()

    with (
        serve(handler, "127.0.0.1", 0, ssl=server_context, compression=None) as server,
        socket.create_server(("127.0.0.1", 0)) as relay,
    ):
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        cut, looked = threading.Event(), threading.Event()
        pump = threading.Thread(
            target=_relay_half, args=(relay, server.socket.getsockname()[1], go, cut, looked), daemon=True
        )
        pump.start()
        link = Link(Handshake(f"wss://127.0.0.1:{relay.getsockname()[1]}/"), 5, "venue")
        assert collect(link, 1) == [b"first"]
        go.set()
        wait_until(cut.is_set)
        assert link.receive() == []  # it returned at all; a blocked recv never would
        looked.set()
        link.close()
        pump.join()
        server.shutdown()
        thread.join()


def _relay_half(
    relay: socket.socket, port: int, go: threading.Event, cut: threading.Event, looked: threading.Event
) -> None:
    client, _ = relay.accept()
    upstream = socket.create_connection(("127.0.0.1", port))
    client.settimeout(0.05)
    upstream.settimeout(0.05)
    while not cut.is_set():
        for source, sink in ((client, upstream), (upstream, client)):
            try:
                data = source.recv(65536)
            except TimeoutError:
                continue
            if source is upstream and go.is_set():
                client.sendall(data[: len(data) // 2])
                cut.set()
                break
            sink.sendall(data)
    # Left open on purpose until the test has looked; then both ends go.
    looked.wait(10)
    client.close()
    upstream.close()
