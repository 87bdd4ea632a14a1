"""What is read of the index: the newest session, a span of it, single minutes."""

from pathlib import Path

import pytest

from cli.errors import CommandError
from cli.index_reading import Recorded, Span, look, read, read_minutes, read_settled
from messages import IndexValue
from tests.cli.index_logs import BEGIN, S, compared, official, record, settled, started, values, write


def nobody(share: float) -> None:
    assert 0.0 <= share <= 1.0


def test_where_brti_never_spoke_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"brti has said nothing in .* yet"):
        look(tmp_path)


def test_the_newest_session_and_the_clock_are_found(tmp_path: Path) -> None:
    record(tmp_path, 5)
    assert look(tmp_path) == Span("2026-11-23T00-00-00Z", BEGIN, BEGIN, BEGIN + 8 * S, 1.0)


def test_without_the_supervisors_log_the_actors_own_start_is_taken(tmp_path: Path) -> None:
    write(tmp_path, "brti", started("brti", speed=60.0), *values(3))
    span = look(tmp_path)
    assert (span.session, span.speed, span.newest_ns) == ("2026-11-23T00-00-00Z", 60.0, BEGIN + 3 * S)


def test_of_a_span_everything_is_read_and_nothing_before_it(tmp_path: Path) -> None:
    record(tmp_path, 30)
    recorded = read(tmp_path, look(tmp_path), BEGIN + 10 * S, nobody)
    assert recorded.compared == [compared(second) for second in range(10, 30)]
    assert recorded.official == [official(second) for second in range(10, 30)]
    assert recorded.settled == [settled()]
    assert recorded.newest == {value.method: value for value in values(29) if isinstance(value, IndexValue)}
    assert [stamp_ns for stamp_ns, _ in recorded.series["cme-cf"]] == [BEGIN + s * S for s in range(10, 30)]


def test_a_value_between_grid_times_is_the_newest_but_has_no_venues() -> None:
    recorded = Recorded(Span("", 0, 0, BEGIN, 1.0), 0)
    grid = values(1)[0]
    between = IndexValue("BRTI", "cme-cf", BEGIN + 2 * S, BEGIN, 1.0, [], [], False, "")
    other = IndexValue("ETHUSD", "cme-cf", BEGIN + 2 * S, BEGIN, 1.0, [], [], False, "")
    for message in (grid, between, other):
        recorded.take(message)
    assert (recorded.newest["cme-cf"], recorded.composed) == (between, grid)


def test_only_the_stretches_asked_for_are_read(tmp_path: Path) -> None:
    record(tmp_path, 40)
    stretches = [(BEGIN + a * S, BEGIN + b * S) for a, b in ((5, 7), (30, 31), (9000, 9001))]
    series, received = read_minutes(tmp_path, stretches, nobody)
    assert [(stamp_ns - BEGIN) // S for stamp_ns, _ in series["volume-weighted"]] == [5, 6, 7, 30, 31]
    assert [(one.source_ns - BEGIN) // S for one in received] == [5, 6, 30]


def test_settled_markets_of_all_sessions_are_read(tmp_path: Path) -> None:
    write(tmp_path, "brti", settled("A"), settled("B"))
    assert [one.ticker for one in read_settled(tmp_path, nobody)] == ["A", "B"]


def test_damage_is_stepped_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(tmp_path, 30)
    (path,) = (tmp_path / "log" / "brti").glob("*.seg")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    recorded = read(tmp_path, look(tmp_path), 0, nobody)
    assert 20 < len(recorded.compared) < 31
    assert "passed over" in capsys.readouterr().err
