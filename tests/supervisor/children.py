"""Small start functions for tests with real processes. Named by string, run in children."""

import contextlib
import faulthandler
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec

from messages import Assignment, Beat, encode_beat


class VenueSaysNoError(Exception):
    """Knows whose fault it is, as the actors' errors do."""

    fault = "venue"
    retry_after_s = 7.0


def _beat(assignment: Assignment, beat: Beat) -> None:
    with contextlib.suppress(BlockingIOError):
        os.write(assignment.beat_fd, encode_beat(beat))


def _note(assignment: Assignment, word: str) -> None:
    with (Path(assignment.data_dir) / "notes").open("a") as notes:
        notes.write(f"{assignment.name} {word}\n")


def works(assignment: Assignment, stop: threading.Event) -> None:
    """Beat from the working loop until told to stop. Settings: good_s."""
    _note(assignment, "started")
    beat = Beat(ready=True, fresh=True, good_s=assignment.settings.get("good_s", 0.0))
    while not stop.wait(0.02):
        _beat(assignment, beat)
        beat = msgspec.structs.replace(beat, sent=beat.sent + 1)
    _note(assignment, "stopped")


def crashes(assignment: Assignment, stop: threading.Event) -> None:
    """Become ready, then die by an error. Settings: after_s."""
    _beat(assignment, Beat(ready=True, fresh=True))
    stop.wait(assignment.settings.get("after_s", 0.0))
    message = "on purpose"
    raise ValueError(message)


def crashes_unless_told(assignment: Assignment, stop: threading.Event) -> None:
    """Die at once as long as the file `mended` does not exist; then work."""
    if not (Path(assignment.data_dir) / "mended").exists():
        message = "broken"
        raise RuntimeError(message)
    works(assignment, stop)


def is_refused(assignment: Assignment, stop: threading.Event) -> None:
    message = "come back later"
    raise VenueSaysNoError(message)


def talks_itself_to_death(assignment: Assignment, stop: threading.Event) -> None:
    """Once the file `go` exists: say more than one read takes, then die by an error."""
    beat = encode_beat(Beat(ready=True, fresh=True))
    while not (Path(assignment.data_dir) / "go").exists():
        os.write(assignment.beat_fd, beat)
        stop.wait(0.02)
    os.write(assignment.beat_fd, beat * (100_000 // len(beat)))
    message = "on purpose"
    raise ValueError(message)


def exits(assignment: Assignment, stop: threading.Event) -> None:
    """Become ready and end with the exit code in the settings."""
    _beat(assignment, Beat(ready=True, fresh=True))
    raise SystemExit(assignment.settings["code"])


def hangs(assignment: Assignment, stop: threading.Event) -> None:
    """Become ready, then never turn again; not even SIGTERM helps."""
    _beat(assignment, Beat(ready=True, fresh=True))
    while True:
        time.sleep(3600)


def hangs_once(assignment: Assignment, stop: threading.Event) -> None:
    """Hang in the first run, work in the second."""
    marker = Path(assignment.data_dir) / "hung"
    if marker.exists():
        works(assignment, stop)
    else:
        marker.touch()
        hangs(assignment, stop)


def ignores_sigterm(assignment: Assignment, stop: threading.Event) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        _beat(assignment, Beat(ready=True, fresh=True))
        time.sleep(0.02)


def never_ready(assignment: Assignment, stop: threading.Event) -> None:
    while not stop.wait(0.02):
        _beat(assignment, Beat(ready=False, fresh=False, why_not="no snapshot yet"))


def floods(assignment: Assignment, stop: threading.Event) -> None:
    """Send beats and nonsense as fast as the socket takes them."""
    line = encode_beat(Beat(ready=True, fresh=True)) * 20 + b"{nonsense}\n"
    while not stop.is_set():
        try:
            os.write(assignment.beat_fd, line)
        except BlockingIOError:
            stop.wait(0.0005)


def chats(assignment: Assignment, stop: threading.Event) -> None:
    print("a word on stdout")
    works(assignment, stop)


def describes_itself(assignment: Assignment, stop: threading.Event) -> None:
    """Write down which descriptors it holds and what was assigned."""
    held = {}
    for name in os.listdir("/dev/fd"):
        try:
            held[name] = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
    facts = {
        "fds": held,
        "doorbell_fd": assignment.doorbell_fd,
        "ring_fds": assignment.ring_fds,
        "beat_fd": assignment.beat_fd,
        "threads": [thread.name for thread in threading.enumerate()],
        "dumps": faulthandler.is_enabled(),
        "sigint_ignored": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
    }
    path = Path(assignment.data_dir) / f"{assignment.name}.json"
    path.with_suffix(".new").write_text(json.dumps(facts))
    path.with_suffix(".new").replace(path)
    works(assignment, stop)


def rings(assignment: Assignment, stop: threading.Event) -> None:
    """Ring everybody who listens, all the time."""
    while not stop.wait(0.02):
        for fd in assignment.ring_fds:
            try:
                os.write(fd, (1).to_bytes(8, "little"))
            except BlockingIOError:
                continue
        _beat(assignment, Beat(ready=True, fresh=True))


def closes_its_beats(assignment: Assignment, stop: threading.Event) -> None:
    """Become ready, close the beat socket, and go on living."""
    sock = socket.socket(fileno=assignment.beat_fd)
    sock.send(encode_beat(Beat(ready=True, fresh=True)))
    sock.close()
    stop.wait()


def hears_again(assignment: Assignment, stop: threading.Event) -> None:
    """Be ready once the doorbell has rung."""
    while not stop.is_set():
        if select.select([assignment.doorbell_fd], [], [], 0.05)[0]:
            os.read(assignment.doorbell_fd, 4096)
            works(assignment, stop)


def leaves_an_orphan(assignment: Assignment, stop: threading.Event) -> None:
    """Make a grandchild that outlives its parent for a moment; then work."""
    script = "import os, time\nif os.fork() == 0: time.sleep(0.2)"
    subprocess.run([sys.executable, "-c", script], check=True)
    works(assignment, stop)


def sleeps(assignment: Assignment, stop: threading.Event) -> None:
    time.sleep(3600)


def waits(assignment: Assignment, stop: threading.Event) -> None:
    stop.wait()


def fails_with_code(assignment: Assignment, stop: threading.Event) -> None:
    raise SystemExit(assignment.settings["code"])
