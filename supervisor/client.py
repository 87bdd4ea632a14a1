"""Talking to a running supervisor. Blocks no longer than told; needs no part of the supervisor itself."""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from supervisor.errors import NoAnswerError, NotRunningError
from supervisor.instance import is_locked, read_instance


def ask(data_dir: Path, request: Mapping[str, Any], timeout_s: float = 5.0) -> dict[str, Any]:
    """Send one request and return the reply: {"ok": true, ...} or {"ok": false, "error": sentence}.

    Raises NotRunningError, NoAnswerError.
    """
    with _connect(data_dir, timeout_s) as sock:
        try:
            sock.sendall(json.dumps(request).encode() + b"\n")
            for reply in _lines(sock):
                return reply
        except TimeoutError:
            raise _no_answer(f"did not answer within {timeout_s:g} s", data_dir) from None
        except (OSError, ValueError):
            pass
    raise _no_answer("ended the connection without an answer", data_dir)


def watch(data_dir: Path, timeout_s: float = 5.0) -> Iterator[dict[str, Any]]:
    """Yield the status object now, and again at every change, until the supervisor ends.

    Blocks between changes, at most timeout_s: children beat, so a supervisor that is silent so long is
    in trouble. Raises NotRunningError, NoAnswerError.
    """
    with _connect(data_dir, timeout_s) as sock:
        try:
            sock.sendall(b'{"cmd": "watch"}\n')
            for reply in _lines(sock):
                yield reply["status"]
        except TimeoutError:
            raise _no_answer(f"said nothing for {timeout_s:g} s", data_dir) from None
        except ConnectionError:
            return


def wait_until_stopped(data_dir: Path, timeout_s: float) -> bool:
    """Wait for the supervisor of this folder to be gone; say whether it is."""
    deadline_s = time.monotonic() + timeout_s
    while is_locked(data_dir):
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.02)
    return True


def _connect(data_dir: Path, timeout_s: float) -> socket.socket:
    path = read_instance(data_dir).get("socket")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(timeout_s)
    try:
        sock.connect(str(path or data_dir / "control.sock"))
    except TimeoutError:
        sock.close()
        raise _no_answer(f"took no connection within {timeout_s:g} s", data_dir) from None
    except OSError:
        sock.close()
        raise NotRunningError(data_dir) from None
    return sock


def _lines(sock: socket.socket) -> Iterator[dict[str, Any]]:
    with sock.makefile("rb") as stream:
        for line in stream:
            yield json.loads(line)


def _no_answer(what: str, data_dir: Path) -> NoAnswerError:
    return NoAnswerError(f"the supervisor of {data_dir} {what}")
