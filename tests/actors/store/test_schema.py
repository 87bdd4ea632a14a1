"""Every column of every table has a unit; names never clash."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from actors.store.schema import FOLDERS, UNIT, VERSION, VERSION_KEY, WHERE
from actors.store.tables import BY_NAME, Table


def fields(field: pa.Field) -> Iterator[pa.Field]:
    yield field
    if pa.types.is_list(field.type):
        yield from fields(field.type.value_field)
    elif pa.types.is_struct(field.type):
        for part in field.type:
            yield from fields(part)


@pytest.mark.parametrize("table", BY_NAME.values(), ids=BY_NAME)
def test_every_column_has_a_unit(table: Table) -> None:
    without = [one.name for column in table.schema for one in fields(column) if not one.metadata.get(UNIT)]
    assert without == []


@pytest.mark.parametrize("table", BY_NAME.values(), ids=BY_NAME)
def test_a_table_begins_with_where_the_record_stands_and_repeats_no_name(table: Table) -> None:
    assert tuple(table.schema.names[:3]) == WHERE
    assert len({*table.schema.names, *FOLDERS}) == len(table.schema.names) + len(FOLDERS)
    assert not any(field.nullable for column in table.schema for field in fields(column))


def test_the_schema_says_its_version_and_what_it_is_of() -> None:
    said = BY_NAME["BookChanged"].schema.metadata
    assert said[VERSION_KEY] == str(VERSION).encode()
    assert said[b"kalshi_actors.table"] == b"BookChanged"
