"""What `report` says of its page."""

from pathlib import Path

import pytest

from cli.report_text import as_fields, as_text
from replay.report.choosing import Chosen
from replay.report.report import Made
from replay.sessions import Session

MADE = Made("é" * 600_000, "No edge was seen.", 1_200, 0, None)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (MADE, "p.html (1.2 MB): 1,200 records"),
        (MADE._replace(certified=True), "p.html (1.2 MB): 1,200 records, the certificate holds"),
        (
            MADE._replace(certified=False, unreadable=3),
            "p.html (1.2 MB): 1,200 records, 3 unreadable, the certificate does not hold",
        ),
    ],
)
def test_the_first_line_says_where_the_page_is_and_the_second_what_it_says(made: Made, words: str) -> None:
    assert as_text(made, Path("p.html")) == f"{words}\nNo edge was seen."


def test_scripts_get_the_whole_path() -> None:
    session = Session("a", "sim", 1, 2, 1.0)
    told = as_fields(MADE, Chosen("a", "Session a", [session], [session]), Path("p.html"))
    assert told == {
        "path": str(Path.cwd() / "p.html"),
        "bytes": 1_200_000,
        "sessions": ["a"],
        "records": 1_200,
        "unreadable": 0,
        "certified": None,
        "verdict": "No edge was seen.",
    }
