"""Segments that only the store still has are found where readers look for them."""

import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from actors.store.manifest import Manifest, path_of, store_dir
from messages import ActorStarted, FairValue, IndexValue, PaperAccount
from messages.log import LogSettings, LogWriter, Record
from messages.log.format import segment_name
from messages.log.segments import list_segments
from replay.errors import UnknownRecordError, UnreadableRecordingError
from replay.explain import explain, find, span
from replay.recording import LOOK_BACK_NS, PREFIX, recording
from replay.sessions import sessions, start_of
from tests.actors.store.stored import FILES, NIGHT_NS, S, started, state, store, write_log
from tests.messages.log.samples import QUIET, read_all, seqs
from tests.replay.real import newest

EVER_NS = 2**63 - 1


class Kept(NamedTuple):
    """A log of which some segments are in the store alone."""

    data_dir: Path
    segments: list[int]
    manifests: list[Manifest]
    records: list[Record]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    segments = write_log(tmp_path)
    records = read_all(tmp_path / "log" / "kraken")
    manifests = store(tmp_path)
    forget(tmp_path, "kraken", segments[:3])
    write_log(tmp_path, "gemini")
    (tmp_path / "sessions").mkdir()
    return Kept(tmp_path, segments, manifests, records)


def forget(data_dir: Path, log: str, segments: list[int]) -> None:
    for first in segments:
        (data_dir / "log" / log / segment_name(first)).unlink()


def test_every_record_is_there_bit_for_bit(kept: Kept) -> None:
    with recording(kept.data_dir, 0, EVER_NS) as folder:
        assert folder != kept.data_dir
        assert read_all(folder / "log" / "kraken") == kept.records
        assert read_all(folder / "log" / "gemini") == read_all(kept.data_dir / "log" / "gemini")
        assert (folder / "sessions").is_dir()
        assert (folder / "store" / "manifest").is_dir()
    assert not folder.exists()
    assert list(store_dir(kept.data_dir).glob(f"{PREFIX}*")) == []


def test_what_stands_in_the_log_is_not_copied(kept: Kept) -> None:
    with recording(kept.data_dir, 0, EVER_NS) as folder:
        there = kept.data_dir / "log" / "kraken" / segment_name(kept.segments[-1])
        assert (folder / "log" / "kraken" / segment_name(kept.segments[-1])).samefile(there)


def test_where_all_of_a_span_stands_in_the_log_the_folder_is_the_data_folder_itself(kept: Kept) -> None:
    late_ns = kept.manifests[2].to_ns + LOOK_BACK_NS + 1
    with recording(kept.data_dir, late_ns, EVER_NS) as folder:
        assert folder == kept.data_dir


def test_of_a_span_only_the_segments_that_it_needs_are_there(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("replay.recording.LOOK_BACK_NS", 0)
    middle = kept.manifests[1]
    with recording(kept.data_dir, middle.from_ns + 1, middle.to_ns) as folder:
        assert list_segments(folder / "log" / "kraken") == [middle.first_seq]
    with recording(kept.data_dir, middle.to_ns + 2 * S, EVER_NS) as folder:
        assert list_segments(folder / "log" / "kraken") == kept.segments[2:]


def test_a_segment_that_is_still_being_written_goes_on_growing(kept: Kept) -> None:
    with recording(kept.data_dir, 0, EVER_NS) as folder:
        with LogWriter(kept.data_dir / "log" / "kraken", QUIET) as writer:
            writer.append([state(NIGHT_NS)], kept.records[-1].at_ns)
        last = read_all(folder / "log" / "kraken")[-1]
    assert (last.seq, last.kind) == (kept.records[-1].seq + 1, PaperAccount.kind)


def test_what_was_recalled_is_there_however_old_it_is(tmp_path: Path) -> None:
    later_ns = NIGHT_NS + 30 * 24 * LOOK_BACK_NS
    log_dir = tmp_path / "log" / "paper"
    with LogWriter(log_dir, FILES) as writer:
        for number in range(300):
            writer.append([state(NIGHT_NS + number)], NIGHT_NS + number)
    with LogWriter(log_dir, QUIET) as writer:
        writer.append([started("later")], later_ns)
    *closed, last = list_segments(log_dir)
    store(tmp_path, "paper")
    forget(tmp_path, "paper", closed[:-1])
    with recording(tmp_path, later_ns, EVER_NS) as folder:
        assert folder == tmp_path  # what was said last still stands in the log
    forget(tmp_path, "paper", closed[-1:])
    with recording(tmp_path, later_ns, EVER_NS) as folder:
        assert list_segments(folder / "log" / "paper") == [closed[-1], last]


def test_sessions_are_found_that_are_only_in_the_store(kept: Kept) -> None:
    names = [session.name for session in sessions(kept.data_dir)]
    assert names == ["2024-10-03T23-59-00Z"]
    shutil.rmtree(kept.data_dir / "log" / "gemini")
    (session,) = sessions(kept.data_dir)
    assert (session.name, session.from_ns) == ("2024-10-03T23-59-00Z", NIGHT_NS - 100 * S)
    begun = start_of(kept.data_dir, "kraken", session.name, session.from_ns)
    assert isinstance(begun, ActorStarted)
    assert begun.pid == 7
    assert IndexValue.kind not in kept.manifests[0].kinds


# -- trouble


def test_a_damaged_archive_is_named_and_nothing_of_it_is_read(kept: Kept) -> None:
    path = store_dir(kept.data_dir) / kept.manifests[1].archive.path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableRecordingError, match=path.name), recording(kept.data_dir, 0, EVER_NS):
        pass
    assert list(store_dir(kept.data_dir).glob(f"{PREFIX}*")) == []


def test_a_damaged_manifest_is_named_by_whoever_needs_it(kept: Kept) -> None:
    path = path_of(kept.data_dir, "kraken", kept.segments[1])
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(UnreadableRecordingError, match=path.name), recording(kept.data_dir, 0, EVER_NS):
        pass
    with pytest.raises(UnreadableRecordingError, match=path.name):
        sessions(kept.data_dir)


def test_a_disk_without_the_room_is_told_in_a_sentence(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replay.recording.LEAST_FREE_BYTES", 2**62)
    with (
        pytest.raises(
            UnreadableRecordingError, match=r"takes 0\.00 GB unpacked, and the disk of .* has 0\.00 GB"
        ),
        recording(kept.data_dir, 0, EVER_NS),
    ):
        pass
    assert list(store_dir(kept.data_dir).glob(f"{PREFIX}*")) == []


def test_what_a_killed_reader_left_behind_is_removed_by_the_next(kept: Kept) -> None:
    left_over = store_dir(kept.data_dir) / f"{PREFIX}{2**22 + 1}-abc"
    of_another = store_dir(kept.data_dir) / f"{PREFIX}{os.getpid()}-abc"
    for folder in (left_over, of_another):
        (folder / "log").mkdir(parents=True)
    with recording(kept.data_dir, 0, EVER_NS):
        assert not left_over.exists()
        assert of_another.exists()


def test_a_store_that_may_not_be_written_to_is_unpacked_elsewhere(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr("replay.recording.store_dir", lambda _: Path("/proc"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("elsewhere")))
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(18, "another disk")))
    with recording(kept.data_dir, 0, EVER_NS) as folder:
        assert not folder.is_relative_to(kept.data_dir)
        assert seqs(read_all(folder / "log" / "kraken")) == seqs(kept.records)


def test_a_run_that_is_only_in_the_store_is_explained_bit_for_bit(copied: Path) -> None:
    record = newest(copied / "log" / "signal", FairValue)
    assert record is not None
    for log_dir in (copied / "log").iterdir():
        with LogWriter(log_dir, LogSettings(segment_bytes=33, fsync_s=3600)) as writer:
            writer.append([started("later")], EVER_NS // 2)
        store(copied, log_dir.name)
        forget(copied, log_dir.name, list_segments(log_dir)[:-1])
    assert len(sessions(copied)) == 2
    from_ns, to_ns = span(copied, str(record.seq))
    assert from_ns < record.at_ns < to_ns
    with recording(copied, from_ns, to_ns) as folder:
        explained = explain(folder, find(folder, str(record.seq)))
    assert explained.holds
    assert explained.recomputed.turns > 10
    with pytest.raises(UnknownRecordError):
        span(copied, "999999999")
