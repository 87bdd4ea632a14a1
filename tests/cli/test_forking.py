"""A process made out of this one: what it prints, and what a Ctrl-C does meanwhile."""

import signal
import subprocess
import sys

from tests.cli.commands import ROOT


def run(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)


def test_a_ctrl_c_waits_until_the_new_process_has_said_what_it_does_then() -> None:
    done = run("""
import os, signal, time
from cli.forking import fork
def first():
    os.kill(os.getpid(), signal.SIGINT)
    signal.signal(signal.SIGINT, lambda *_: os._exit(7))
pid = fork(first)
if pid == 0:
    time.sleep(20)
    os._exit(1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
""")
    assert (done.stdout, done.stderr) == ("7\n", "")


def test_a_ctrl_c_reaches_this_process_again_afterwards() -> None:
    done = run("""
import os, signal
from cli.forking import fork
signal.signal(signal.SIGINT, signal.SIG_DFL)
pid = fork(lambda: None)
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
os.kill(os.getpid(), signal.SIGINT)
print("still here")
""")
    assert (done.returncode, done.stdout) == (-signal.SIGINT, "")


def test_what_was_printed_before_is_not_printed_twice() -> None:
    done = run("""
import os, sys
from cli.forking import fork
print("before")
sys.stderr.write("a word")
pid = fork(lambda: None)
if pid:
    os.waitpid(pid, 0)
print("child" if pid == 0 else "parent")
""")
    assert done.stdout.splitlines() == ["before", "child", "parent"]
    assert done.stderr == "a word"
