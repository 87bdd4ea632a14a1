from pathlib import Path

import pytest

from cli.export_text import as_fields, as_text, size
from replay.export.exporting import Exported

DONE = [
    Exported("BookChanged", 12_345, "here/BookChanged.csv", 4_200_000),
    Exported("Signal", 7, "here/Signal.csv", 812),
]


def test_a_line_on_all_of_it_stands_above_one_a_table() -> None:
    assert as_text(DONE, "here") == [
        "12,352 rows of 2 tables, 4.2 MB, in here",
        "  BookChanged.csv  12,345 rows    4.2 MB",
        "  Signal.csv            7 rows     812 B",
    ]


def test_an_empty_export_is_said_in_words() -> None:
    assert as_text([], "here") == ["nothing was recorded in that span, so nothing was written"]


def test_scripts_get_every_figure() -> None:
    told = as_fields(DONE, ["a note"], Path("/data"))
    assert (told["rows"], told["notes"], told["data_dir"]) == (12_352, ["a note"], "/data")
    assert told["tables"][1] == {"table": "Signal", "rows": 7, "path": "here/Signal.csv", "bytes": 812}


@pytest.mark.parametrize(
    ("bytes_", "words"),
    [(0, "0 B"), (999, "999 B"), (4_240, "4.2 kB"), (999_600, "1.0 MB"), (133e6, "133 MB")],
)
def test_sizes_have_three_or_four_places(bytes_: int, words: str) -> None:
    assert size(bytes_) == words
