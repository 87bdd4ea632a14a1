"""Frames and descriptors between supervisor and fork server."""

import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.wire import Frame, Inbox, pack, send

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


FRAMES = st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=50), max_size=3), max_size=10)


@given(FRAMES, st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_frames_arrive_whole_and_in_order_however_the_stream_is_cut(
    frames: list[dict[str, str]], cuts: list[int]
) -> None:
    frames = [frame for frame in frames if "fds" not in frame]
    data = b"".join(map(pack, frames))
    inbox, arrived, index = Inbox(), [], 0
    ours, theirs = socket.socketpair()
    with ours, theirs:
        while data:
            size = cuts[index % len(cuts)]
            index += 1
            ours.sendall(data[:size])
            data = data[size:]
            arrived += inbox.receive(theirs)
    assert arrived == [(frame, []) for frame in frames]


def test_descriptors_arrive_with_their_own_frame(pair: Pair) -> None:
    ours, theirs = pair
    pipes = [os.pipe() for _ in range(3)]
    send(ours, {"n": 0})
    send(ours, {"n": 1}, [pipes[0][0]])
    send(ours, {"n": 2})
    send(ours, {"n": 3}, [pipes[1][0], pipes[2][0]])
    inbox = Inbox()
    arrived: list[tuple[Frame, list[int]]] = []
    while len(arrived) < 4:
        arrived += inbox.receive(theirs)
    assert [(frame["n"], len(fds)) for frame, fds in arrived] == [(0, 0), (1, 1), (2, 0), (3, 2)]
    for number, (_, fds) in enumerate([arrived[1], arrived[3]]):
        os.write(pipes[number][1], b"x")
        assert os.read(fds[0], 1) == b"x"
    for fd in [fd for pipe in pipes for fd in pipe] + [fd for _, fds in arrived for fd in fds]:
        os.close(fd)


def test_a_closed_end_is_an_end(pair: Pair) -> None:
    ours, theirs = pair
    ours.close()
    with pytest.raises(EOFError):
        Inbox().receive(theirs)


def send_until_full(sock: socket.socket) -> None:
    for _ in range(100):
        send(sock, {"long": "x" * 100_000})


def test_a_reader_that_does_not_read_blocks_nobody(pair: Pair) -> None:
    ours, _ = pair
    ours.setblocking(False)
    with pytest.raises(BlockingIOError):
        send_until_full(ours)
