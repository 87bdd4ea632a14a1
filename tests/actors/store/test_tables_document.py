"""docs/tables.md against the code: every table, every column, and its lines of code on a real store."""

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from actors.store.address import PASSWORD
from actors.store.clickhouse import create_table
from actors.store.schema import RENAMED, UNIT, VERSION, VERSION_KEY, WHERE
from actors.store.tables import BY_NAME, Table
from messages import KINDS
from tests.actors.store.stored import DAY_NS, NIGHT_NS, store, write_log

DOCS = Path(__file__).parents[3] / "docs"
DOCUMENT = (DOCS / "tables.md").read_text()
LOG_FORMAT = (DOCS / "log-format.md").read_text()
LIBRARIES = ("duckdb", "polars", "pandas")


def meanings(kind: int, name: str) -> dict[str, str]:
    """What docs/log-format.md says of a message's fields, by column."""
    found = re.search(rf"^#### {kind} {name}\n(.*?)(?=^#|\Z)", LOG_FORMAT, re.MULTILINE | re.DOTALL)
    assert found, name
    rows = re.findall(r"^\| \d+ \| `(\w+)` \| [^|]+ \| (\S[^|]*) \|$", found[1], re.MULTILINE)
    return {RENAMED.get(field, field): meaning for field, meaning in rows}


def type_of(field: pa.Field) -> str:
    if not pa.types.is_list(field.type):
        return str(field.type)
    element = field.type.value_field
    if not pa.types.is_struct(element.type):
        return f"list of {element.type}"
    parts = [f"{part.name} {type_of(part)} ({part.metadata[UNIT].decode()})" for part in element.type]
    return f"list of {', '.join(parts)}"


def section(table: Table) -> str:
    """What stands in the document below the name of a table."""
    known = meanings(table.kind, table.name) if table.kind else {}
    lines = ["| Column | Type | Unit | Meaning |", "|---|---|---|---|"]
    for field in list(table.schema)[len(WHERE) :]:
        meaning = known.get(field.name) or OF_OURS[field.name]
        lines.append(f"| `{field.name}` | {type_of(field)} | {field.metadata[UNIT].decode()} | {meaning} |")
    return "\n".join(lines)


OF_OURS = {
    "data_bytes": "How long the frame or the body was",
    "kind": "Number of the record's kind, see `docs/log-format.md`",
    "payload": "The record as it stands in the log",
}


def written(name: str) -> str:
    found = re.search(rf"^#### {name}\n\n(.*?)\n*(?=^#|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found, f"docs/tables.md has no section `#### {name}`"
    return found[1]


@pytest.mark.parametrize("table", BY_NAME.values(), ids=BY_NAME)
def test_every_table_stands_in_the_document_with_all_its_columns(table: Table) -> None:
    assert written(table.name) == section(table)


def test_the_document_describes_no_table_that_does_not_exist() -> None:
    assert re.findall(r"^#### (\w+)$", DOCUMENT, re.MULTILINE) == list(BY_NAME)


def test_the_document_says_which_version_it_describes() -> None:
    assert f"`{VERSION_KEY.decode()}` is `{VERSION}`" in DOCUMENT
    assert set(KINDS) == {table.kind for table in BY_NAME.values()} - {0}


def test_the_statement_of_the_document_is_the_one_that_is_sent() -> None:
    assert f"```sql\n{create_table(BY_NAME['MarketRoleChanged'], 'kalshi')}\n```" in DOCUMENT
    assert PASSWORD in DOCUMENT


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    write_log(folder)
    write_log(folder, "coinbase")
    for log in ("kraken", "coinbase"):
        store(folder, log)
    return folder


def line_of(library: str) -> str:
    (found,) = re.findall(rf"^```python\n(import {library}; .*)\n```$", DOCUMENT, re.MULTILINE)
    assert isinstance(found, str)
    assert "\n" not in found
    return found


def rows_of(found: Any) -> list[tuple[Any, ...]]:
    if hasattr(found, "fetchall"):
        return [tuple(row) for row in found.fetchall()]
    rows = found.rows() if hasattr(found, "rows") else found.itertuples(index=False, name=None)
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_lines_of_the_document_open_the_store(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    pytest.importorskip(library)
    monkeypatch.chdir(data_dir)
    names: dict[str, Any] = {}
    exec(line_of(library), names)  # noqa: S102 - the line as a reader of the document would type it
    found = names["rows"]
    assert len(rows_of(found)) > 20
    columns = list(found.columns)
    assert columns[: len(BY_NAME["BookChanged"].schema.names)] == BY_NAME["BookChanged"].schema.names
    assert {"date", "series"} <= set(columns)
    at_ns = [row[columns.index("at_ns")] for row in rows_of(found)]
    assert all(NIGHT_NS <= one < NIGHT_NS + DAY_NS for one in at_ns)
    bids = rows_of(found)[0][columns.index("bids")]
    assert dict(bids[0])["price"] == 84_000
