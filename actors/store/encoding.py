"""How a table's Parquet files are written: chosen by measuring a simulated session, column by column.

Every encoding here is in the Parquet format since version 2.0, so that all its readers know it.
"""

from typing import Any, Final

import pyarrow as pa

from actors.store.schema import NS, NUMBER, UNIT

ZSTD_LEVEL: Final = 3
"""Levels above take twice the time and more for 3 % of the bytes."""


def parquet(schema: pa.Schema) -> dict[str, Any]:
    """The keyword arguments of pyarrow.parquet.ParquetWriter for files of this table.

    Record numbers and times rise by little from row to row, so their differences are stored. Words repeat, so
    they stand in a dictionary. Prices and sizes repeat in runs that zstd finds best in the plain numbers.
    """
    encodings: dict[str, str] = {}
    words: list[str] = []
    for field in schema:
        for path, kind in _leaves(field.name, field.type):
            rises = kind == pa.int64() and path == field.name
            if kind == pa.string():
                words.append(path)
            elif rises and field.metadata[UNIT].decode() in (NS, NUMBER):
                encodings[path] = "DELTA_BINARY_PACKED"
            else:
                encodings[path] = "PLAIN"
    return {
        "schema": schema,
        "compression": "zstd",
        "compression_level": ZSTD_LEVEL,
        "use_dictionary": words,
        "column_encoding": encodings,
        "version": "2.6",
    }


def _leaves(path: str, kind: pa.DataType) -> list[tuple[str, pa.DataType]]:
    """The columns as Parquet knows them, below a column of Arrow."""
    if pa.types.is_list(kind):
        return _leaves(f"{path}.list.element", kind.value_type)
    if pa.types.is_struct(kind):
        return [leaf for field in kind for leaf in _leaves(f"{path}.{field.name}", field.type)]
    return [(path, kind)]
