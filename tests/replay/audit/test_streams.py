"""One log in one pass: what of it is the session's, and what is wrong with that."""

from hashlib import sha256
from pathlib import Path

from messages import RecordsLost, Turn
from messages.control import Read
from messages.log.format import LAST, SEGMENT_HEADER, pack_record, salts
from replay.audit.certificate import Certificate
from replay.audit.streams import UNTOLD
from tests.messages.log.samples import segment_paths, spans
from tests.replay.audit.made import (
    SESSION,
    Append,
    at,
    certify,
    changed,
    count,
    failing,
    feed,
    health,
    listener,
    made,
    make,
    started,
    stopped,
    supervisor,
    write,
)

LATER = "2026-11-22T11-00-00Z"
HOUR_MS = 3_600_000


def of(certificate: Certificate, log: str) -> tuple[int, int, int]:
    (stream,) = [stream for stream in certificate.streams if stream.log == log]
    return stream.records, stream.first_seq, stream.last_seq


def with_a_later_session(data_dir: Path) -> Path:
    make(data_dir)
    write(data_dir, "supervisor", [(HOUR_MS, [started("supervisor", HOUR_MS, LATER)])])
    write(data_dir, "brti", [(HOUR_MS + 1, [started("brti", HOUR_MS + 1, LATER)])])
    write(data_dir, "brti", [(HOUR_MS + 2, [stopped("brti", HOUR_MS + 2)])])
    write(data_dir, "supervisor", [(HOUR_MS + 9, [stopped("supervisor", HOUR_MS + 9)])])
    return data_dir


def test_a_session_ends_where_a_log_names_the_next(tmp_path: Path) -> None:
    with_a_later_session(tmp_path)
    earlier, later = certify(tmp_path), certify(tmp_path, LATER)
    assert earlier.holds
    assert later.holds
    assert of(earlier, "brti") == (5, 1, 5)
    assert of(later, "brti") == (2, 6, 7)
    assert [stream.log for stream in later.streams] == ["supervisor", "brti"]


def test_damage_is_charged_to_the_session_in_which_it_lies(tmp_path: Path) -> None:
    with_a_later_session(tmp_path)
    (path,) = segment_paths(tmp_path / "log" / "brti")
    whole, records = path.read_bytes(), spans(path)
    for number, span in enumerate(records):
        data = bytearray(whole)
        data[span.end - 1] ^= 1
        path.write_bytes(data)
        earlier, later = certify(tmp_path), certify(tmp_path, LATER)
        assert earlier.holds is (number > 5), span.seq
        # Where nobody counted, a lost record at the seam may have been of either.
        assert later.holds is (number < 4), span.seq
        assert of(earlier, "brti")[2] <= 5, span.seq


def test_the_digest_is_of_the_records_bytes(tmp_path: Path) -> None:
    make(tmp_path)
    data = b"".join(
        path.read_bytes()[SEGMENT_HEADER.size :] for path in segment_paths(tmp_path / "log" / "binance")
    )
    (stream,) = [stream for stream in certify(tmp_path).streams if stream.log == "binance"]
    assert stream.digest == sha256(data).hexdigest()
    assert stream.bytes == len(data)


def test_a_session_in_the_middle_of_a_log_has_a_digest_of_its_own(tmp_path: Path) -> None:
    make(tmp_path)
    before = certify(tmp_path).digest
    with_later = tmp_path / "later"
    with_a_later_session(with_later)
    # Copies of one segment differ by the moment of its creation, which its checksums begin with.
    assert certify(tmp_path).digest == before
    assert certify(with_later, LATER).digest not in (before, certify(with_later).digest)


def test_a_run_that_was_killed_and_begun_again_is_a_gap(tmp_path: Path) -> None:
    kill: list[Append] = [(5000, [changed("brti", 5000, "running", "backoff", "killed by signal 9")])]
    write(tmp_path, "supervisor", [*supervisor()[:3], *kill, *supervisor()[3:]])
    write(tmp_path, "binance", feed())
    write(tmp_path, "brti", [*listener([(1, 10)])[:-1], (6000, [started("brti", 6000)])])
    write(tmp_path, "brti", [(9000, [stopped("brti", 9000)])])
    count(tmp_path)
    certificate = certify(tmp_path)
    assert certificate.holds
    (gap,) = [gap for gap in certificate.gaps if gap.log == "brti"]
    assert (gap.what, gap.cause, gap.length_s, gap.reason) == ("process", "ours", 4.0, "killed by signal 9")


def test_a_run_that_ended_unseen_is_unexplained(tmp_path: Path) -> None:
    write(tmp_path, "supervisor", supervisor()[:3])
    write(tmp_path, "supervisor", [(90_000, [stopped("supervisor", 90_000)])])
    write(tmp_path, "binance", feed())
    write(tmp_path, "brti", [*listener([(1, 10)])[:-1], (60_000, [started("brti", 60_000)])])
    write(tmp_path, "brti", [(89_000, [stopped("brti", 89_000)])])
    count(tmp_path)
    certificate = certify(tmp_path)
    assert failing(certificate) == [("gaps", "brti")]
    assert "that nothing in the record explains" in certificate.findings[0].what


def test_what_a_listener_never_saw_is_told(tmp_path: Path) -> None:
    write(tmp_path, "supervisor", supervisor())
    write(tmp_path, "binance", feed())
    lost = RecordsLost("binance", at(3000), 3, 5, "damaged")
    write(tmp_path, "brti", [*listener([(1, 2)])[:-1], (3000, [lost])])
    write(tmp_path, "brti", [(3001, [Turn(at(3001), [Read("binance", 6, 9)], True)])])
    write(tmp_path, "brti", [(9000, [stopped("brti", 9000)])])
    count(tmp_path)
    certificate = certify(tmp_path)
    assert failing(certificate) == [("readers", "brti")]
    assert "never saw records 3 to 5" in certificate.findings[0].what


def test_a_record_that_is_not_what_its_kind_says_is_found(tmp_path: Path) -> None:
    make(tmp_path)
    (path,) = segment_paths(tmp_path / "log" / "supervisor")
    span = spans(path)[1]
    data = path.read_bytes()
    forged = pack_record(
        salts(data[: SEGMENT_HEADER.size])[0], LAST, 4, span.seq, at(1200), b"\x93\x01\x02\x03"
    )
    path.write_bytes(data[: span.start] + forged + data[span.end :])
    certificate = certify(tmp_path)
    assert ("records", "supervisor") in failing(certificate)
    assert "record 2 is no ActorStateChanged" in certificate.findings[0].what


def test_of_many_findings_of_one_sort_a_few_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    steps: list[Append] = [(2000 + n, [health(2000 + n, 100 + n)]) for n in range(UNTOLD + 3)]
    certificate = certify(made(tmp_path, [*feed()[:5], *steps, *feed()[-2:]]))
    told = [finding.what for finding in certificate.findings if finding.fails]
    assert len(told) == UNTOLD + 1
    assert "3 more findings like these" in told


def test_the_session_is_known_by_its_name_alone(tmp_path: Path) -> None:
    make(tmp_path)
    assert certify(tmp_path, SESSION) == certify(tmp_path, "")
