from pathlib import Path

import pytest

from actors.logger.output import CHUNK_BYTES, OwnOutput


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kraken.err"


def put(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def texts(output: OwnOutput) -> list[str]:
    return [text for text, _ in output.read()]


def test_whole_lines_are_returned_once(path: Path) -> None:
    output = OwnOutput(path, (0, 0))
    assert texts(output) == []
    put(path, "--- kraken, run 1, 2026-11-22T20:55:40Z\none\n  two\n\nthr")
    assert texts(output) == ["one", "  two"]
    assert texts(output) == []
    put(path, "ee\n")
    assert texts(output) == ["three"]
    output.close()


def test_reading_goes_on_at_the_place_behind_any_line(path: Path) -> None:
    put(path, "".join(f"line {number}\n" for number in range(20)))
    first = OwnOutput(path, (0, 0))
    lines = first.read()
    first.close()
    for number, (_, place) in enumerate(lines):
        again = OwnOutput(path, place)
        assert texts(again) == [f"line {later}" for later in range(number + 1, 20)]
        again.close()


def test_a_file_that_is_set_aside_is_read_to_its_end_first(path: Path) -> None:
    output = OwnOutput(path, (0, 0))
    put(path, "one\n")
    assert texts(output) == ["one"]
    put(path, "two\nlast words")
    path.rename(path.with_name("kraken.err.1"))
    put(path, "three\n")
    found: list[str] = []
    for _ in range(4):
        found += texts(output)
    assert found == ["two", "last words", "three"]
    output.close()


def test_a_file_that_was_set_aside_meanwhile_is_read_to_its_end_first(path: Path) -> None:
    put(path, "one\ntwo\n")
    first = OwnOutput(path, (0, 0))
    (_, place), _ = first.read()
    first.close()
    path.rename(path.with_name("kraken.err.1"))
    put(path, "three\n")
    again = OwnOutput(path, place)
    found: list[str] = []
    for _ in range(4):
        found += texts(again)
    assert found == ["two", "three"]
    again.close()


def test_a_file_that_was_emptied_is_read_from_its_beginning(path: Path) -> None:
    output = OwnOutput(path, (0, 0))
    put(path, "a long first line\n")
    assert texts(output) == ["a long first line"]
    path.write_text("x\n")
    assert texts(output) == ["x"]
    output.close()


def test_a_line_without_end_is_cut_into_pieces_and_bytes_that_are_no_text_do_no_harm(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00x\n" + b"y" * (2 * CHUNK_BYTES))
    output = OwnOutput(path, (0, 0))
    found = [text for _ in range(4) for text in texts(output)]
    assert found[0].endswith("x")
    assert all(len(text) <= CHUNK_BYTES for text in found)
    assert output.place[1] >= CHUNK_BYTES
    output.close()
