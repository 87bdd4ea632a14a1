import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from messages.doorbell import HAS_EVENTFD, Doorbell, clear, ring


@pytest.fixture(params=["own", "portable"])
def bell(request: pytest.FixtureRequest) -> Iterator[Doorbell]:
    made = Doorbell.create() if request.param == "own" else Doorbell.create(portable=True)
    yield made
    made.close()


def rings(bell: Doorbell, timeout_s: float = 0.0) -> bool:
    return bool(select.select([bell.read_fd], [], [], timeout_s)[0])


def test_a_bell_rings_until_it_is_cleared(bell: Doorbell) -> None:
    assert not rings(bell)
    bell.ring()
    assert rings(bell)
    assert rings(bell)
    bell.clear()
    assert not rings(bell)
    bell.ring()
    assert rings(bell)


def test_clearing_a_silent_bell_is_no_error(bell: Doorbell) -> None:
    bell.clear()
    bell.clear()
    assert not rings(bell)


def test_many_rings_are_one_and_never_block(bell: Doorbell) -> None:
    for _ in range(100_000):  # more than a pipe holds
        bell.ring()
    assert rings(bell)
    bell.clear()
    assert not rings(bell)


def test_an_eventfd_at_its_limit_still_takes_rings() -> None:
    if not HAS_EVENTFD:
        pytest.skip("no eventfd here")
    bell = Doorbell.create()
    os.eventfd_write(bell.ring_fd, 2**64 - 2)
    bell.ring()
    assert rings(bell)
    bell.close()


def test_a_listener_that_is_gone_is_no_error() -> None:
    bell = Doorbell.create(portable=True)
    os.close(bell.read_fd)
    bell.ring()
    os.close(bell.ring_fd)


def test_a_ring_wakes_a_sleeper(bell: Doorbell) -> None:
    woken = threading.Event()

    def sleep() -> None:
        if rings(bell, 30):
            woken.set()

    sleeper = threading.Thread(target=sleep)
    sleeper.start()
    bell.ring()
    assert woken.wait(30)
    sleeper.join()


def test_its_descriptors_are_not_inherited_unasked(bell: Doorbell) -> None:
    assert not os.get_inheritable(bell.read_fd)
    assert not os.get_inheritable(bell.ring_fd)


RINGER = """
import sys
from messages.doorbell import ring
fd = int(sys.argv[1])
for _ in range(int(sys.argv[2])):
    ring(fd)
"""
LISTENER = """
import select, sys
from messages.doorbell import clear
fd = int(sys.argv[1])
for line in range(3):
    select.select([fd], [], [])
    clear(fd)
    print("woken", flush=True)
"""


def run(code: str, *args: int, fds: tuple[int, ...]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", code, *map(str, args)]
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(command, pass_fds=fds, stdout=subprocess.PIPE, cwd=root)


def test_another_process_rings(bell: Doorbell) -> None:
    with run(RINGER, bell.ring_fd, 20_000, fds=(bell.ring_fd,)) as ringer:
        assert rings(bell, 30)
        assert ringer.wait(30) == 0
    clear(bell.read_fd)
    assert not rings(bell)


def test_another_process_is_woken_each_time(bell: Doorbell) -> None:
    with run(LISTENER, bell.read_fd, fds=(bell.read_fd,)) as listener:
        assert listener.stdout is not None
        for _ in range(3):
            ring(bell.ring_fd)
            assert listener.stdout.readline() == b"woken\n"
        assert listener.wait(30) == 0


def test_a_killed_ringer_leaves_the_bell_to_the_others(bell: Doorbell) -> None:
    with run(RINGER, bell.ring_fd, 10**9, fds=(bell.ring_fd,)) as ringer:
        assert rings(bell, 30)
        ringer.kill()
    bell.clear()
    assert not rings(bell)
    bell.ring()
    assert rings(bell)
