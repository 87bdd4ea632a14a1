"""Reading recorded logs for the page."""

import shutil
from pathlib import Path

import pytest

from replay.report.reading import Gathered, gather
from replay.score import report as scored
from replay.score.reading import read
from replay.sessions import EVER_NS, Session, sessions
from tests.messages.log.samples import segment_paths
from tests.replay.real import damage
from tests.replay.report.whole import END, WINDOWS
from tests.replay.score.made import BEGIN, QUARTER, S


@pytest.fixture
def copied(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole / "log", tmp_path / "log")
    return tmp_path


def gathered_of(data_dir: Path) -> Gathered:
    return gather(data_dir, sessions(data_dir), 100.0, lambda share: None)


def test_every_part_of_the_page_finds_its_records(gathered: Gathered) -> None:
    assert gathered.index_lines.methods["cme-cf"].count == WINDOWS * 90
    assert gathered.index_lines.errors["nowcast"].sizes.count == WINDOWS * 90
    assert gathered.index_lines.official.count == 1
    series = gathered.market_lines.series["KXBTC15M"]
    assert series.fair.count == WINDOWS * 540
    assert {what for what, _ in series.marks} == {"signal", "decision", "bought"}
    assert len(gathered.market_lines.settled) == WINDOWS - 1
    assert (
        gathered.run_lines.of["coinbase"].restarts.count,
        gathered.run_lines.of["coinbase"].gaps.count,
    ) == (1, 1)
    assert gathered.run_lines.ended
    assert (gathered.from_ns, gathered.to_ns, gathered.missing) == (BEGIN - 5 * S, END + S, [])
    assert sum(run.records for run in gathered.run_lines.of.values()) == _records(gathered)


def _records(gathered: Gathered) -> int:
    of = gathered.run_lines.of
    return sum(of[log].records for log in ("supervisor", "kalshi", "signal", "paper", "brti", "coinbase"))


def test_the_score_is_the_scores_own(whole: Path, gathered: Gathered) -> None:
    found = sessions(whole)
    alone = scored.report(read(whole, found, 100.0, lambda share: None), 100.0)
    assert scored.plain(gathered.score) == scored.plain(alone)


def test_a_part_of_a_session_is_read_as_if_there_were_no_more(whole: Path) -> None:
    (session,) = sessions(whole)
    cut = session._replace(from_ns=BEGIN + QUARTER, to_ns=BEGIN + 2 * QUARTER)
    part = gather(whole, [cut], 100.0, lambda share: None)
    assert BEGIN + QUARTER <= part.from_ns <= part.to_ns < BEGIN + 2 * QUARTER
    assert part.index_lines.methods["cme-cf"].count == 90
    assert part.run_lines.of["brti"].records == 180


def test_damage_is_named_and_stepped_over(copied: Path) -> None:
    damage(copied / "log" / "brti", 100)
    found = gathered_of(copied)
    (missing,) = found.missing
    assert (missing.log, missing.first, missing.last) == ("brti", 100, 100)
    assert str(copied / "log" / "brti") in missing.why
    assert found.run_lines.of["brti"].lost == 1
    assert found.index_lines.methods["cme-cf"].count + found.index_lines.errors["cme-cf"].sizes.count == 719


def test_a_log_of_another_make_is_named_and_the_others_are_read(copied: Path) -> None:
    path = segment_paths(copied / "log" / "coinbase")[0]
    path.write_bytes(b"something else " * 10)
    found = gathered_of(copied)
    assert {missing.log for missing in found.missing} == {"coinbase"}
    assert str(path) in found.missing[0].why
    assert found.index_lines.methods["cme-cf"].count == WINDOWS * 90


def test_a_session_that_is_still_being_written_is_read_up_to_its_torn_end(copied: Path) -> None:
    for log in ("brti", "supervisor"):
        path = segment_paths(copied / "log" / log)[-1]
        path.write_bytes(path.read_bytes()[:-7])
    found = gathered_of(copied)
    assert found.missing == []
    assert not found.run_lines.ended
    assert found.index_lines.errors["cme-cf"].sizes.count == WINDOWS * 90 - 1


def test_the_progress_goes_from_nothing_to_all(whole: Path) -> None:
    told: list[float] = []
    gather(whole, sessions(whole), 100.0, told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_a_folder_without_logs_gives_an_empty_page(tmp_path: Path) -> None:
    found = gather(tmp_path, [Session("x", "", 0, EVER_NS, 1.0)], 100.0, lambda share: None)
    assert (found.from_ns, found.to_ns, found.run_lines.of) == (0, 0, {})
