"""Verifying what a real run recorded, whole and tampered with."""

from pathlib import Path

import msgspec
import pytest

from messages import FairValue, MarketQuoteChanged, Message, Turn, VolatilityState, encode
from messages.log import LogSettings, LogWriter, Record
from messages.log.format import segment_name
from messages.log.segments import list_segments
from replay.playing import listeners_in
from replay.recording import recording
from replay.sessions import Session, sessions
from replay.verify import Tally, Verified, verify
from tests.actors.store.stored import store
from tests.integration.recording import records
from tests.replay.real import damage, replace
from tests.replay.test_explain import newest_fair


def session_of(data_dir: Path) -> Session:
    (session,) = sessions(data_dir)
    return session


def verified(data_dir: Path, *logs: str) -> dict[str, Verified]:
    session = session_of(data_dir)
    return {one.log: one for one in verify(data_dir, session, listeners_in(data_dir, session, logs))}


def test_every_word_of_every_listener_comes_out_the_same(recorded: Path) -> None:
    told: list[float] = []
    session = session_of(recorded)
    found = verify(recorded, session, listeners_in(recorded, session, []), told.append)
    assert [one.log for one in found] == ["brti", "signal"]
    for one in found:
        assert one.holds, one
        assert (one.differing, one.first, one.unbegun, one.trouble) == (0, None, 0, "")
        said = [record for record in records(recorded / "log" / one.log) if record.kind >= 10]
        assert sum(tally.recorded for tally in one.tallies.values()) == len(said)
        assert all(tally.recorded == tally.said == tally.same > 0 for tally in one.tallies.values())
        assert one.totals.passed > one.totals.fed > 0
    assert {"IndexValue", "FairValue", "Signal", "Decision"} <= {
        name for one in found for name in one.tallies
    }
    assert [len(one.totals.runs) for one in found] == [1, 2]  # signal was killed once
    assert told == sorted(told)


def test_a_changed_word_is_found_and_shown_with_its_inputs(copied: Path) -> None:
    record = newest_fair(copied)
    replace(
        copied / "log" / "signal", record.seq, lambda said: msgspec.structs.replace(said, index_usd=84_321.5)
    )
    found = verified(copied)
    assert found["brti"].holds
    one = found["signal"]
    assert (one.holds, one.differing) == (False, 1)
    tally = one.tallies["FairValue"]
    assert tally == Tally(tally.recorded, tally.recorded, tally.recorded - 1)
    first = one.first
    assert first is not None
    assert (first.seq, [difference.field for difference in first.differences]) == (record.seq, ["index_usd"])
    assert isinstance(first.recorded, FairValue)
    assert first.recorded.index_usd == 84_321.5
    assert {(source.log, source.seq) for source in first.sources} == set(first.recorded.inputs)
    assert first.taken_count == len(first.taken)
    assert all(taken.message is not None for taken in first.taken)
    assert all(
        any(read.log == taken.log and read.first <= taken.record.seq <= read.last for read in first.reads)
        for taken in first.taken
    )


def test_a_changed_input_is_found_by_all_that_it_went_into(copied: Path) -> None:
    fair = newest_fair(copied).message()
    assert isinstance(fair, FairValue)
    (seq,) = (seq for log, seq in fair.inputs if log == "brti")
    replace(copied / "log" / "brti", seq, lambda said: msgspec.structs.replace(said, value_usd=84_321.5))
    found = verified(copied)
    assert found["brti"].first is not None
    assert found["brti"].first.seq == seq
    assert all(source.message is not None for source in found["brti"].first.sources)
    assert not found["signal"].holds
    assert verified(copied, "signal").keys() == {"signal"}


def test_a_damaged_input_and_a_damaged_turn_are_named(copied: Path) -> None:
    quote = next(iter(records(copied / "log" / "kalshi", MarketQuoteChanged))).seq
    damage(copied / "log" / "kalshi", quote)
    turn = next(r.seq for r in records(copied / "log" / "brti", Turn) if r.message().caught_up)  # type: ignore[attr-defined]
    damage(copied / "log" / "brti", turn)
    found = verified(copied)
    assert ("kalshi", quote) in [(hole.log, hole.first) for hole in found["signal"].totals.missing]
    assert ("brti", turn) in [(hole.log, hole.first) for hole in found["brti"].totals.missing]
    assert not any(one.holds for one in found.values())


def test_a_session_that_is_still_being_written_is_verified_as_far_as_it_goes(copied: Path) -> None:
    (segment,) = (copied / "log" / "signal").glob("*.seg")
    whole = segment.read_bytes()
    before = verified(copied)["signal"]
    for share in (0.5, 0.75):
        segment.write_bytes(whole[: int(len(whole) * share)])
        now = verified(copied)["signal"]
        assert now.holds
        assert 0 < now.totals.turns < before.totals.turns


@pytest.mark.parametrize("log", ["brti", "signal"])
def test_a_run_that_cannot_be_built_any_more_is_said(copied: Path, log: str) -> None:
    session = session_of(copied)

    def foreign(said: object) -> object:
        text: str = said.settings  # type: ignore[attr-defined]
        return msgspec.structs.replace(said, settings=text.replace('"speed"', '"spied"'))  # type: ignore[type-var]

    replace(copied / "log" / log, 1, foreign)  # type: ignore[arg-type]
    (one,) = verify(copied, session, [log])
    assert not one.holds
    assert f"the {log} actor of session {session.name}" in one.trouble
    assert "spied" in one.trouble


def as_said(record: Record) -> Message:
    """The message as it was encoded: of a state without a fraction, the time stands there as an integer."""
    said = record.message()
    if isinstance(said, VolatilityState) and encode(said) != record.payload:
        said = msgspec.structs.replace(said, at_s=int(said.at_s))
    assert encode(said) == record.payload
    return said


def test_what_only_the_store_has_is_verified_too(recorded: Path, tmp_path: Path) -> None:
    small = LogSettings(segment_bytes=40_000, fsync_s=3600)
    for log in ("kalshi", "coinbase", "kraken", "brti", "signal", "supervisor"):
        with LogWriter(tmp_path / "log" / log, small) as writer:
            for record in records(recorded / "log" / log):
                writer.append([as_said(record)], record.at_ns)
    before = verified(tmp_path)
    for log in ("kalshi", "coinbase", "kraken", "brti", "signal"):
        store(tmp_path, log)
        for first in list_segments(tmp_path / "log" / log)[:-1]:
            (tmp_path / "log" / log / segment_name(first)).unlink()
    assert not verified(tmp_path)["signal"].holds
    session = session_of(tmp_path)
    with recording(tmp_path, session.from_ns, session.to_ns) as folder:
        found = verified(folder)
    assert all(one.holds for one in found.values())
    assert {log: one.tallies for log, one in found.items()} == {
        log: one.tallies for log, one in before.items()
    }
