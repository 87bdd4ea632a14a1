"""Every stored segment reaches the server once, whatever the server does meanwhile."""

import io
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from actors.store import sending
from actors.store.errors import ClickHouseError, DamagedTableError
from actors.store.keeping import Keeping, Limits
from actors.store.manifest import Manifest
from actors.store.sending import Sender, Sending, send_to
from actors.store.tables import Table
from tests.actors.store.stored import store, write_log
from tests.conftest import wait_until


class Server:
    """Keeps rows as it gets them; refuses after so many inserts."""

    def __init__(self, inserts: int = 10**9) -> None:
        self.got: list[tuple[str, int]] = []
        self.inserts = inserts
        self.closed = 0

    def insert(self, table: Table, parquet: bytes) -> None:
        if not self.inserts:
            message = "ClickHouse at x: no answer (Connection refused)"
            raise ClickHouseError(message)
        self.inserts -= 1
        rows = pq.read_table(io.BytesIO(parquet)).select(["log", "seq"]).to_pylist()
        self.got += [(f"{row['log']} {table.name}", row["seq"]) for row in rows]

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def made(tmp_path: Path) -> list[Manifest]:
    write_log(tmp_path)
    write_log(tmp_path, "coinbase", appends=100)
    return [*store(tmp_path), *store(tmp_path, "coinbase")]


def send_all(sender: Callable[[], Sender], server: Server) -> None:
    while sender().send(server):
        pass


def rows(made: list[Manifest]) -> int:
    return sum(file.rows for one in made for file in one.tables)


def test_every_segment_is_sent_once_in_the_order_of_its_log(tmp_path: Path, made: list[Manifest]) -> None:
    server, sender = Server(), Sender(tmp_path, "here")
    assert sender.waiting() == len(made)
    sent = [sender.send(server) for _ in made]
    assert sum(sent) == len(server.got) == len(set(server.got)) == rows(made)
    assert (sender.send(server), sender.waiting()) == (0, 0)
    for table in {table for table, _ in server.got}:
        seqs = [seq for name, seq in server.got if name == table]
        assert seqs == sorted(seqs)


def test_another_process_goes_on_where_the_server_stopped_taking(
    tmp_path: Path, made: list[Manifest]
) -> None:
    first, second, *_ = (one for one in made if one.log == "coinbase")
    server = Server(inserts=len(first.tables) + 2)
    with pytest.raises(ClickHouseError):
        send_all(lambda: Sender(tmp_path, "here"), server)
    left = Sender(tmp_path, "here").waiting()
    assert 0 < left < len(made)
    server.inserts = 10**9
    send_all(lambda: Sender(tmp_path, "here"), server)
    assert len(set(server.got)) == rows(made)
    again = len(server.got) - len(set(server.got))
    assert again == sum(file.rows for file in second.tables[:2])  # a server knows these inserts by name
    assert Sender(tmp_path, "elsewhere").waiting() == len(made)


def test_a_damaged_file_is_not_sent(tmp_path: Path, made: list[Manifest]) -> None:
    path = tmp_path / "store" / made[-1].tables[0].path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    server, sender = Server(), Sender(tmp_path, "here")
    with pytest.raises(DamagedTableError, match=rf"{path.name} is damaged"):
        send_all(lambda: sender, server)


def test_what_was_deleted_unsent_is_passed_over(tmp_path: Path, made: list[Manifest]) -> None:
    keeping = Keeping(tmp_path, Limits(most_bytes=1, most_age_s=0))
    for one in made:
        keeping.add(one)
    keeping.trim(10**18)
    keeping.trim(10**18)
    server, sender = Server(), Sender(tmp_path, "here")
    send_all(lambda: sender, server)
    assert 0 < len(server.got) < rows(made)
    assert sender.waiting() == 0


def test_a_server_that_is_down_is_tried_again_until_it_has_all(
    tmp_path: Path, made: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "FIRST_RETRY_S", 0.001)
    monkeypatch.setattr(sending, "POLL_S", 0.001)
    servers: list[Server] = []
    troubles: list[str] = []

    def connect() -> Any:
        troubles.append(work.trouble)
        if len(troubles) == 2:
            message = "nobody there"
            raise OSError(message)
        servers.append(Server(inserts=5 if len(servers) < 2 else 10**9))
        return servers[-1]

    work = Sending(Sender(tmp_path, "here"), connect)
    work.start()
    wait_until(lambda: len(servers) == 3 and Sender(tmp_path, "here").waiting() == 0, 20.0)
    wait_until(lambda: work.trouble == "", 5.0)
    work.stop(5.0)
    assert troubles == ["", "ClickHouse at x: no answer (Connection refused)", "nobody there", troubles[1]]
    assert len({row for server in servers for row in server.got}) == rows(made)
    assert [server.closed for server in servers] == [1, 1, 1]


def test_an_address_is_enough_to_begin(tmp_path: Path, made: list[Manifest]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        sending = send_to(tmp_path, f"http://127.0.0.1:{unused.getsockname()[1]}/mine")
        wait_until(lambda: sending.trouble, 20.0)
        sending.stop(20.0)
    assert sending.trouble.startswith("ClickHouse at 127.0.0.1:")
    assert (sending.waiting, sending.rows) == (len(made), 0)
