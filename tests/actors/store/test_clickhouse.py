"""The statements, and a real server where `clickhouse` is installed."""

import io
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from actors.store.clickhouse import (
    ClickHouse,
    add_columns,
    column_type,
    create_database,
    create_table,
    quoted,
    words,
)
from actors.store.errors import ClickHouseError
from actors.store.manifest import logs
from actors.store.sending import Sender
from actors.store.tables import BY_NAME, Table, batches
from messages.log import LogReader, Record
from tests.actors.store.stored import store, write_log
from tests.conftest import wait_until

CLICKHOUSE = shutil.which("clickhouse")
START_S = 30.0


def test_a_table_has_the_same_columns_with_their_units() -> None:
    assert create_table(BY_NAME["BookChanged"], "mine").splitlines() == [
        "CREATE TABLE IF NOT EXISTS `mine`.`BookChanged` (",
        "    `log` String COMMENT 'text',",
        "    `seq` Int64 COMMENT 'number',",
        "    `at_ns` Int64 COMMENT 'ns since the epoch',",
        "    `venue` String COMMENT 'text',",
        "    `symbol` String COMMENT 'text',",
        "    `frame` Int64 COMMENT 'number',",
        "    `recv_ns` Int64 COMMENT 'ns since the epoch',",
        "    `venue_ns` Int64 COMMENT 'ns since the epoch',",
        "    `bids` Array(Tuple(`price` Int64, `size` Int64)) COMMENT 'rows',",
        "    `asks` Array(Tuple(`price` Int64, `size` Int64)) COMMENT 'rows'",
        ")",
        "ENGINE = ReplacingMergeTree",
        "PARTITION BY toYYYYMM(toDateTime(intDiv(at_ns, 1000000000), 'UTC'))",
        "ORDER BY (log, seq)",
        "SETTINGS non_replicated_deduplication_window = 10000",
        "COMMENT 'kalshi_actors.tables 1'",
    ]


def test_an_older_table_gets_the_columns_that_it_lacks() -> None:
    assert add_columns(BY_NAME["Unknown"], "mine") == (
        "ALTER TABLE `mine`.`Unknown` "
        "ADD COLUMN IF NOT EXISTS `log` String COMMENT 'text', "
        "ADD COLUMN IF NOT EXISTS `seq` Int64 COMMENT 'number', "
        "ADD COLUMN IF NOT EXISTS `at_ns` Int64 COMMENT 'ns since the epoch', "
        "ADD COLUMN IF NOT EXISTS `kind` Int64 COMMENT 'number', "
        "ADD COLUMN IF NOT EXISTS `payload` String COMMENT 'MessagePack'"
    )


def test_every_column_has_a_type() -> None:
    found = {column_type(field.type) for table in BY_NAME.values() for field in table.schema}
    assert {"Int64", "Float64", "Bool", "String", "Array(Float64)", "Array(String)"} <= found


def test_names_cannot_leave_their_quotes() -> None:
    assert create_database("a`; DROP TABLE b\\") == "CREATE DATABASE IF NOT EXISTS `a\\`; DROP TABLE b\\\\`"
    assert quoted("log") == "`log`"


def test_an_error_is_told_in_one_line() -> None:
    refused = ConnectionRefusedError(111, "Connection refused")
    wrapped = RuntimeError("Max retries exceeded\nand more")
    wrapped.__cause__ = refused
    assert words(wrapped) == "no answer (Connection refused)"
    assert words(RuntimeError("Code: 60. Unknown table\nStack trace")) == "Code: 60. Unknown table"
    assert words(RuntimeError()) == "RuntimeError"


def test_a_server_that_does_not_answer_is_one_sentence() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(ClickHouseError, match=rf"^ClickHouse at 127\.0\.0\.1:{port}/mine: no answer"):
            ClickHouse(f"http://127.0.0.1:{port}/mine")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server of our own."""
    if CLICKHOUSE is None:
        pytest.skip("no `clickhouse` on the PATH")
    folder = tmp_path_factory.mktemp("clickhouse")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = (f"--http_port={port}", f"--path={folder}/", "--tcp_port=0", "--listen_host=127.0.0.1")
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    with subprocess.Popen([CLICKHOUSE, "server", "--", *settings], **quiet) as process:
        try:
            wait_until(lambda: _answers(port), START_S)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5) as answer:
            return bool(answer.read() == b"Ok.\n")
    except OSError:
        return False


def asked(server: str, query: str) -> str:
    with urllib.request.urlopen(f"{server}/", query.encode(), timeout=30) as answer:  # noqa: S310
        text: str = answer.read().decode()
        return text.strip()


def in_parquet(table: Table, rows: pa.Table) -> bytes:
    file = io.BytesIO()
    with pq.ParquetWriter(file, **table.parquet) as writer:
        writer.write_table(rows)
    return file.getvalue()


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_server_has_every_row_once_however_often_it_was_sent(server: str, tmp_path: Path) -> None:
    write_log(tmp_path)
    made = store(tmp_path)
    connection = ClickHouse(f"{server}/twice")
    for name in ("first", "again"):
        sender = Sender(tmp_path, name)
        while sender.send(connection):
            pass
    connection.close()
    rows: dict[str, int] = {}
    for segment in made:
        for file in segment.tables:
            rows[file.table] = rows.get(file.table, 0) + file.rows
    assert logs(tmp_path) == ["kraken"]
    for table, count in rows.items():
        found = asked(server, f"SELECT count(), uniqExact(log, seq) FROM twice.{table}")  # noqa: S608
        assert found == f"{count}\t{count}"
    with LogReader(tmp_path / "log" / "kraken") as reader:
        (record, *_) = (one for one in reader.read(1000) if one.kind == BY_NAME["BookChanged"].kind)
    query = f"SELECT asks[1].price FROM twice.BookChanged WHERE seq = {record.seq}"  # noqa: S608
    assert asked(server, query) == "84001"


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_server_takes_every_table(server: str) -> None:
    connection = ClickHouse(f"{server}/every")
    for table in BY_NAME.values():
        connection.insert(table, in_parquet(table, table.schema.empty_table()))
    strange = batches("x", [Record(1, 2, 999, b"\x91\x01")])
    (rows,) = strange.values()
    connection.insert(BY_NAME["Unknown"], in_parquet(BY_NAME["Unknown"], pa.Table.from_batches([rows])))
    connection.close()
    assert asked(server, "SELECT kind, hex(payload) FROM every.Unknown") == "999\t9101"


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_a_server_refuses_is_one_sentence(server: str) -> None:
    connection = ClickHouse(f"{server}/refused")
    with pytest.raises(ClickHouseError, match=r"^ClickHouse at 127\.0\.0\.1:\d+/refused: ") as refused:
        connection.insert(BY_NAME["Signal"], b"no Parquet at all")
    connection.close()
    assert "\n" not in str(refused.value)
