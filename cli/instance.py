"""Which instance a command is about: its data folder, its mode, and whether it runs."""

import contextlib
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from cli.errors import AlreadyRunningError, CommandError, NotRunningError, WrongUsageError
from supervisor.instance import read_instance

MODES = ("live", "sim")
MODE_FILE = "mode"


class Instance(NamedTuple):
    """A data folder, and whether a supervisor answers for it."""

    data_dir: Path
    runs: bool


def default_data_dir(mode: str) -> Path:
    """Where data of a mode lies unless --data says otherwise."""
    from platformdirs import user_data_path

    return user_data_path("kalshi-actors", appauthor=False) / mode


def find(data_dir: Path | None) -> Instance:
    """Choose the instance: the folder named, else the one that runs (live first), else the newest.

    Raises NotRunningError where there is no such folder, or nothing was ever recorded.
    """
    if data_dir is not None:
        if not data_dir.is_dir():
            message = (
                f"there is no folder {data_dir}; `kalshi-actors start --data {quote(str(data_dir))}` makes it"
            )
            raise NotRunningError(message)
        return _look(data_dir.absolute())
    found = [_look(default_data_dir(mode)) for mode in MODES]
    for instance in found:
        if instance.runs:
            return instance
    recorded = [i for i in found if (i.data_dir / MODE_FILE).exists()]
    if not recorded:
        message = (
            "nothing runs and nothing was recorded yet; `kalshi-actors start --sim` starts a first session"
        )
        raise NotRunningError(message)
    return max(recorded, key=lambda i: (i.data_dir / MODE_FILE).stat().st_mtime)


def running(data_dir: Path | None) -> Instance:
    """Choose the instance and insist that it runs. Raises NotRunningError."""
    instance = find(data_dir)
    if not instance.runs:
        start = f"kalshi-actors start{' --sim' if recorded_mode(instance.data_dir) == 'sim' else ''}"
        place = f" --data {quote(str(data_dir))}" if data_dir is not None else ""
        message = f"nothing runs in {instance.data_dir}; `{start}{place}` starts it"
        raise NotRunningError(message)
    return instance


def refuse_running(data_dir: Path) -> None:
    """Raises AlreadyRunningError if a supervisor answers for this folder."""
    if _look(data_dir).runs:
        facts = read_instance(data_dir)
        who = f"session {facts.get('session', '?')}, process {facts.get('pid', '?')}"
        message = (
            f"already running in {data_dir} ({who}); look with `kalshi-actors status`, end it with "
            "`kalshi-actors stop`, or name another folder with --data"
        )
        raise AlreadyRunningError(message)


def named_actors(names: Iterable[str], on_disk: Iterable[str], folder: Path) -> list[str]:
    """The actors named, or all there could be. Raises WrongUsageError for a name that nobody bears."""
    from cli.roster import ACTORS
    from cli.wording import did_you_mean

    known = list(dict.fromkeys([*ACTORS, "simulator", "supervisor", *sorted(on_disk)]))
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"; there are: {', '.join(known)}"
            message = f"there is no actor {name!r} in {folder}{hint}"
            raise WrongUsageError(message)
    return list(dict.fromkeys(names)) or known


def recorded_mode(data_dir: Path) -> str | None:
    """The mode this folder was made for, or None for a new or foreign one."""
    try:
        mode = (data_dir / MODE_FILE).read_text().strip()
    except (OSError, UnicodeDecodeError):
        return None
    return mode if mode in MODES else None


def claim(data_dir: Path, mode: str) -> None:
    """Make the folder and note its mode. Raises WrongUsageError if it has another, CommandError."""
    found = recorded_mode(data_dir)
    if found is not None and found != mode:
        message = (
            f"{data_dir} holds {'simulated' if found == 'sim' else 'live'} sessions; name another folder "
            f"with --data, or start {'with' if found == 'sim' else 'without'} --sim"
        )
        raise WrongUsageError(message)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        temporary = data_dir / f"{MODE_FILE}.new-{os.getpid()}"
        temporary.write_text(f"{mode}\n")
        temporary.replace(data_dir / MODE_FILE)
    except OSError as error:
        message = f"{data_dir} cannot be written to ({error.strerror}); name another folder with --data"
        raise CommandError(message) from None


def crash_file() -> Path:
    """A new file for the details of an unexpected error: in the data folder, else in the temporary one."""
    name = f"crash-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.txt"
    for place in (_data_dir_said(sys.argv), default_data_dir("live").parent):
        with contextlib.suppress(OSError):
            if place is not None:
                place.mkdir(parents=True, exist_ok=True)
                if os.access(place, os.W_OK):
                    return place / name
    return Path(tempfile.gettempdir()) / name


def _data_dir_said(arguments: list[str]) -> Path | None:
    # The command line may be what we failed on, so it is looked at without the parser.
    for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if option.startswith("--data="):
            return Path(option.removeprefix("--data="))
        if option == "--data" and value:
            return Path(value)
    return None


def _look(data_dir: Path) -> Instance:
    noted = read_instance(data_dir).get("socket")
    addresses = [noted, str(data_dir / "control.sock")]
    return Instance(data_dir, any(isinstance(a, str) and _somebody_listens(a) for a in addresses))


def _somebody_listens(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(2.0)
        try:
            client.connect(address)
        except TimeoutError:
            return True  # it is there, and too busy to take us at once
        except (OSError, ValueError):
            return False
    return True
