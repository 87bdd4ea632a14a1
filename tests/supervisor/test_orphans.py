"""No child outlives its supervisor, whatever the child is doing."""

import os
import signal
import sys
from typing import Any

import pytest

from supervisor.lifeline import LOST_PARENT
from tests.conftest import wait_until
from tests.supervisor.conftest import Host, child, is_alive

NOT_BY_THE_KERNEL: dict[str, Any] = {
    "preload": ["tests.supervisor.children", "tests.supervisor.kernel_tells_nothing"]
}
KINDS = (child("works"), child("hangs", "hangs"), child("stubborn", "ignores_sigterm"), child("stopped"))


def start_all_kinds(host: Host, **fields: Any) -> list[int]:
    host.start(*KINDS, **fields)
    pids = []
    for spec in KINDS:
        host.wait_for(spec["name"], "running")
        pids.append(host.pid(spec["name"]))
    os.kill(pids[-1], signal.SIGSTOP)
    return [*pids, host.zygote()]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a parent's death")
def test_killed_supervisor_leaves_no_child_two_seconds_later(host: Host) -> None:
    pids = start_all_kinds(host)
    host.kill()
    wait_until(lambda: not any(map(is_alive, pids)), 2.0)


def test_killed_supervisor_leaves_no_child_without_the_kernels_help(host: Host) -> None:
    pids = start_all_kinds(host, **NOT_BY_THE_KERNEL)
    host.kill()
    wait_until(lambda: not any(map(is_alive, pids)), 2.0)


def test_children_end_by_the_lifeline_even_if_the_fork_server_cannot_help(host: Host) -> None:
    host.start(child("a"), child("b", "hangs"), **NOT_BY_THE_KERNEL)
    pids = []
    for name in ("a", "b"):
        host.wait_for(name, "running")
        pids.append(host.pid(name))
    zygote = host.zygote()
    os.kill(zygote, signal.SIGSTOP)
    host.kill()
    wait_until(lambda: not any(map(is_alive, pids)), 2.0)
    os.kill(zygote, signal.SIGCONT)
    wait_until(lambda: not is_alive(zygote), 2.0)


def test_killed_fork_server_takes_its_children_along_and_all_come_again(host: Host) -> None:
    host.start(*KINDS)
    old = {}
    for spec in KINDS:
        host.wait_for(spec["name"], "running")
        old[spec["name"]] = host.pid(spec["name"])
    os.kill(old["stopped"], signal.SIGSTOP)
    zygote = host.zygote()
    os.kill(zygote, signal.SIGKILL)
    for name, pid in old.items():
        assert host.wait_for_successor(name, pid)["restarts"] == 1
        assert not is_alive(pid)
    assert host.zygote() != zygote


def test_killed_fork_server_without_the_kernels_help(host: Host) -> None:
    host.start(child("a"), child("hangs", "hangs"), child("stopped"), **NOT_BY_THE_KERNEL)
    old = {}
    for name in ("a", "hangs", "stopped"):
        host.wait_for(name, "running")
        old[name] = host.pid(name)
    os.kill(old["stopped"], signal.SIGSTOP)
    os.kill(host.zygote(), signal.SIGKILL)
    for name, pid in old.items():
        host.wait_for_successor(name, pid)
        assert not is_alive(pid)


def test_a_fork_server_that_hangs_when_it_is_needed_is_replaced(host: Host) -> None:
    host.start(child("a"), child("b"))
    for name in ("a", "b"):
        host.wait_for(name, "running")
    old = {name: host.pid(name) for name in ("a", "b")}
    zygote = host.zygote()
    os.kill(zygote, signal.SIGSTOP)
    os.kill(old["a"], signal.SIGKILL)
    for name, pid in old.items():
        host.wait_for_successor(name, pid)
    assert not is_alive(zygote)


def test_the_exit_code_of_a_lost_parent_is_its_own(host: Host) -> None:
    assert LOST_PARENT == 70
