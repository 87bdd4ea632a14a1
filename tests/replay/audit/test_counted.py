"""What the logger counted while a session was written is still there, no more and no less."""

from pathlib import Path

import orjson
import pytest

from messages.log import LogWriter
from messages.log.segments import list_segments
from tests.messages.log.samples import read_all, segment_paths, spans
from tests.replay.audit.made import SESSION, SMALL, certify, failing, make

RECORD = Path("sessions") / SESSION / "session.json"


def changed(data_dir: Path, **changes: object) -> None:
    """Another session record, in which the feed's counts are these."""
    path = data_dir / RECORD
    record = orjson.loads(path.read_bytes())
    record["logs"]["binance"] |= changes
    path.write_bytes(orjson.dumps(record))


@pytest.mark.parametrize("times", [0, 2])
def test_a_log_that_was_written_again_without_a_record_or_with_two_of_it_is_found(
    tmp_path: Path, times: int
) -> None:
    make(tmp_path)
    folder = tmp_path / "log" / "binance"
    records = read_all(folder)
    for path in [*segment_paths(folder)]:
        path.unlink()
    with LogWriter(folder, SMALL) as writer:
        for record in records:
            for _ in range(times if record.seq == 12 else 1):
                writer.append([record.message()], record.at_ns)
    assert list_segments(folder)
    assert ("counts", "binance") in failing(certify(tmp_path))


def test_records_that_are_gone_from_the_end_are_found(tmp_path: Path) -> None:
    make(tmp_path)
    path = segment_paths(tmp_path / "log" / "brti")[-1]
    path.write_bytes(path.read_bytes()[: spans(path)[-1].start])
    certificate = certify(tmp_path)
    assert failing(certificate) == [("counts", "brti")]
    assert "records 5 to 5 were counted, and the log ends before them" in certificate.findings[0].what


def test_records_that_are_gone_from_the_beginning_are_found(tmp_path: Path) -> None:
    make(tmp_path)
    first, second = segment_paths(tmp_path / "log" / "binance")[:2]
    first.unlink()
    certificate = certify(tmp_path)
    assert ("counts", "binance") in failing(certificate)
    gone = f"records 1 to {int(second.stem) - 1} were counted and are not there any more"
    assert gone in [finding.what for finding in certificate.findings]


def test_a_log_that_is_gone_is_found(tmp_path: Path) -> None:
    make(tmp_path)
    for path in segment_paths(tmp_path / "log" / "brti"):
        path.unlink()
    assert set(failing(certify(tmp_path))) == {("counts", "brti"), ("records", "brti")}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"records": {"BookChanged": 11}}, "11 BookChanged counted, 12 there"),
        ({"total": 3}, "its counts are no sum of their parts"),
        ({"frames": 3}, "its counts are no sum of their parts"),
    ],
)
def test_a_record_of_the_session_that_says_otherwise_is_found(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    make(tmp_path)
    changed(tmp_path, **changes)
    certificate = certify(tmp_path)
    assert failing(certificate) == [("counts", "binance")]
    assert words in certificate.findings[0].what


def test_a_damaged_record_of_the_session_is_named(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / RECORD).write_bytes(b"{")
    certificate = certify(tmp_path)
    assert failing(certificate) == [("counts", "")]
    assert f"{tmp_path / RECORD} is damaged" in certificate.findings[0].what


def test_the_record_of_another_session_does_not_count_for_this_one(tmp_path: Path) -> None:
    make(tmp_path)
    path = tmp_path / RECORD
    path.write_bytes(path.read_bytes().replace(b'"session": "2026-11-22T10', b'"session": "2026-11-22T09'))
    certificate = certify(tmp_path)
    assert ("counts", "") in failing(certificate)
    assert "is of another session" in certificate.findings[0].what


def test_without_a_record_of_the_session_that_is_said(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / RECORD).unlink()
    certificate = certify(tmp_path)
    assert (certificate.holds, certificate.version, certificate.ended) == (True, "1.2.3", "stopped")
    assert "kept no record of this session" in certificate.findings[0].what
    (counts,) = [check for check in certificate.checks if check.name == "counts"]
    assert (counts.looked_at, counts.said) == (0, "nothing of the kind")
