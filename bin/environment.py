"""Make or complete the environment of a checkout: `environment.py ROOT run|dev|bench`.

Runs under whatever Python 3.11+ the launcher found, with nothing but the standard library. Of two at
once the second waits for the first and finds the work done. `installed-at` is taken away before
anything changes and put back when all of it has worked: an environment without it was interrupted, and
is made afresh.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

EXTRAS = {"run": "", "dev": "[dev]", "bench": "[dev,bench]"}
CONTAINS = {"run": ["run"], "dev": ["run", "dev"], "bench": ["run", "dev", "bench"]}


class SetUpError(Exception):
    """The environment could not be made; the message says why and what to do."""


@contextlib.contextmanager
def progress(what: str) -> Iterator[None]:
    """Say what is being done; on a terminal, in one line that counts the seconds and then goes away."""
    if not sys.stderr.isatty():
        print(f"kalshi-actors: {what} …", file=sys.stderr, flush=True)
        yield
        return
    done = threading.Event()
    begun_s = time.monotonic()

    def tick() -> None:
        while True:
            line = fitting(what, time.monotonic() - begun_s, shutil.get_terminal_size().columns)
            print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)
            if done.wait(1.0):
                print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
                return

    ticker = threading.Thread(target=tick)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


def fitting(what: str, seconds: float, columns: int) -> str:
    """The progress line, shortened in its middle: a line that wraps cannot be taken back."""
    begin, end = f"kalshi-actors: {what}", f" … {seconds:.0f} s"
    return begin[: max(0, columns - 1 - len(end))] + end


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the checkout's set-up lock. On the folder itself, it leaves no file and dies with its holder."""
    fd = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress("waiting for another first run to finish"):
                fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def is_whole(root: Path) -> bool:
    """Whether the last change to the environment was finished, and made here rather than before a move."""
    try:
        return (root / ".venv" / "installed-at").read_text() == f"{root}\n"
    except OSError:
        return False


def is_done(root: Path, extra: str) -> bool:
    environment = root / ".venv"
    if not is_whole(root) or not os.access(environment / "bin" / "python", os.X_OK):
        return False
    try:
        stamp = (environment / f"installed-{extra}.cfg").read_bytes()
    except OSError:
        return False
    return stamp == (root / "setup.cfg").read_bytes()


def create(environment: Path) -> None:
    """Make an empty environment, named after the true interpreter: a moved `python3` link cannot break it."""
    interpreter = os.path.realpath(sys.executable)
    command = [interpreter, "-I", "-m", "venv", "--clear", "--symlinks", str(environment)]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if run.returncode:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = (
            f"{interpreter} could not make an environment in {environment}; on Debian or Ubuntu run "
            f"`apt install python{version}-venv`, else name another Python in KALSHI_ACTORS_PYTHON, "
            "and run this again"
        )
        raise SetUpError(message)


def install(root: Path, extra: str) -> None:
    """Install the project as an editable package, with what the extra asks for. Raises SetUpError."""
    environment = root / ".venv"
    output = environment / "install.log"
    command = [str(environment / "bin" / "python"), "-I", "-m", "pip", "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--editable", f"{root}{EXTRAS[extra]}"]
    with output.open("wb") as log:
        code = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=root)
    if code:
        lines = output.read_text(errors="replace").splitlines()
        errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
        because = errors[-1] if errors else f"pip ended with code {code}"
        message = f"the packages could not be installed ({because}); see {output}, and run this again"
        raise SetUpError(message)


def set_up(root: Path, extra: str) -> None:
    """Bring the environment to where the extra needs it. Raises SetUpError, OSError."""
    environment = root / ".venv"
    with alone(root):
        if is_done(root, extra):
            return
        with progress(f"first use: installing into {environment}, about half a minute"):
            if not is_whole(root) or not os.access(environment / "bin" / "python", os.X_OK):
                create(environment)
            (environment / "installed-at").unlink(missing_ok=True)
            wanted = (root / "setup.cfg").read_bytes()
            install(root, extra)
            for contained in CONTAINS[extra]:
                (environment / f"installed-{contained}.cfg").write_bytes(wanted)
            (environment / "installed-at").write_text(f"{root}\n")


def main() -> int:
    root, extra = Path(sys.argv[1]), sys.argv[2]
    try:
        set_up(root, extra)
    except SetUpError as error:
        print(f"kalshi-actors: {error}.", file=sys.stderr)
    except OSError as error:
        print(
            f"kalshi-actors: {root} cannot be written to ({error.strerror}); make it writable, or install "
            f"with `pipx install {root}`, and run that.",
            file=sys.stderr,
        )
    except KeyboardInterrupt:
        print("kalshi-actors: interrupted; the next run sets up afresh.", file=sys.stderr)
        return 130
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
