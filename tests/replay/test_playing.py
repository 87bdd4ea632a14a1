"""Listeners of a session played again, side by side and in the order in which they spoke."""

from pathlib import Path

import pytest

from messages import Read, Turn
from messages.log import LogReader, LogWriter
from replay import listeners
from replay.errors import ForeignSettingsError, UnknownNameError
from replay.listeners import LISTENERS, Listener
from replay.playing import Playing, Totals, listeners_in, newest_seq, play, unbegun
from replay.sessions import EVER_NS, Session
from tests.messages.log.samples import QUIET, SMALL, segment_paths
from tests.replay.listening import Sum, started, total, trade

ONE = Session("one", "sim", 0, 50, 1.0)
TWO = Session("two", "sim", 50, EVER_NS, 1.0)


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two sessions of a listener `sum`, the first in two runs, and one of a listener `other`."""
    monkeypatch.setattr(
        listeners,
        "LISTENERS",
        LISTENERS | dict.fromkeys(("sum", "other"), Listener(_build, frozenset(), lambda *_: None)),
    )
    monkeypatch.setattr("replay.playing.LISTENERS", listeners.LISTENERS)
    with LogWriter(tmp_path / "log" / "a", QUIET) as writer:
        for n in range(1, 7):
            writer.append([trade(n, 1 << n)], n)
    with LogWriter(tmp_path / "log" / "sum", QUIET) as writer:
        writer.append([started("one")], 10)
        writer.append([Turn(20, [Read("a", 1, 2)], True), total(3, 20, 6)], 20)
        writer.append([started("one")], 30)
        writer.append([Turn(31, [Read("a", 1, 2)], False)], 31)
        writer.append([Turn(40, [Read("a", 3, 3)], True), total(7, 40, 14)], 40)
        writer.append([started("two", '{"nonsense": 1}')], 50)
    with LogWriter(tmp_path / "log" / "other", QUIET) as writer:
        writer.append([started("one")], 10)
        writer.append([Turn(30, [Read("a", 1, 4)], True), total(3, 30, 31)], 30)
    return tmp_path


def _build(settings: object) -> Sum:
    if settings != {"speed": 2}:
        message = "nonsense"
        raise ValueError(message)
    return Sum()


def test_the_listeners_of_a_session_are_found_and_others_are_refused(data_dir: Path) -> None:
    assert listeners_in(data_dir, ONE, []) == ["sum", "other"]
    assert listeners_in(data_dir, ONE, ["other"]) == ["other"]
    assert listeners_in(data_dir, TWO, []) == ["sum"]
    with pytest.raises(UnknownNameError, match="'logger' is no listener that can be played; there are: brti"):
        listeners_in(data_dir, ONE, ["logger"])
    with pytest.raises(UnknownNameError, match="no run of brti began in session one; there ran: sum, other"):
        listeners_in(data_dir, ONE, ["brti"])


def test_every_run_of_a_session_is_played_and_counted(data_dir: Path) -> None:
    totals = Totals()
    told: list[float] = []
    turns = [played.seq for _, played in play(data_dir, ONE, "sum", totals, tell=told.append)]
    assert turns == [2, 5, 6]
    assert [run.first_seq for run in totals.runs] == [1, 4]
    assert (totals.turns, totals.passed, totals.fed, totals.missing) == (3, 5, 5, [])
    assert told == sorted(told)
    assert told[-1] <= 1.0


def test_playing_stops_at_a_time(data_dir: Path) -> None:
    assert [played.seq for _, played in play(data_dir, ONE, "sum", Totals(), to_ns=31)] == [2]


def test_words_come_in_the_order_in_which_they_were_said(data_dir: Path) -> None:
    playing = Playing(data_dir, ONE, ["sum", "other"])
    words = [(word.log, word.seq, word.at_ns) for word in playing.words()]
    assert words == [("sum", 3, 20), ("other", 3, 30), ("sum", 7, 40)]
    assert playing.said == {"sum": {"DayVolume": 2}, "other": {"DayVolume": 1}}
    assert playing.differing == {"sum": 0, "other": 1}  # 30 was said, and 31 recorded
    assert playing.totals["other"].passed == 4


def test_one_after_the_other_they_are_counted_alike(data_dir: Path) -> None:
    quiet, told = Playing(data_dir, ONE, ["sum", "other"]), Playing(data_dir, ONE, ["sum", "other"])
    quiet.count()
    list(told.words())
    assert (quiet.said, quiet.differing) == (told.said, told.differing)
    assert [vars(one) for one in quiet.totals.values()] == [vars(one) for one in told.totals.values()]


def test_what_led_to_the_beginning_is_played_in_silence(data_dir: Path) -> None:
    playing = Playing(data_dir, ONE, ["sum", "other"], from_ns=25, to_ns=40)
    assert [(word.log, word.seq) for word in playing.words()] == [("other", 3)]
    assert playing.said["sum"] == {}
    (late,) = Playing(data_dir, ONE, ["sum"], from_ns=40).words()
    assert late.message == total(7, 40, 14)


def test_a_run_with_foreign_settings_is_named(data_dir: Path) -> None:
    with pytest.raises(ForeignSettingsError, match="session two, version 1, cannot be built again"):
        list(Playing(data_dir, TWO, ["sum"]).words())


def test_the_newest_record_of_a_log(data_dir: Path) -> None:
    assert newest_seq(data_dir, "sum") == 8
    assert newest_seq(data_dir, "nobody") == 0


def test_words_whose_beginning_is_not_kept_are_counted(data_dir: Path) -> None:
    assert unbegun(data_dir, ONE, "sum") == 0
    assert unbegun(data_dir, ONE, "nobody") == 0
    log_dir = data_dir / "log" / "other"
    with LogWriter(log_dir, SMALL) as writer:
        for n in range(40, 49):
            writer.append([Turn(n, [], True), total(n, n, n)], n)
    first, second, *_ = segment_paths(log_dir)
    first.unlink()
    kept = int(second.stem)
    with LogReader(log_dir) as reader:
        reader.seek_end()
        assert unbegun(data_dir, ONE, "other") == (reader.next_seq - kept) // 2
    assert unbegun(data_dir, TWO, "other") == 0
    assert "other" in listeners_in(data_dir, ONE, [])
