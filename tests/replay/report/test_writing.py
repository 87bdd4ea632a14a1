"""The page as a file."""

from pathlib import Path

import pytest

from replay.report.writing import target, write


def test_a_folder_gets_the_usual_name_and_a_file_its_own(tmp_path: Path) -> None:
    assert target(None, "x") == Path("report-x.html")
    assert target(tmp_path, "x") == tmp_path / "report-x.html"
    assert target(tmp_path / "mine.html", "x") == tmp_path / "mine.html"


def test_a_page_replaces_the_one_before_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write(path, "one")
    write(path, "two ½")
    assert path.read_text(encoding="utf-8") == "two ½"
    assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_can_be_written_the_error_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write(tmp_path / "nowhere" / "page.html", "one")
