import os
from pathlib import Path

import pytest

from actors.logger.line import Line, format_line
from actors.logger.textlog import TextLog


def text(seq: int) -> str:
    return format_line(Line(seq * 1_000_000, "INFO", "kraken", "gap", {"n": str(seq)}, seq)) + "\n"


def seqs(log: TextLog) -> list[int]:
    return [line.seq for line in log.lines_backwards()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "kraken.log"


def test_lines_are_found_again_newest_first(path: Path) -> None:
    log = TextLog(path, 10**6, 3)
    for seq in range(1, 2000):
        log.append(text(seq))
    log.close()
    assert seqs(TextLog(path, 10**6, 3)) == list(range(1999, 0, -1))


def test_a_file_that_grows_too_large_is_set_aside_and_so_many_are_kept(path: Path) -> None:
    log = TextLog(path, 1000, 3)
    for seq in range(1, 201):
        log.append(text(seq))
    found = seqs(log)
    log.close()
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "kraken.log", "kraken.log.1", "kraken.log.2", "kraken.log.3",
    ]  # fmt: skip
    assert found == list(range(200, 200 - len(found), -1))
    assert all(file.stat().st_size <= 1000 for file in path.parent.iterdir())


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_kill_between_the_renames_of_a_rotation_loses_and_doubles_nothing(
    path: Path, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = TextLog(path, 500, 5)
    for seq in range(1, 31):
        log.append(text(seq))
    before = seqs(log)
    assert len(list(path.parent.iterdir())) > steps
    done = 0
    replace = Path.replace

    def die_after_some(source: Path, target: Path) -> Path:
        nonlocal done
        if done == steps:
            raise KeyboardInterrupt
        done += 1
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", die_after_some)
    with pytest.raises(KeyboardInterrupt):
        log.append(text(31) * 7)
    monkeypatch.undo()
    log.close()
    again = TextLog(path, 500, 5)
    found = seqs(again)
    assert found == sorted(set(found), reverse=True)
    assert set(before) <= set(found)
    last = found[0]
    for seq in range(last + 1, last + 11):
        again.append(text(seq))
    found = seqs(again)
    again.close()
    assert found == list(range(last + 10, last + 10 - len(found), -1))


@pytest.mark.parametrize("cut", range(1, len(text(7))))
def test_a_line_that_was_cut_short_is_taken_out_at_the_next_start(path: Path, cut: int) -> None:
    log = TextLog(path, 10**6, 3)
    log.append(text(6))
    log.append(text(7))
    log.close()
    os.truncate(path, path.stat().st_size - cut)
    again = TextLog(path, 10**6, 3)
    again.append(text(8))
    assert seqs(again) == [8, 6]
    again.close()


def test_a_file_that_somebody_moved_away_is_begun_anew(path: Path) -> None:
    log = TextLog(path, 10**6, 3)
    log.append(text(1))
    path.rename(path.with_name("elsewhere"))
    log.append(text(2))
    log.close()
    assert path.read_text() == text(2)


def test_what_does_not_fit_on_the_disk_is_not_there_in_part(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = TextLog(path, 10**6, 3)
    log.append(text(1))
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[:10]))
    with pytest.raises(OSError, match="takes no more"):
        log.append(text(2))
    monkeypatch.undo()
    log.append(text(3))
    log.close()
    assert path.read_text() == text(1) + text(3)


def test_what_is_no_line_of_ours_is_passed_over(path: Path) -> None:
    log = TextLog(path, 10**6, 3)
    log.append(text(1) + "some words\n" + "\n" + text(2))
    assert seqs(log) == [2, 1]
    log.close()
