"""Explaining what a real run said: recomputed bit for bit, and every tampering found."""

import shutil
from pathlib import Path

import msgspec
import pytest

from messages import (
    ActorStarted,
    Decision,
    DecisionWithheld,
    FairValue,
    FrameReceived,
    IndexValue,
    Indicators,
    MarketQuoteChanged,
    Message,
    SettlementMismatch,
    Signal,
    Turn,
    VolatilityState,
)
from messages.log import LogWriter, Record
from replay.errors import DamagedRecordError, ForeignSettingsError, UnknownNameError, UnknownRecordError
from replay.explain import Explained, explain, find
from tests.integration.recording import records
from tests.messages.log.samples import QUIET
from tests.replay.real import damage, newest, replace

SAID = (
    Signal, Decision, DecisionWithheld, FairValue, Indicators, SettlementMismatch, VolatilityState,
)  # fmt: skip
RARE = (DecisionWithheld, SettlementMismatch)
"""What a short run in good order need not say."""


def newest_fair(data_dir: Path) -> Record:
    """The newest fair value that was not withheld, with an index value among its inputs."""
    for record in reversed(list(records(data_dir / "log" / "signal", FairValue))):
        fair = record.message()
        if isinstance(fair, FairValue) and not fair.withheld:
            return record
    raise AssertionError


def starts(data_dir: Path) -> list[int]:
    return [record.seq for record in records(data_dir / "log" / "signal", ActorStarted)]


def inputs(explained: Explained, kind: type[Message]) -> list[int]:
    return [source.seq for source in explained.sources if isinstance(source.message, kind)]


def test_every_kind_that_was_said_comes_out_bit_for_bit_the_same(recorded: Path) -> None:
    for kind in SAID:
        record = newest(recorded / "log" / "signal", kind)
        if record is None:
            assert kind in RARE
            continue
        explained = explain(recorded, record)
        assert explained.recomputed.same, kind
        assert explained.recomputed.message == explained.message or kind in (FairValue, Indicators)  # NaN
        assert explained.recomputed.differences == []
        assert explained.recomputed.differing == 0
        assert explained.holds


def test_both_runs_come_out_the_same_from_their_first_word_to_their_last(recorded: Path) -> None:
    first, second = starts(recorded)
    said = list(records(recorded / "log" / "signal", *SAID))
    for last in (
        max(record.seq for record in said if record.seq < second),
        max(record.seq for record in said),
    ):
        explained = explain(recorded, find(recorded, str(last)))
        run = explained.run.first_seq
        assert run == (first if last < second else second)
        between = [record for record in said if run < record.seq < last]
        assert len(between) > 20
        assert explained.recomputed.compared == len(between)
        assert explained.recomputed.differing == 0
        assert explained.holds


def test_a_run_after_a_kill_begins_with_what_it_had_said_before_and_catches_up(recorded: Path) -> None:
    first, second = starts(recorded)
    turns = [(r.seq, r.message()) for r in records(recorded / "log" / "signal", Turn) if r.seq > second]
    assert any(isinstance(turn, Turn) and not turn.caught_up and turn.reads for _, turn in turns)
    recomputed = explain(recorded, newest_fair(recorded)).recomputed
    assert [type(message) for message in recomputed.recalled] == [VolatilityState]
    earlier = [r for r in records(recorded / "log" / "signal", FairValue) if first < r.seq < second][-1]
    assert explain(recorded, earlier).recomputed.recalled == []


def test_a_record_names_all_that_it_came_from_with_its_age(recorded: Path) -> None:
    record = newest_fair(recorded)
    fair = record.message()
    assert isinstance(fair, FairValue)
    explained = explain(recorded, record)
    found = {(source.log, source.seq): source for source in explained.sources}
    assert set(found) == set(fair.inputs)
    for key, age_ms in zip(fair.inputs, fair.ages_ms, strict=True):
        assert found[key].age_ms == age_ms
        assert found[key].message is not None
    assert inputs(explained, IndexValue)


def test_a_decision_names_its_fair_value_its_indicators_and_what_they_rest_on(recorded: Path) -> None:
    explained = explain(recorded, find(recorded, "Decision"))
    decision = explained.message
    assert isinstance(decision, Decision)
    assert inputs(explained, FairValue) == [decision.fair]
    assert inputs(explained, Indicators) == [decision.indicators]
    assert {tuple(key) for key in decision.inputs} <= {(s.log, s.seq) for s in explained.sources}
    frames = [origin for source in explained.sources for origin in source.origins]
    assert any(isinstance(frame.message, FrameReceived) for frame in frames)
    assert all(source.trouble == "" for source in explained.sources + frames)


def test_a_number_that_was_changed_in_the_record_is_found(copied: Path) -> None:
    record = newest_fair(copied)
    log_dir = copied / "log" / "signal"
    replace(log_dir, record.seq, lambda said: msgspec.structs.replace(said, index_usd=84_321.5))
    explained = explain(copied, find(copied, str(record.seq)))
    assert not explained.holds
    assert [difference.field for difference in explained.recomputed.differences] == ["index_usd"]
    assert explained.recomputed.differences[0].recorded == 84_321.5
    assert explained.recomputed.differing == 0  # only this one
    assert explained.absent == []
    decided = newest(log_dir, Decision)
    assert decided is not None
    replace(log_dir, decided.seq, lambda said: msgspec.structs.replace(said, edge_usd=0.5))
    assert [d.field for d in explain(copied, find(copied, "Decision")).recomputed.differences] == ["edge_usd"]


def test_a_number_that_was_changed_in_what_it_came_from_is_found(copied: Path) -> None:
    record = newest_fair(copied)
    seq = inputs(explain(copied, record), IndexValue)[0]
    replace(copied / "log" / "brti", seq, lambda value: msgspec.structs.replace(value, value_usd=84_321.5))
    explained = explain(copied, record)
    assert not explained.holds
    assert "index_usd" in [difference.field for difference in explained.recomputed.differences]


def test_a_damaged_record_that_it_came_from_is_named(copied: Path) -> None:
    record = newest_fair(copied)
    seq = inputs(explain(copied, record), MarketQuoteChanged)[0]
    damage(copied / "log" / "kalshi", seq)
    explained = explain(copied, record)
    assert not explained.holds
    assert [(hole.log, hole.first, hole.last) for hole in explained.absent] == [("kalshi", seq, seq)]
    assert "is damaged" in explained.absent[0].why
    (source,) = (source for source in explained.sources if source.message is None)
    assert (source.log, source.seq) == ("kalshi", seq)
    assert "is damaged" in source.trouble


def test_damage_far_back_in_what_the_run_read_is_named_too(copied: Path) -> None:
    _, second = starts(copied)
    reads = [
        read
        for r in records(copied / "log" / "signal", Turn)
        if r.seq > second and isinstance(turn := r.message(), Turn) and turn.caught_up
        for read in turn.reads
        if read.log == "brti"
    ]
    values = (record.seq for record in records(copied / "log" / "brti", IndexValue))
    seq = next(seq for seq in values if any(read.first <= seq <= read.last for read in reads))
    damage(copied / "log" / "brti", seq)
    explained = explain(copied, newest_fair(copied))
    assert [(hole.log, hole.first) for hole in explained.absent] == [("brti", seq)]
    assert not explained.holds


def test_a_log_that_is_gone_is_named(copied: Path) -> None:
    record = newest_fair(copied)
    shutil.rmtree(copied / "log" / "brti")
    explained = explain(copied, record)
    assert not explained.recomputed.same
    assert {hole.log for hole in explained.absent} == {"brti"}
    assert "ends before record" in explained.absent[0].why


def test_damage_where_a_recalled_state_stood_is_named_if_the_record_does_not_hold(copied: Path) -> None:
    record = newest_fair(copied)
    _, second = starts(copied)
    log_dir = copied / "log" / "signal"
    state = [r.seq for r in records(log_dir, VolatilityState) if r.seq < second][-1]
    replace(log_dir, record.seq, lambda said: msgspec.structs.replace(said, index_usd=84_321.5))
    damage(log_dir, state)
    explained = explain(copied, find(copied, str(record.seq)))
    assert not explained.holds
    assert [(hole.log, hole.first, hole.last) for hole in explained.absent] == [("signal", state, state)]


def test_a_turn_that_cannot_be_read_is_named(copied: Path) -> None:
    record = newest_fair(copied)
    _, second = starts(copied)
    turn = [r.seq for r in records(copied / "log" / "signal", Turn) if second < r.seq < record.seq][-3]
    damage(copied / "log" / "signal", turn)
    explained = explain(copied, record)
    assert [(hole.log, hole.first) for hole in explained.absent] == [("signal", turn)]
    assert not explained.holds


def test_records_are_found_by_number_by_type_by_kind_of_signal_and_as_the_last(recorded: Path) -> None:
    fair = newest(recorded / "log" / "signal", FairValue)
    assert fair is not None
    assert find(recorded, "FairValue") == find(recorded, "fairvalue") == find(recorded, str(fair.seq)) == fair
    assert find(recorded, "last") == newest(recorded / "log" / "signal", Signal, Decision)


def test_the_last_and_the_newest_of_a_kind_of_signal(tmp_path: Path) -> None:
    fair = FairValue("M", 1, 1, 0.5, 1.0, 1, 1.0, 0, 0.0, 1.0, 1, 1, 1, 1, 0.0, 0.0, [], [], "")
    edge = Signal("edge", "M", 1, 1, "yes", 1, 1, 1, 0.5, 0.1, 0.1, 2, [], [])
    delay = msgspec.structs.replace(edge, signal_kind="delay")
    with LogWriter(tmp_path / "log" / "signal", QUIET) as writer:
        writer.append([ActorStarted("signal", "s", 1, 1, "1", "{}"), fair], 1)
        assert find(tmp_path, "last").seq == 2
        writer.append([edge, delay, fair, fair], 2)
    assert find(tmp_path, "last").seq == 4
    assert find(tmp_path, "edge").seq == 3
    assert find(tmp_path, "delay").seq == 4
    assert find(tmp_path, "FairValue").seq == 6


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("99999999", "no record 99999999 of signal"),
        ("1", "is of type ActorStarted; only what it says itself"),
        ("SettlementMismatch", "holds no SettlementMismatch"),
        ("polymarket-gap", "holds no polymarket-gap"),
    ],
)
def test_what_cannot_be_explained_is_said(recorded: Path, which: str, words: str) -> None:
    with pytest.raises(UnknownRecordError, match=words):
        find(recorded, which)


def test_a_name_that_nothing_bears_is_told_from_one_that_nothing_was_said_of(recorded: Path) -> None:
    with pytest.raises(UnknownNameError, match="a kind of signal: edge, edge-yes"):
        find(recorded, "momentum-7")


def test_nothing_said_yet_a_damaged_record_and_foreign_settings_are_said(tmp_path: Path) -> None:
    with pytest.raises(UnknownRecordError, match="has said nothing"):
        find(tmp_path, "last")
    log_dir = tmp_path / "log" / "signal"
    fair = FairValue("M", 1, 1, 0.5, 1.0, 1, 1.0, 0, 0.0, 1.0, 1, 1, 1, 1, 0.0, 0.0, [], [], "")
    with LogWriter(log_dir, QUIET) as writer:
        writer.append([fair], 1)
        writer.append([ActorStarted("signal", "s", 1, 1, "0.0.9", '{"nonsense": 1}')], 2)
        writer.append([Turn(1, [], True), fair], 3)
        writer.append([Turn(1, [], True), fair], 3)
    with pytest.raises(UnknownRecordError, match="beginning of the run"):
        explain(tmp_path, find(tmp_path, "1"))
    with pytest.raises(
        ForeignSettingsError, match=r"version 0\.0\.9, cannot be built again as it was: .*nonsense"
    ):
        explain(tmp_path, find(tmp_path, "4"))
    damage(log_dir, 4)
    with pytest.raises(DamagedRecordError, match="is damaged at byte"):
        find(tmp_path, "4")
