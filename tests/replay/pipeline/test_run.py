"""The chain run anew over a real recording."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from messages import (
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    BookChanged,
    Decision,
    FairValue,
    IndexValue,
    Turn,
    VolatilityState,
)
from messages.log import Record
from messages.log.bulk import BulkWriter
from messages.log.segments import list_segments
from replay.errors import ForeignSettingsError, ReplayError, UnknownNameError
from replay.pipeline.delays import AT_ONCE, Delays
from replay.pipeline.run import CHAIN, Outcome, run
from replay.recording import recording
from replay.score.reading import read
from replay.sessions import Session, sessions, settings_of
from replay.verify import verify
from tests.actors.store.stored import store
from tests.integration.recording import records
from tests.messages.log.samples import segment_paths
from tests.replay.pipeline.samples import read_log, write_log
from tests.replay.real import damage

DELAYS = {"brti": Delays(200_000, 300_000), "signal": Delays(100_000, 100_000), "paper": AT_ONCE}
Settings = Mapping[str, Mapping[str, Any]]


class Anew(NamedTuple):
    """A recording, and its chain run anew as it was set then."""

    data_dir: Path
    session: Session
    settings: Settings
    outcome: Outcome


def settings_then(data_dir: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {"paper": {}}
    for name in ("brti", "signal"):
        record = next(iter(records(data_dir / "log" / name, ActorStarted)))
        started = record.message()
        assert isinstance(started, ActorStarted)
        found[name] = settings_of(started)
    return found


@pytest.fixture(scope="module")
def anew(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Anew:
    (session,) = sessions(recorded)
    settings = settings_then(recorded)
    shares: list[float] = []
    out_dir = tmp_path_factory.mktemp("anew") / "out"
    outcome = run(recorded, [session], settings, out_dir, shares.append, delays=DELAYS)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    return Anew(recorded, session, settings, outcome)


def files(out_dir: Path, *names: str) -> dict[str, bytes]:
    return {
        f"{name}/{path.name}": path.read_bytes()
        for name in names or CHAIN
        for path in segment_paths(out_dir / "log" / name)
    }


def until(out_dir: Path, name: str, at_ns: int) -> list[Record]:
    """What stands in a log of the turns up to a time."""
    found = []
    for record in records(out_dir / "log" / name):
        message = record.message()
        if isinstance(message, ActorStopped) or (isinstance(message, Turn) and message.now_ns > at_ns):
            break
        found.append(record)
    return found


def test_every_listener_speaks_and_is_counted(anew: Anew) -> None:
    outcome = anew.outcome
    assert outcome.passed > 500
    assert outcome.missing == []
    assert outcome.delays == {name: {anew.session.name: DELAYS[name]} for name in CHAIN}
    for name, kind in (("brti", IndexValue), ("signal", FairValue), ("signal", Decision)):
        found = sum(1 for _ in records(outcome.out_dir / "log" / name, kind))
        assert outcome.said[name][kind.__name__] == found > 0
    assert outcome.said["paper"]["PaperOrder"] > 0
    turns = sum(1 for _ in records(outcome.out_dir / "log" / "brti", Turn))
    assert outcome.turns["brti"] == turns


def test_the_index_is_the_recorded_one(anew: Anew) -> None:
    """A value of the grid depends on what was received before it, not on when the turn came."""

    def on_grid(data_dir: Path) -> dict[tuple[str, int], float]:
        values = [record.message() for record in records(data_dir / "log" / "brti", IndexValue)]
        return {
            (value.method, value.stamp_ns): value.value_usd
            for value in values
            if isinstance(value, IndexValue) and value.on_grid
        }

    before, now = on_grid(anew.data_dir), on_grid(anew.outcome.out_dir)
    both = [stamp for stamp in before.keys() & now.keys() if stamp[0] != "nowcast"]
    assert len(both) > 0.9 * len([stamp for stamp in before if stamp[0] != "nowcast"])
    assert sum(before[stamp] == now[stamp] for stamp in both) > 0.8 * len(both)


def test_the_same_inputs_and_settings_give_the_same_bytes(anew: Anew, tmp_path: Path) -> None:
    run(anew.data_dir, [anew.session], anew.settings, tmp_path / "out", delays=DELAYS)
    assert files(tmp_path / "out") == files(anew.outcome.out_dir)


def test_what_is_said_then_can_be_verified(anew: Anew) -> None:
    out_dir = anew.outcome.out_dir
    (session,) = sessions(out_dir)
    assert session == anew.session
    for found in verify(out_dir, session, CHAIN):
        assert found.holds, found
        assert {name: tally.same for name, tally in found.tallies.items()} == anew.outcome.said[found.log]


def test_it_can_be_scored(anew: Anew) -> None:
    found = read(anew.outcome.out_dir, [anew.session], 100.0, lambda share: None)
    assert found.paper.spoke
    assert found.lost == 0


@pytest.mark.parametrize("share", [0.3, 0.5, 0.97])
def test_the_future_changes_nothing(anew: Anew, tmp_path: Path, share: float) -> None:
    ends = [at_ns for at_ns, _ in read_log(anew.outcome.out_dir, "signal")]
    cut_ns = ends[int(len(ends) * share)]
    run(anew.data_dir, [anew.session], anew.settings, tmp_path / "out", to_ns=cut_ns, delays=DELAYS)
    (*_, (last_ns, _)) = read_log(tmp_path / "out", "paper")
    for name in CHAIN:
        cut = until(tmp_path / "out", name, last_ns)
        assert len(cut) > 10
        assert cut == until(anew.outcome.out_dir, name, last_ns)


def test_what_was_run_once_can_be_heard_again(anew: Anew, tmp_path: Path) -> None:
    """The index alone, then the others over it: what they say is the same, byte for byte."""
    base = tmp_path / "base"
    run(anew.data_dir, [anew.session], {"brti": anew.settings["brti"]}, base, delays=DELAYS)
    assert list_segments(base / "log" / "signal") == []
    rest = {name: anew.settings[name] for name in ("signal", "paper")}
    run(base, [anew.session], rest, tmp_path / "out", delays=DELAYS)
    assert files(tmp_path / "out") == files(anew.outcome.out_dir)


def test_other_settings_say_other_things(anew: Anew, tmp_path: Path) -> None:
    settings = {name: anew.settings[name] for name in ("signal", "paper")}
    settings["signal"] = {**settings["signal"], "threshold_usd": 0.9}
    outcome = run(anew.data_dir, [anew.session], settings, tmp_path / "out")
    assert "Decision" not in outcome.said["signal"]
    assert "PaperOrder" not in outcome.said["paper"]
    assert outcome.said["signal"]["FairValue"] > 0
    delays = outcome.delays["signal"][anew.session.name]
    assert 0 < delays.wake_ns < 1_000_000_000
    assert outcome.delays["paper"][anew.session.name] == AT_ONCE


def test_a_second_session_knows_what_the_first_has_said(anew: Anew, tmp_path: Path) -> None:
    ends = [at_ns for at_ns, _ in read_log(anew.outcome.out_dir, "signal")]
    middle_ns = ends[len(ends) // 2]
    halves = [
        anew.session._replace(to_ns=middle_ns),
        anew.session._replace(name="second", from_ns=middle_ns),
    ]
    out_dir = tmp_path / "out"
    run(anew.data_dir, halves, anew.settings, out_dir, delays=DELAYS)
    words = read_log(out_dir, "signal")
    starts = [place for place, (_, message) in enumerate(words) if isinstance(message, ActorStarted)]
    assert [words[place][1].session for place in starts] == [anew.session.name, "second"]  # type: ignore[attr-defined]
    assert words[starts[1]][0] >= middle_ns
    rolled = words[starts[1] + 1][1]
    assert isinstance(rolled, Turn)
    assert not rolled.caught_up
    assert "brti" in {read.log for read in rolled.reads}
    states = [m for _, m in words[: starts[1]] if isinstance(m, VolatilityState)]
    assert states
    for half in halves:
        assert all(found.holds for found in verify(out_dir, half, CHAIN))


def test_damage_is_stepped_over_and_named(anew: Anew, copied: Path, tmp_path: Path) -> None:
    changes = list(records(copied / "log" / "coinbase", BookChanged))
    seq = changes[len(changes) // 2].seq
    damage(copied / "log" / "coinbase", seq)
    outcome = run(copied, [anew.session], anew.settings, tmp_path / "out", delays=DELAYS)
    assert [(hole.log, hole.first, hole.last) for hole in outcome.missing] == [("coinbase", seq, seq)]
    (brti,) = verify(outcome.out_dir, anew.session, ["brti"])
    assert brti.holds


def test_a_log_of_a_later_version_is_named_and_not_half_read(
    anew: Anew, copied: Path, tmp_path: Path
) -> None:
    path = segment_paths(copied / "log" / "kraken")[0]
    data = bytearray(path.read_bytes())
    data[8] = 9
    path.write_bytes(data)
    with pytest.raises(ReplayError, match=r"kraken/0+1\.seg has log format 9\.0"):
        run(copied, [anew.session], anew.settings, tmp_path / "out", delays=DELAYS)


def test_a_session_that_is_still_being_written_is_run_as_far_as_it_goes(
    anew: Anew, copied: Path, tmp_path: Path
) -> None:
    for log in ("coinbase", "kalshi"):
        path = segment_paths(copied / "log" / log)[-1]
        os.truncate(path, path.stat().st_size * 2 // 3)
    outcome = run(copied, [anew.session], anew.settings, tmp_path / "out", delays=DELAYS)
    assert outcome.missing == []
    assert outcome.said["signal"]["FairValue"] > 0
    assert all(found.holds for found in verify(outcome.out_dir, anew.session, CHAIN))


def test_what_only_the_store_still_has_is_heard_like_what_stands_in_the_log(
    anew: Anew, copied: Path, tmp_path: Path
) -> None:
    """The result outlasts the folder in which the segments were unpacked."""
    for log in ("coinbase", "kalshi"):
        found = read_log(copied, log)
        shutil.rmtree(copied / "log" / log)
        with BulkWriter(copied / "log" / log, segment_bytes=20_000) as writer:
            for at_ns, message in found:
                writer.append([message], at_ns)
        assert len(store(copied, log)) > 1
        for path in segment_paths(copied / "log" / log)[:-1]:
            path.unlink()
    out_dir = copied / "out"
    with recording(copied, anew.session.from_ns, anew.session.to_ns) as folder:
        assert folder != copied
        run(folder, [anew.session], anew.settings, out_dir, delays=DELAYS)
    assert files(out_dir) == files(anew.outcome.out_dir)
    assert all(found.holds for found in verify(out_dir, anew.session, CHAIN))


def test_a_listener_starts_when_it_was_started_then(tmp_path: Path) -> None:
    second = 1_000_000_000
    changed = [
        ActorStateChanged(name, 0, "stopped", "starting", "", 1, 0, 0.0) for name in ("brti", "brti", "x")
    ]
    times = [3 * second, 4 * second, 5 * second]
    write_log(tmp_path, "supervisor", [(at_ns, [one]) for at_ns, one in zip(times, changed, strict=True)])
    write_log(tmp_path, "coinbase", [(9 * second, [changed[0]])])
    session = Session("one", "sim", second, 20 * second, 1.0)
    run(tmp_path, [session], {"brti": {}, "signal": {}}, tmp_path / "out")
    assert read_log(tmp_path / "out", "brti")[0][0] == 3 * second
    assert read_log(tmp_path / "out", "signal")[0][0] == second
    run(tmp_path, [session], {"brti": {}}, tmp_path / "late", from_ns=7 * second)
    assert read_log(tmp_path / "late", "brti")[0][0] == 7 * second


def test_what_cannot_be_run_is_said_before_anything_is_written(anew: Anew, tmp_path: Path) -> None:
    out_dir = tmp_path / "out"
    with pytest.raises(ReplayError, match="nothing is to be run anew"):
        run(anew.data_dir, [anew.session], {}, out_dir)
    with pytest.raises(UnknownNameError, match="'kalshi' is no listener"):
        run(anew.data_dir, [anew.session], {"kalshi": {}}, out_dir)
    with pytest.raises(ReplayError, match="no session lies in that time"):
        run(anew.data_dir, [anew.session], anew.settings, out_dir, to_ns=1)
    with pytest.raises(ForeignSettingsError, match="grid_ms"):
        run(anew.data_dir, [anew.session], {"brti": {"grid_ms": 7}}, out_dir)
    assert not out_dir.exists()
    with pytest.raises(ReplayError, match="holds something already"):
        run(anew.data_dir, [anew.session], anew.settings, anew.data_dir)
