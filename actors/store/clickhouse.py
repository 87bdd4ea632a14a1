"""A copy of the tables in a ClickHouse server, for who has one. Needs the extra `clickhouse`.

A segment's Parquet files are sent as they lie in the store, each insert named by the checksum of its bytes.
The server takes an insert of a known name no second time, and what it has forgotten by then merges away: rows
of a table are unique by (log, seq).
"""

import logging
import os
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from actors.store.address import PASSWORD, database_of, name_of
from actors.store.errors import ClickHouseError
from actors.store.schema import UNIT, VERSION, VERSION_KEY
from actors.store.tables import Table

CONNECT_S: Final = 5
SEND_S: Final = 60
MOST_LETTERS: Final = 300
"""Of what a server says of an error."""
REMEMBERED_INSERTS: Final = 10_000
"""A table's newest inserts by name. A crash repeats at most the last one."""

TYPES: Final[dict[pa.DataType, str]] = {
    pa.int64(): "Int64",
    pa.float64(): "Float64",
    pa.bool_(): "Bool",
    pa.string(): "String",
    pa.binary(): "String",
}


class ClickHouse:
    """A connection to a server.

    url: `http://user@host:8123/database`, or https; see address.check_url. The password stands in the
    environment, so that it gets into no log. Raises ClickHouseError where nobody answers.
    """

    def __init__(self, url: str) -> None:
        try:
            import clickhouse_connect
            from clickhouse_connect.driver.exceptions import Error
        except ImportError:
            message = (
                "clickhouse-connect is not installed; `pip install 'kalshi-actors[clickhouse]'` brings it"
            )
            raise ClickHouseError(message) from None
        # What it logs is raised as well.
        logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())
        self.name = name_of(url)
        self._database = database_of(url)
        self._known: set[str] = set()
        self._errors: tuple[type[Exception], ...] = (Error, OSError)
        parts = urlsplit(url)
        self._client: Any = self._asked(
            lambda: clickhouse_connect.get_client(
                host=parts.hostname,
                port=parts.port or (8443 if parts.scheme == "https" else 8123),
                secure=parts.scheme == "https",
                username=unquote(parts.username) if parts.username else None,
                password=os.environ.get(PASSWORD, ""),
                connect_timeout=CONNECT_S,
                send_receive_timeout=SEND_S,
                autogenerate_session_id=False,
            )
        )
        self._asked(lambda: self._client.command(create_database(self._database)))

    def insert(self, table: Table, parquet: bytes) -> None:
        """Add rows; those that are there already are not added again. Raises ClickHouseError."""
        if table.name not in self._known:
            for statement in (create_table(table, self._database), add_columns(table, self._database)):
                self._asked(lambda statement=statement: self._client.command(statement))  # type: ignore[misc]
            self._known.add(table.name)
        self._asked(
            lambda: self._client.raw_insert(
                target(table, self._database),
                insert_block=parquet,
                fmt="Parquet",
                settings={"insert_deduplication_token": sha256(parquet).hexdigest()},
            )
        )

    def close(self) -> None:
        self._client.close()

    def _asked(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except self._errors as error:
            message = f"ClickHouse at {self.name}: {words(error)}"
            raise ClickHouseError(message) from None


def create_database(database: str) -> str:
    return f"CREATE DATABASE IF NOT EXISTS {quoted(database)}"


def create_table(table: Table, database: str) -> str:
    """The statement that makes a table of the same columns, unless it is there."""
    columns = ",\n".join(f"    {column}" for column in map(_column, table.schema))
    return (
        f"CREATE TABLE IF NOT EXISTS {target(table, database)} (\n{columns}\n)\n"
        "ENGINE = ReplacingMergeTree\n"
        "PARTITION BY toYYYYMM(toDateTime(intDiv(at_ns, 1000000000), 'UTC'))\n"
        "ORDER BY (log, seq)\n"
        f"SETTINGS non_replicated_deduplication_window = {REMEMBERED_INSERTS}\n"
        f"COMMENT '{VERSION_KEY.decode()} {VERSION}'"
    )


def add_columns(table: Table, database: str) -> str:
    """The statement that adds what a table made by an earlier version lacks."""
    columns = ", ".join(f"ADD COLUMN IF NOT EXISTS {column}" for column in map(_column, table.schema))
    return f"ALTER TABLE {target(table, database)} {columns}"


def column_type(kind: pa.DataType) -> str:
    """ClickHouse's type for a column."""
    if pa.types.is_list(kind):
        return f"Array({column_type(kind.value_type)})"
    if pa.types.is_struct(kind):
        return f"Tuple({', '.join(f'{quoted(part.name)} {column_type(part.type)}' for part in kind)})"
    return TYPES[kind]


def target(table: Table, database: str) -> str:
    return f"{quoted(database)}.{quoted(table.name)}"


def quoted(name: str) -> str:
    """A name as it stands in a statement."""
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"


def words(error: BaseException) -> str:
    """One line: why the system gave no connection, or what the server said."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            return f"no answer ({inner.strerror})"
        inner = next((one for one in (_reason(inner), inner.__cause__, inner.__context__) if one), None)
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:MOST_LETTERS]


def _reason(error: BaseException) -> BaseException | None:
    """Where urllib3 keeps what it met."""
    found = getattr(error, "reason", None)
    return found if isinstance(found, BaseException) else None


def _column(field: pa.Field) -> str:
    comment = field.metadata[UNIT].decode().replace("\\", "\\\\").replace("'", "\\'")
    return f"{quoted(field.name)} {column_type(field.type)} COMMENT '{comment}'"
