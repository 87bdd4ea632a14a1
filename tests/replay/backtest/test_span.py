from pathlib import Path
from typing import Any

import orjson

from messages import ActorStarted, Message, PaperAccount
from messages.log import LogWriter
from messages.version import VERSION
from replay.backtest.points import Point
from replay.backtest.span import anew, sessions_between
from replay.sessions import EVER_NS
from tests.messages.log.samples import QUIET
from tests.replay.score.made import BEGIN, S

SETTINGS: dict[str, dict[str, Any]] = {
    "brti": {"speed": 1.0, "method": "cme-cf"},
    "signal": {"speed": 1.0, "calibration_file": "", "edge_usd": 0.01},
    "paper": {"speed": 1.0, "latency_ms": 100.0},
}


def started(name: str, session: str, at_ns: int, version: str = VERSION) -> ActorStarted:
    settings = {**SETTINGS.get(name, {"mode": "sim"}), "speed": 60.0}
    return ActorStarted(name, session, 1, at_ns, version, orjson.dumps(settings).decode())


def write(data_dir: Path, log: str, *said: Message) -> None:
    with LogWriter(data_dir / "log" / log, QUIET) as writer:
        for message in said:
            writer.append([message], int(getattr(message, "at_ns", 0)))


def recorded(data_dir: Path, version: str = VERSION, *, brti: bool = True) -> None:
    """Two sessions, of which the second ends, as far as is known, with its newest record."""
    begins = (("one", BEGIN), ("two", BEGIN + 100 * S))
    for log in ("supervisor", *(("brti",) if brti else ()), "signal"):
        write(data_dir, log, *(started(log, name, at_ns, version) for name, at_ns in begins))
    write(data_dir, "paper", PaperAccount(BEGIN + 150 * S, 1, [], "2026-11-23", 0, 0, [], 1))


def points(**changes: dict[str, Any]) -> list[Point]:
    changed = {actor: {**settings, **changes.get(actor, {})} for actor, settings in SETTINGS.items()}
    return [Point({}, SETTINGS), Point({}, changed)]


def test_sessions_are_cut_to_the_span_and_the_newest_ends_with_the_newest_record(tmp_path: Path) -> None:
    recorded(tmp_path)
    one, two = sessions_between(tmp_path, 0, EVER_NS)
    assert (one.cut.from_ns, one.cut.to_ns, one.cut.speed) == (BEGIN, BEGIN + 100 * S, 60.0)
    assert (two.cut.to_ns, two.whole.to_ns) == (BEGIN + 150 * S + 1, EVER_NS)
    (cut,) = sessions_between(tmp_path, BEGIN + 10 * S, BEGIN + 20 * S)
    assert (cut.cut.from_ns, cut.cut.to_ns) == (BEGIN + 10 * S, BEGIN + 20 * S)
    assert cut.whole == one.whole
    assert sessions_between(tmp_path, BEGIN + 200 * S, EVER_NS) == []
    assert sessions_between(tmp_path / "nowhere", 0, EVER_NS) == []


def test_a_session_that_was_written_on_has_another_end(tmp_path: Path) -> None:
    recorded(tmp_path)
    before = sessions_between(tmp_path, 0, EVER_NS)
    write(tmp_path, "kalshi", started("kalshi", "two", BEGIN + 160 * S))
    after = sessions_between(tmp_path, 0, EVER_NS)
    assert after[0] == before[0]
    assert after[1].cut.to_ns == BEGIN + 160 * S + 1


def test_whose_settings_no_point_changes_is_not_run_anew(tmp_path: Path) -> None:
    recorded(tmp_path)
    for part in sessions_between(tmp_path, 0, EVER_NS):
        of = part.whole
        assert anew(tmp_path, of, points()) == ["paper"]
        assert anew(tmp_path, of, points(paper={"latency_ms": 50.0})) == ["paper"]
        assert anew(tmp_path, of, points(signal={"edge_usd": 0.02})) == ["signal", "paper"]
        assert anew(tmp_path, of, points(brti={"method": "nowcast"})) == ["brti", "signal", "paper"]


def test_a_file_may_hold_something_else_by_now(tmp_path: Path) -> None:
    recorded(tmp_path)
    of = sessions_between(tmp_path, 0, EVER_NS)[0].whole
    assert anew(tmp_path, of, points(signal={"calibration_file": "/a"})) == ["signal", "paper"]


def test_words_of_another_version_or_none_are_not_taken(tmp_path: Path) -> None:
    recorded(tmp_path / "older", "0.0.1")
    of = sessions_between(tmp_path / "older", 0, EVER_NS)[0].whole
    assert anew(tmp_path / "older", of, points()) == ["brti", "signal", "paper"]
    recorded(tmp_path / "without", brti=False)
    of = sessions_between(tmp_path / "without", 0, EVER_NS)[0].whole
    assert anew(tmp_path / "without", of, points()) == ["brti", "signal", "paper"]
