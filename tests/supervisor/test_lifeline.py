"""Ending with the supervisor, and with nobody else."""

import os
import subprocess
import sys

import pytest

from supervisor.lifeline import LOST_PARENT

WATCH = """
import os, sys, threading, time
from supervisor.lifeline import watch
told = threading.Event()
lifeline_fd, sigterm_fd, armed = map(int, sys.argv[1:])
arguments = (lifeline_fd, sigterm_fd, os.getppid(), bool(armed), lambda: print("told", flush=True))
threading.Thread(target=watch, args=arguments, daemon=True).start()
time.sleep(30)
"""

ARM = """
import os, sys
from supervisor.lifeline import die_with_parent
print(die_with_parent(os.getppid() + int(sys.argv[1])))
"""


@pytest.mark.parametrize("armed", [0, 1])
def test_a_sleeping_process_ends_when_the_lifeline_closes_and_hears_sigterm_before(armed: int) -> None:
    lifeline, sigterm = os.pipe(), os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", WATCH, str(lifeline[0]), str(sigterm[0]), str(armed)],
        pass_fds=(lifeline[0], sigterm[0]),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    with process.stdout:
        os.write(sigterm[1], b"t")
        assert process.stdout.readline() == b"told\n"
        assert process.poll() is None
        os.close(lifeline[1])
        assert process.wait(5) == LOST_PARENT
    for fd in (lifeline[0], *sigterm):
        os.close(fd)


def test_a_process_whose_parent_is_still_there_is_guarded() -> None:
    done = subprocess.run([sys.executable, "-c", ARM, "0"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0
    assert done.stdout.strip() == str(sys.platform == "linux")


def test_a_process_whose_parent_died_before_it_was_guarded_ends_itself() -> None:
    done = subprocess.run([sys.executable, "-c", ARM, "1"], capture_output=True, timeout=10)
    assert done.returncode == LOST_PARENT
