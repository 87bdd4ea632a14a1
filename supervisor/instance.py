"""Which supervisor owns a data folder: a lock that dies with its holder, and a file that describes it."""

import contextlib
import fcntl
import json
import os
import socket
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from supervisor.errors import AlreadyRunningError, FolderError, LeftoversError
from supervisor.spec import Plan

LONGEST_SOCKET_PATH_BYTES: Final = 100
"""Unix socket addresses end at 104 (macOS) or 108 bytes (Linux)."""
LEFTOVERS_LIMIT_S: Final = 5.0
_SOCKET_DIR_PREFIX: Final = "kalshi-actors-"


class Instance:
    """The hold on a data folder, from start to `close`.

    `children_fd` is a lock shared by the fork server and all children, so that a successor knows when the
    last of them is gone, even if all of us were killed.
    Raises AlreadyRunningError, LeftoversError, FolderError.
    """

    def __init__(self, data_dir: Path) -> None:
        self._dir = data_dir
        self._socket_dir: Path | None = None
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            self._lock_fd = _open_lock(data_dir / "instance.lock")
        except OSError as error:
            raise _folder_error(data_dir, error) from None
        if not _try_lock(self._lock_fd):
            pid = _written_pid(self._lock_fd)
            os.close(self._lock_fd)
            raise AlreadyRunningError(data_dir, pid)
        try:
            with contextlib.suppress(OSError):  # the pid in it is a courtesy, and a disk may be full
                os.ftruncate(self._lock_fd, 0)
                os.pwrite(self._lock_fd, f"{os.getpid()}\n".encode(), 0)
            self.children_fd = _open_lock(data_dir / "children.lock")
        except OSError as error:
            os.close(self._lock_fd)
            raise _folder_error(data_dir, error) from None
        try:
            _wait_for_leftovers(data_dir, self.children_fd)
            self._remove_traces()
        except BaseException:
            os.close(self.children_fd)
            os.close(self._lock_fd)
            raise

    def listen(self) -> socket.socket:
        """Open the control socket: mode 0600 from its first moment on. Raises FolderError."""
        path = self._dir / "control.sock"
        if len(os.fsencode(path)) > LONGEST_SOCKET_PATH_BYTES:
            self._socket_dir = Path(tempfile.mkdtemp(prefix=_SOCKET_DIR_PREFIX))
            path = self._socket_dir / "control.sock"
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        old_mask = os.umask(0o177)
        try:
            sock.bind(str(path))
        except OSError as error:
            sock.close()
            raise _folder_error(self._dir, error) from None
        finally:
            os.umask(old_mask)
        sock.listen(64)
        sock.setblocking(False)
        return sock

    def describe(self, plan: Plan, socket_path: str) -> None:
        """Write instance.json, whole or not at all. A full disk is no reason not to run."""
        facts = {
            "session": plan.session,
            "mode": plan.mode,
            "pid": os.getpid(),
            "started_ns": time.time_ns(),
            "version": plan.version,
            "socket": socket_path,
        }
        fresh = self._dir / "instance.json.new"
        with contextlib.suppress(OSError):
            fresh.write_text(json.dumps(facts) + "\n")
            fresh.replace(self._dir / "instance.json")

    def close(self) -> None:
        """Take the description and the socket away, then let go."""
        with contextlib.suppress(FolderError):
            self._remove_traces()
        if self._socket_dir is not None:
            _remove_socket(self._socket_dir)
        os.close(self.children_fd)
        os.close(self._lock_fd)

    def _remove_traces(self) -> None:
        noted = read_instance(self._dir).get("socket")
        if isinstance(noted, str):
            folder = Path(noted).parent
            # Only what we made ourselves: the file may have been written by anybody.
            if folder.name.startswith(_SOCKET_DIR_PREFIX) and folder.parent == Path(tempfile.gettempdir()):
                _remove_socket(folder)
        for trace in ("control.sock", "instance.json", "instance.json.new"):
            try:
                (self._dir / trace).unlink(missing_ok=True)
            except OSError as error:
                raise _folder_error(self._dir, error) from None


def _remove_socket(folder: Path) -> None:
    """Remove a folder that holds nothing but a socket; a data folder may well bear such a name, too."""
    with contextlib.suppress(OSError):
        (folder / "control.sock").unlink(missing_ok=True)
        folder.rmdir()


def read_instance(data_dir: Path) -> dict[str, Any]:
    """What the supervisor of this folder says about itself; {} if there is none or it cannot be read."""
    try:
        facts = json.loads((data_dir / "instance.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def is_locked(data_dir: Path) -> bool:
    """Say whether a supervisor holds this folder now."""
    try:
        fd = os.open(data_dir / "instance.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _try_lock(fd)
    finally:
        os.close(fd)


def _folder_error(data_dir: Path, error: OSError) -> FolderError:
    return FolderError(f"{data_dir} cannot be used: {error.strerror}")


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _written_pid(fd: int) -> int:
    try:
        return int(os.pread(fd, 32, 0))
    except ValueError:
        return 0


def _wait_for_leftovers(data_dir: Path, children_fd: int) -> None:
    # After a SIGKILL of the supervisor its children end within milliseconds. Until they have, their logs
    # are locked, and ours would die of that.
    deadline_s = time.monotonic() + LEFTOVERS_LIMIT_S
    while not _try_lock(children_fd):
        if time.monotonic() > deadline_s:
            message = (
                f"processes of an earlier run on {data_dir} are still there; "
                "end them (their names are zygote and those of the actors) and start again"
            )
            raise LeftoversError(message)
        time.sleep(0.01)
