from pathlib import Path

import pytest

from replay.backtest.errors import TableError
from replay.backtest.table import Results
from tests.replay.backtest.made import judged, line, row, session, task


def test_what_was_added_is_there_again_after_opening_anew(tmp_path: Path) -> None:
    first, second = judged([1.0, float(2)]), judged([-3.0])
    with Results(tmp_path / "deep" / "folder") as results:
        results.add(line(task("a"), first))
        results.add(line(task("b"), second))
        assert results.row("a") == row(task("a"), first)
    with Results(tmp_path / "deep" / "folder") as results:
        assert len(results) == 2
        assert "a" in results
        assert "c" not in results
        assert results.row("b") == row(task("b"), second)


def test_a_key_that_is_there_is_not_added_twice(tmp_path: Path) -> None:
    with Results(tmp_path) as results:
        results.add(line(task("a"), judged([1.0])))
        results.add(line(task("a"), judged([2.0])))
        assert results.row("a").judged == judged([1.0])
    assert (tmp_path / "results.jsonl").read_bytes().count(b"\n") == 1


def test_killed_at_any_byte_the_whole_lines_are_kept_and_the_rest_is_added_again(tmp_path: Path) -> None:
    lines = [line(task(key), judged([1.0])) + b"\n" for key in "ab"]
    whole = b"".join(lines)
    for cut in range(0, len(whole) + 1, 7):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / "results.jsonl").write_bytes(whole[:cut])
        with Results(folder) as results:
            assert len(results) == whole[:cut].count(b"\n")
            for key in "ab":
                results.add(line(task(key), judged([1.0])))
        assert (folder / "results.jsonl").read_bytes() == whole


def test_a_foreign_line_is_named_with_file_and_number_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    content = line(task("a"), judged([1.0])) + b"\n" + b"shopping: milk\n"
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"results\.jsonl line 2 is no result of a backtest"):
        Results(tmp_path)
    assert path.read_bytes() == content


def test_a_damaged_row_is_named_when_it_is_read(tmp_path: Path) -> None:
    with Results(tmp_path) as results:
        results.add(line(task("a"), judged([1.0])))
    path = tmp_path / "results.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"windows"', b'"windoms"'))
    with Results(tmp_path) as results, pytest.raises(TableError, match="damaged at byte 0"):
        results.row("a")


def test_a_table_has_one_writer_at_a_time(tmp_path: Path) -> None:
    with Results(tmp_path), pytest.raises(TableError, match="another backtest writes to"):
        Results(tmp_path)
    Results(tmp_path).close()


def test_every_configuration_ever_tried_on_these_sessions_is_counted(tmp_path: Path) -> None:
    other = session("other")
    with Results(tmp_path) as results:
        results.add(line(task("a", config="1"), judged([1.0])))
        results.add(line(task("b", config="2"), judged([1.0])))
        results.add(line(task("c", other, config="3"), judged([1.0])))
        assert results.configurations({"made"}) == {"1", "2"}
        assert results.configurations({"made", "other"}) == {"1", "2", "3"}
