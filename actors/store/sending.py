"""Stored segments on their way to a ClickHouse server, in a thread of their own: nobody waits for it.

How far it is stands in `<data>/store/clickhouse/<server>/<log>`: the lowest number that the next segment to
send can begin with. It moves on when the server has taken a segment, so a crash sends at most one again, and
that the server knows.
"""

import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from actors.store.address import name_of
from actors.store.errors import DamagedTableError, StoreError
from actors.store.manifest import Manifest, load, logs, paths, store_dir
from actors.store.placing import make_folder, place, unfinished
from actors.store.tables import BY_NAME, Table

POLL_S: Final = 5.0
FIRST_RETRY_S: Final = 1.0
LONGEST_RETRY_S: Final = 60.0


class Server(Protocol):
    """Takes rows as Parquet, each insert once: actors.store.clickhouse.ClickHouse, or a list in a test."""

    def insert(self, table: Table, parquet: bytes) -> None: ...
    def close(self) -> None: ...


class Sender:
    """Sends every stored segment, log by log, oldest first."""

    def __init__(self, data_dir: Path, server: str) -> None:
        self._data_dir = data_dir
        self._folder = store_dir(data_dir) / "clickhouse" / sha256(server.encode()).hexdigest()[:16]

    def send(self, server: Server) -> int:
        """Send one segment, if there is one to send; return how many rows. Raises StoreError, OSError.

        Segments that the store's limits have deleted unsent are passed over.
        """
        for log in logs(self._data_dir):
            sent = self._sent(log)
            for path in paths(self._data_dir, log):
                if int(path.stem) < sent:
                    continue
                try:
                    found = load(path)
                    rows = self._send(found, server)
                except FileNotFoundError:
                    continue
                self._note(log, found.next_seq)
                return rows
        return 0

    def waiting(self) -> int:
        """How many segments are still to be sent."""
        found = ((log, self._sent(log)) for log in logs(self._data_dir))
        return sum(int(path.stem) >= sent for log, sent in found for path in paths(self._data_dir, log))

    def _send(self, found: Manifest, server: Server) -> int:
        rows = 0
        for file in found.tables:
            path = store_dir(self._data_dir) / file.path
            data = path.read_bytes()
            if sha256(data).hexdigest() != file.sha256:
                message = f"{path} is damaged and was not sent"
                raise DamagedTableError(message)
            server.insert(BY_NAME[file.table], data)
            rows += file.rows
        return rows

    def _sent(self, log: str) -> int:
        try:
            return int((self._folder / log).read_text())
        except (OSError, ValueError):
            return 0

    def _note(self, log: str, next_seq: int) -> None:
        make_folder(self._folder)
        unfinished(self._folder / log).write_text(f"{next_seq}\n")
        place([self._folder / log])


class Sending:
    """The thread. Its words are read by others at any time.

    trouble: why the last try failed, in one sentence; empty while all is well. rows: sent since the start.
    waiting: segments still to be sent, after the last try.
    """

    def __init__(self, sender: Sender, connect: Callable[[], Server]) -> None:
        self._sender = sender
        self._connect = connect
        self._server: Server | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clickhouse", daemon=True)
        self.trouble = ""
        self.rows = 0
        self.waiting = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self, limit_s: float) -> None:
        """Ask it to end and wait for that, at most so long: what is under way is sent again next time."""
        self._stop.set()
        self._thread.join(limit_s)

    def _run(self) -> None:
        retry_s = FIRST_RETRY_S
        while not self._stop.is_set():
            try:
                sent = self._try()
            except Exception as error:  # noqa: BLE001 - whatever the library raises, it is tried again
                is_known = isinstance(error, StoreError | OSError)
                self.trouble = str(error) if is_known else f"{type(error).__name__}: {error}"
                self.waiting = self._sender.waiting()
                self._hang_up()
                self._stop.wait(retry_s)
                retry_s = min(2 * retry_s, LONGEST_RETRY_S)
            else:
                self.trouble, retry_s = "", FIRST_RETRY_S
                self.rows += sent
                self.waiting = self._sender.waiting()
                if not sent:
                    self._stop.wait(POLL_S)
        self._hang_up()

    def _try(self) -> int:
        if self._server is None:
            self._server = self._connect()
        return self._sender.send(self._server)

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def send_to(data_dir: Path, url: str) -> Sending:
    """Begin to send a data folder's stored segments to a server."""

    def connect() -> Server:
        from actors.store.clickhouse import ClickHouse

        return ClickHouse(url)

    sending = Sending(Sender(data_dir, name_of(url)), connect)
    sending.start()
    return sending
