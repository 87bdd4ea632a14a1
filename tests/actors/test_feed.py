import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socketpair

import pytest
from websockets.sync.server import ServerConnection

from actors.actor import Ending
from actors.errors import ActorsError, FrameError, NetworkError
from actors.feed import run_feed
from messages import (
    ActorStarted,
    ActorStopped,
    DriftSeen,
    FeedClosed,
    FeedGap,
    FeedHealth,
    FeedOpened,
    FrameReceived,
)
from tests.actors.servers import rest_server, stream_server
from tests.actors.shells import Echo, assignment, beats, records, said
from tests.conftest import wait_until


class Running:
    """A feed in a thread of the test's process, and what it died of."""

    def __init__(self, data_dir: Path, adapter: Echo, beat_fd: int = -1) -> None:
        self.stop = threading.Event()
        self.error: BaseException | None = None
        self._given = (assignment(data_dir, beat_fd=beat_fd), self.stop, adapter)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            run_feed(*self._given)
        except ActorsError as error:
            self.error = error

    def end(self) -> None:
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@contextmanager
def running(data_dir: Path, adapter: Echo, beat_fd: int = -1) -> Iterator[Running]:
    feed = Running(data_dir, adapter, beat_fd)
    try:
        yield feed
    finally:
        feed.end()


def talker(*frames: str) -> Callable[[ServerConnection], None]:
    def handler(connection: ServerConnection) -> None:
        connection.recv()
        for frame in frames:
            connection.send(frame)
        for _ in connection:
            pass

    return handler


def test_each_frame_is_in_the_log_raw_and_before_what_the_adapter_says_of_it(tmp_path: Path) -> None:
    with stream_server(talker("a", "b", "c")) as url, running(tmp_path, Echo(url)):
        wait_until(lambda: len(said(tmp_path, DriftSeen)) == 3)
    raw = {seq: message.data for seq, message in records(tmp_path) if isinstance(message, FrameReceived)}
    for seq, message in records(tmp_path):
        if isinstance(message, DriftSeen):
            assert message.count < seq
            assert raw[message.count] == message.name.encode()
    assert [message.data for message in said(tmp_path, FrameReceived) if message.source == "ws"] == [
        b"a",
        b"b",
        b"c",
    ]


def test_a_run_begins_with_started_and_ends_with_closed_and_stopped(tmp_path: Path) -> None:
    with stream_server(talker("a")) as url, running(tmp_path, Echo(url)):
        wait_until(lambda: said(tmp_path, DriftSeen))
    everything = [message for _, message in records(tmp_path)]
    assert isinstance(everything[0], ActorStarted)
    assert isinstance(everything[-2], FeedClosed)
    assert isinstance(everything[-1], ActorStopped)
    assert everything[-2].fault == "none"
    opened = said(tmp_path, FeedOpened)[0]
    assert (opened.mode, opened.conn, opened.url) == ("stream", 1, url)
    assert opened.local.startswith("127.0.0.1:")


def test_a_frame_that_cannot_be_read_ends_the_feed_and_is_in_the_log(tmp_path: Path) -> None:
    with stream_server(talker("good", "bad", "never")) as url, running(tmp_path, Echo(url)) as feed:
        feed.thread.join(10)
    assert isinstance(feed.error, FrameError)
    assert b"bad" in [message.data for message in said(tmp_path, FrameReceived)]
    assert [message.name for message in said(tmp_path, DriftSeen)] == ["good"]
    assert said(tmp_path, FeedClosed)[0].fault == "venue"
    assert "it says so" in said(tmp_path, ActorStopped)[0].reason


def test_a_closed_connection_ends_the_feed_after_its_last_frame(tmp_path: Path) -> None:
    def handler(connection: ServerConnection) -> None:
        connection.recv()
        connection.send("last")
        connection.close(1012, "restart")

    with stream_server(handler) as url, running(tmp_path, Echo(url)) as feed:
        feed.thread.join(10)
    assert isinstance(feed.error, NetworkError)
    assert [message.name for message in said(tmp_path, DriftSeen)] == ["last"]
    assert "1012 restart" in said(tmp_path, FeedClosed)[0].reason


def test_the_interval_between_two_connections_is_a_recorded_gap(tmp_path: Path) -> None:
    for count in (1, 2, 3):
        with stream_server(talker("a")) as url, running(tmp_path, Echo(url)):
            wait_until(lambda count=count: len(said(tmp_path, DriftSeen)) == count)  # type: ignore[misc]
    gaps = said(tmp_path, FeedGap)
    assert [gap.conn for gap in gaps] == [1, 2, 3]
    assert gaps[0].from_ns == 0
    received = [message for message in said(tmp_path, FrameReceived) if message.source == "ws"]
    frames = {conn: [message.recv_ns for message in received if message.conn == conn] for conn in (1, 2, 3)}
    assert gaps[1].from_ns == frames[1][-1]
    assert gaps[1].to_ns == frames[2][0]
    assert gaps[2].from_ns == frames[2][-1]
    assert gaps[1].reason == "asked to stop"


def test_rest_replies_are_logged_with_their_path_and_status_and_reach_the_adapter(tmp_path: Path) -> None:
    with rest_server(lambda path: (429, path.encode(), {"Retry-After": "3"})) as rest_url:
        adapter = Echo(None, rest_url)
        with running(tmp_path, adapter):
            wait_until(lambda: "first 429 /first?x=1 3" in adapter.log)
    frame = said(tmp_path, FrameReceived)[0]
    assert (frame.source, frame.data) == ("GET /first?x=1 429", b"/first?x=1")
    assert said(tmp_path, FeedOpened)[0].mode == "poll"


def test_a_rest_venue_out_of_reach_comes_back_as_status_zero(tmp_path: Path) -> None:
    adapter = Echo(None)
    with running(tmp_path, adapter):
        wait_until(lambda: any(line.startswith("first 0 ") for line in adapter.log))


def test_health_and_beats_say_fresh_or_why_not(tmp_path: Path) -> None:
    ours, theirs = socketpair()
    with ours, theirs, stream_server(talker("a")) as url:
        with running(tmp_path, Echo(url, fresh=False), theirs.fileno()):
            wait_until(lambda: said(tmp_path, FeedHealth) and said(tmp_path, DriftSeen))
        got = beats(ours)
    assert said(tmp_path, FeedHealth)[0].reason == "told so"
    assert got
    assert {(beat["fresh"], beat["why_not"]) for beat in got} == {(False, "told so")}


def test_a_change_of_freshness_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actors.feed.HEALTH_S", 3600.0)
    with stream_server(talker("a")) as url:
        adapter = Echo(url, fresh=False)
        with running(tmp_path, adapter):
            for count, fresh in enumerate((False, True, False, True), 1):
                adapter.fresh = fresh
                wait_until(lambda count=count: len(said(tmp_path, FeedHealth)) == count)  # type: ignore[misc]
    assert [health.fresh for health in said(tmp_path, FeedHealth)] == [False, True, False, True]


def test_nobody_there_ends_the_feed_with_a_network_error(tmp_path: Path) -> None:
    with running(tmp_path, Echo("ws://127.0.0.1:1/")) as feed:
        feed.thread.join(10)
    assert isinstance(feed.error, NetworkError)
    assert said(tmp_path, FeedClosed)[0].fault == "network"


def test_the_round_trip_of_our_own_ping_reaches_the_adapter(tmp_path: Path) -> None:
    with stream_server(talker("a")) as url:
        adapter = Echo(url)
        with running(tmp_path, adapter):
            wait_until(lambda: "round trip" in adapter.log)


def test_a_ping_of_the_venue_reaches_the_adapter(tmp_path: Path) -> None:
    def handler(connection: ServerConnection) -> None:
        connection.ping().wait(5)
        for _ in connection:
            pass

    with stream_server(handler) as url:
        adapter = Echo(url)
        with running(tmp_path, adapter):
            wait_until(lambda: "pinged" in adapter.log)


def test_we_ping_as_often_as_the_handshake_says(tmp_path: Path) -> None:
    with stream_server(talker("a")) as url:
        rarely, often = Echo(url), Echo(url, ping_s=0.1)
        with running(tmp_path / "often", often), running(tmp_path / "rarely", rarely):
            wait_until(lambda: often.log.count("round trip") >= 5)
    assert rarely.log.count("round trip") <= 1


def test_a_venue_that_may_not_answer_pings_is_sent_none(tmp_path: Path) -> None:
    with stream_server(talker("a")) as url:
        never, often = Echo(url, ping_s=0.0), Echo(url, ping_s=0.1)
        with running(tmp_path / "never", never), running(tmp_path / "often", often):
            wait_until(lambda: often.log.count("round trip") >= 5)
    assert "round trip" not in never.log


def test_an_ending_is_noted_once_and_frees_who_waits() -> None:
    stop = threading.Event()
    ending = Ending(stop)
    ending.note(None)
    assert stop.is_set()
    assert ending.ended.is_set()


@pytest.mark.parametrize("batch", [1, 5000])
def test_no_frame_is_lost_or_doubled_under_a_burst(tmp_path: Path, batch: int) -> None:
    with stream_server(talker(*(str(i) for i in range(batch)))) as url, running(tmp_path, Echo(url)):
        wait_until(lambda: len(said(tmp_path, DriftSeen)) == batch, 20)
    raw = [message.data for message in said(tmp_path, FrameReceived) if message.source == "ws"]
    assert raw == [str(i).encode() for i in range(batch)]
