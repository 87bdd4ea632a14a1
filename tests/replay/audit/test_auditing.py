"""A session is certified; whatever was done to its record is found; one that still runs is no exception."""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from messages.log import LogWriter
from messages.log.format import SEGMENT_HEADER
from replay.audit import auditing
from replay.audit.certificate import Certificate
from replay.audit.scanning import Flaw, Piece, scan
from replay.audit.seeking import session_named
from tests.messages.log.samples import segment_paths, spans
from tests.replay.audit.made import (
    SESSION,
    SMALL,
    Append,
    at,
    certify,
    count,
    failing,
    feed,
    listener,
    make,
    stopped,
    supervisor,
    write,
)

FLIPS = 900
LOGS = ("supervisor", "binance", "brti")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session that holds. What a test does to it, it undoes."""
    return make(tmp_path_factory.mktemp("sound") / "data")


@pytest.fixture
def copied(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "data"))


def segments(data_dir: Path) -> Iterator[Path]:
    for log in LOGS:
        yield from segment_paths(data_dir / "log" / log)


def test_a_sound_session_holds(sound: Path) -> None:
    certificate = certify(sound)
    assert certificate.holds
    assert (certificate.session, certificate.mode, certificate.version) == (SESSION, "sim", "1.2.3")
    assert (certificate.running, certificate.ended) == (False, "stopped")
    assert (certificate.from_ns, certificate.until_ns) == (at(0), at(9100))
    assert certificate.records == sum(stream.records for stream in certificate.streams) == 62


def test_a_flipped_byte_is_found_wherever_it_is(sound: Path) -> None:
    draw = random.Random(5)
    places = [(path, offset) for path in segments(sound) for offset in range(path.stat().st_size)]
    of_headers = [(path, offset) for path, offset in places if offset < SEGMENT_HEADER.size]
    for path, offset in [*draw.sample(places, FLIPS), *draw.sample(of_headers, 30)]:
        whole = path.read_bytes()
        path.write_bytes(
            whole[:offset] + bytes([whole[offset] ^ 1 << draw.randrange(8)]) + whole[offset + 1 :]
        )
        assert not certify(sound).holds, f"{path.parent.name} {path.name} at {offset}"
        path.write_bytes(whole)
    assert certify(sound).holds


def test_a_missing_or_doubled_record_is_found_wherever_it_stood(sound: Path) -> None:
    for path in segments(sound):
        whole = path.read_bytes()
        for span in spans(path):
            record = whole[span.start : span.end]
            for changed in (
                whole[: span.start] + whole[span.end :],
                whole[: span.end] + record + whole[span.end :],
                whole + record,
            ):
                path.write_bytes(changed)
                assert not certify(sound).holds, f"{path.parent.name} record {span.seq}"
        path.write_bytes(whole)


def test_a_log_that_was_cut_off_anywhere_is_found(sound: Path) -> None:
    draw = random.Random(6)
    for path in segments(sound):
        whole = path.read_bytes()
        for size in draw.sample(range(len(whole)), 20):
            path.write_bytes(whole[:size])
            assert not certify(sound).holds, f"{path.parent.name} {path.name} cut to {size}"
        path.write_bytes(whole)


def test_a_copy_has_the_same_digest_and_a_tampered_one_has_not(sound: Path, copied: Path) -> None:
    assert certify(sound).digest == certify(copied).digest
    path = segment_paths(copied / "log" / "binance")[1]
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    other = certify(copied)
    assert other.digest != certify(sound).digest
    differing = [
        one.log
        for one, two in zip(certify(sound).streams, other.streams, strict=True)
        if one.digest != two.digest
    ]
    assert differing == ["binance"]


def test_a_reader_that_names_what_is_not_there_shows_a_cut(tmp_path: Path) -> None:
    write(tmp_path, "supervisor", supervisor())
    write(tmp_path, "binance", feed())
    write(tmp_path, "brti", listener([(1, 51), (52, 60)]))
    certificate = certify(tmp_path)
    assert failing(certificate) == [("readers", "brti")]
    assert "it read record 60 of binance, whose log ends with record 51" in certificate.findings[0].what


def test_without_counts_a_log_must_say_itself_that_it_ended(tmp_path: Path) -> None:
    write(tmp_path, "supervisor", supervisor())
    write(tmp_path, "binance", feed()[:-1])
    write(tmp_path, "brti", listener([]))
    assert failing(certify(tmp_path)) == [("records", "binance")]
    count(tmp_path)
    assert certify(tmp_path).holds


def test_a_supervisor_that_lacks_its_end_is_found(tmp_path: Path) -> None:
    write(tmp_path, "supervisor", supervisor()[:-1])
    write(tmp_path, "binance", feed())
    write(tmp_path, "brti", listener([]))
    count(tmp_path)
    certificate = certify(tmp_path)
    assert failing(certificate) == [("counts", "supervisor")]


def test_a_session_that_was_cut_off_is_certified_as_far_as_it_goes(tmp_path: Path) -> None:
    write(tmp_path, "supervisor", supervisor()[:3])
    write(tmp_path, "binance", feed()[:-2])
    write(tmp_path, "brti", listener([])[:-1])
    count(tmp_path, ended=False)
    certificate = certify(tmp_path)
    assert (certificate.holds, certificate.running, certificate.ended) == (True, False, "cut off")


def test_a_session_without_the_supervisors_log_does_not_hold(copied: Path) -> None:
    shutil.rmtree(copied / "log" / "supervisor")
    assert ("records", "supervisor") in failing(certify(copied))


def running(data_dir: Path) -> tuple[list[LogWriter], list[list[Append]]]:
    """A session whose logs are held open by this very process."""
    rest: list[list[Append]] = []
    writers: list[LogWriter] = []
    for log, appends, held in (
        ("supervisor", supervisor(), 3),
        ("binance", feed(), 2),
        ("brti", listener([(1, 10)]), 1),
    ):
        writer = LogWriter(data_dir / "log" / log, SMALL)
        for ms, messages in appends[:-held]:
            writer.append(messages, at(ms))
        writers.append(writer)
        rest.append(appends[-held:])
    return writers, rest


def certified(data_dir: Path) -> Certificate:
    certificate = certify(data_dir)
    assert certificate.running
    return certificate


def test_a_session_that_is_still_written_is_certified_up_to_now(tmp_path: Path) -> None:
    writers, rest = running(tmp_path)
    count(tmp_path, ended=False)
    assert certified(tmp_path).holds
    path = segment_paths(tmp_path / "log" / "binance")[-1]
    whole = path.read_bytes()
    # An append on its way is nobody's damage; anything in front of it is.
    path.write_bytes(whole + whole[-40:-10])
    assert certified(tmp_path).holds
    path.write_bytes(whole)
    span = spans(path)[0]
    path.write_bytes(whole[: span.start] + whole[span.end :])
    assert not certified(tmp_path).holds
    path.write_bytes(whole)
    for writer, appends in zip(writers, rest, strict=True):
        for ms, messages in appends:
            writer.append(messages, at(ms))
        writer.close()
    count(tmp_path)
    certificate = certify(tmp_path)
    assert (certificate.running, certificate.holds, certificate.ended) == (False, True, "stopped")


def test_a_process_of_another_user_may_hold_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(pid: int, number: int) -> None:
        raise PermissionError

    writers, _ = running(tmp_path)
    count(tmp_path, ended=False)
    monkeypatch.setattr(os, "kill", refused)
    assert certify(tmp_path).running
    for writer in writers:
        writer.close()
    assert not certify(tmp_path).running


def test_a_stopped_child_of_a_running_session_is_no_end(tmp_path: Path) -> None:
    writers, _ = running(tmp_path)
    writers[2].append([stopped("brti", 9000)], at(9000))
    count(tmp_path, ended=False)
    assert certified(tmp_path).holds
    for writer in writers:
        writer.close()


def test_what_retention_deletes_meanwhile_is_looked_for_again(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def disturbed(log_dir: Path, from_ns: int) -> Iterator[Piece | Flaw]:
        looks.append(log_dir.name)
        if len(looks) == 2:
            yield Flaw("gone", 1, 1, is_gone=True)
        yield from scan(log_dir, from_ns)

    monkeypatch.setattr(auditing, "scan", disturbed)
    assert certify(sound).holds
    assert looks == ["supervisor", "binance", "brti"] * 2


def test_progress_is_told_and_ends_with_all_of_it(sound: Path) -> None:
    told: list[float] = []
    auditing.audit(sound, session_named(sound, ""), told.append)
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1.0


def test_a_real_run_in_which_an_actor_was_killed_holds(recorded: Path) -> None:
    certificate = certify(recorded, "")
    assert certificate.holds, [finding.what for finding in certificate.findings if finding.fails]
    looked_at = {check.name: check.looked_at for check in certificate.checks}
    for name in ("records", "frames", "sequences", "readers", "gaps"):
        assert looked_at[name] > 0, name
    (gap,) = [gap for gap in certificate.gaps if gap.log == "signal"]
    assert (gap.what, gap.cause) == ("process", "ours")
