"""Strangers are buried, one's own are not."""

import os
import subprocess
import sys

import pytest

from supervisor.reaper import reap_strangers
from tests.conftest import wait_until

pytestmark = pytest.mark.skipif(
    not hasattr(os, "waitid"), reason="only a Linux container has a process 1 of ours"
)


def ended(code: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", f"raise SystemExit({code})"])
    wait_until(lambda: os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None)
    return process


def test_the_exit_code_of_a_known_one_is_left_to_its_owner() -> None:
    process = ended(7)
    assert reap_strangers({process.pid}) == 0
    assert process.wait() == 7


def test_a_stranger_is_buried() -> None:
    process = ended(7)
    assert reap_strangers(set()) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    process.returncode = 7  # so that Popen does not look for it


def test_nobody_to_bury_is_no_error() -> None:
    assert reap_strangers(set()) == 0
