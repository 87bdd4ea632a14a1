"""The readable logs from their end and onwards, over rotation."""

from pathlib import Path

import pytest

from actors.logger.line import Line, format_line
from cli.log_files import BLOCK_BYTES, LogFile, from_level


def text_of(number: int, level: str = "INFO", words: str = "told") -> str:
    return format_line(Line(number * 1_000_000, level, "kraken", words, {"n": str(number)}, number))


def write(path: Path, numbers: range, mode: str = "a") -> None:
    with path.open(mode) as file:
        file.writelines(text_of(number) + "\n" for number in numbers)


def numbers_in(lines: list[object]) -> list[int]:
    return [int(str(line.line.fields["n"])) for line in lines]  # type: ignore[attr-defined]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kraken.log"


def test_a_log_that_is_not_there_is_empty_until_it_is(path: Path) -> None:
    log = LogFile(path, from_level(None))
    assert log.newest(5) == []
    assert log.more() == []
    write(path, range(3))
    assert numbers_in([*log.more()]) == [0, 1, 2]
    log.close()


@pytest.mark.parametrize("count", [0, 1, 7, 5000])
def test_the_newest_lines_are_the_last_ones_however_long_the_file(path: Path, count: int) -> None:
    write(path, range(5000))
    assert path.stat().st_size > BLOCK_BYTES
    log = LogFile(path, from_level(None))
    assert numbers_in([*log.newest(count)]) == list(range(5000))[5000 - count :]
    write(path, range(5000, 5003))
    assert numbers_in([*log.more()]) == [5000, 5001, 5002]
    log.close()


def test_older_files_are_looked_into_when_the_newest_is_short(path: Path) -> None:
    write(path.with_name("kraken.log.2"), range(3))
    write(path.with_name("kraken.log.1"), range(3, 6))
    write(path, range(6, 8))
    log = LogFile(path, from_level(None))
    assert numbers_in([*log.newest(4)]) == [4, 5, 6, 7]
    assert numbers_in([*log.newest(100)]) == list(range(8))
    log.close()


def test_nothing_is_lost_or_doubled_over_a_rotation(path: Path) -> None:
    write(path, range(3))
    log = LogFile(path, from_level(None))
    seen = numbers_in([*log.newest(10)])
    write(path, range(3, 5))
    path.rename(path.with_name("kraken.log.1"))
    seen += numbers_in([*log.more()])
    write(path, range(5, 8))
    seen += numbers_in([*log.more()])
    seen += numbers_in([*log.more()])
    assert seen == list(range(8))
    log.close()


def test_half_a_line_waits_for_its_other_half(path: Path) -> None:
    whole = text_of(1)
    path.write_text(whole[:20])
    log = LogFile(path, from_level(None))
    assert log.newest(5) == []
    assert log.more() == []
    with path.open("a") as file:
        file.write(whole[20:] + "\n")
    assert [shown.text for shown in log.more()] == [whole]
    log.close()


def test_a_level_shows_itself_and_what_is_graver(path: Path) -> None:
    levels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
    path.write_text("".join(text_of(i, level) + "\n" for i, level in enumerate(levels)) + "no line of ours\n")
    for i, level in enumerate(levels):
        log = LogFile(path, from_level(level))
        assert numbers_in([*log.newest(10)]) == list(range(i, 5))
        log.close()
    log = LogFile(path, from_level(None))
    assert log.newest(1)[0].text == "no line of ours"
    log.close()
