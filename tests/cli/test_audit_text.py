"""The certificate as a page: the verdict first, what fails next, the rest in few lines."""

import pytest
from msgspec.structs import replace

from cli.audit_text import LONGEST_GAPS, MOST_FINDINGS, audit_text
from replay.audit.certificate import BOOKS, Certificate, Clock, Disk, Finding, Gap
from tests.replay.audit.made import SESSION, at, certify, make


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certify(make(tmp_path_factory.mktemp("sound") / "data"))


def gap(cause: str, length_s: float, log: str = "kraken", reason: str = "why", lasts: bool = False) -> Gap:
    end = 0 if lasts else at(1000) + int(length_s * 1e9)
    return Gap(log, "connection", "", cause, at(1000), end, length_s, reason)


def test_a_whole_record_says_so_first(sound: Certificate) -> None:
    lines = audit_text(sound)
    assert lines[0] == f"The record of session {SESSION} is whole."
    assert lines[2].startswith("sim, version 1.2.3, from 2026-11-22 ")
    assert "stopped, until 2026-11-22 " in lines[2]
    assert lines[3] == "62 records, 0.0 MB, 3 logs"
    assert not any("DOES NOT HOLD" in line or "TO KNOW" in line for line in lines)


def test_every_check_has_a_line_and_one_without_matter_says_so(sound: Certificate) -> None:
    lines = audit_text(sound)
    assert "records    holds  62 records of 3 logs, each checksum and number" in lines
    assert "store      -      nothing of the kind" in lines


def test_a_running_session_is_certified_up_to_a_moment(sound: Certificate) -> None:
    assert "still running, certified up to 2026-11-22 " in audit_text(replace(sound, running=True))[2]


def test_what_fails_is_told_before_what_is_only_to_be_known(sound: Certificate) -> None:
    findings = [
        Finding(BOOKS, "kraken", "noticed", fails=False),
        *[Finding(BOOKS, "kraken", f"wrong {n}") for n in range(MOST_FINDINGS + 3)],
    ]
    checks = [replace(check, holds=check.name != BOOKS, failed=15) for check in sound.checks]
    lines = audit_text(replace(sound, holds=False, findings=findings, checks=checks))
    assert lines[0] == f"The record of session {SESSION} does NOT hold: 15 findings in books."
    assert lines.index("WHAT DOES NOT HOLD") < lines.index("TO KNOW")
    assert "  kraken: wrong 0" in lines
    assert "  and 3 more; --json gives all" in lines
    assert any(line.startswith("books      15 FAILED") for line in lines)


def test_gaps_are_summed_by_cause_and_the_longest_told_in_order_of_time(sound: Certificate) -> None:
    gaps = [gap("ours", 1.0), gap("unexplained", 5.0, reason="none given"), gap("venue", 2.0, lasts=True)]
    lines = audit_text(replace(sound, gaps=gaps))
    assert "UNEXPLAINED      1  5.0 s    5.0 s" in lines
    (told,) = [line for line in lines if "and lasting" in line]
    assert told.endswith("2.0 s and lasting the venue's (connection) kraken: why")


def test_gaps_that_many_logs_had_at_once_take_one_line(sound: Certificate) -> None:
    gaps = [gap("ours", 1.0 + n / 10, log) for n, log in enumerate(("kalshi", "kraken", "lmax"))]
    (line,) = [line for line in audit_text(replace(sound, gaps=gaps)) if "why" in line]
    assert line.endswith("1.2 s ours (connection) kalshi, kraken, lmax: why")


def test_of_many_gaps_the_longest_are_told(sound: Certificate) -> None:
    gaps = [gap("ours", float(n), reason=f"reason {n}") for n in range(1, 31)]
    lines = [line for line in audit_text(replace(sound, gaps=gaps)) if "reason" in line]
    assert len(lines) == LONGEST_GAPS
    assert lines[-1].endswith("reason 30")


def test_without_gaps_that_is_said(sound: Certificate) -> None:
    assert "GAPS none" in audit_text(replace(sound, gaps=[]))


def test_clock_and_stalls_are_told_of_the_logs_that_have_them(sound: Certificate) -> None:
    streams = [
        replace(
            stream,
            clock=Clock(600, 2.04, 1.0, 3.0, -17.26),
            disk=Disk(900, 0.21, 3.0, 1250.0, at(5000), 3, 2.5),
        )
        if stream.log == "binance"
        else stream
        for stream in sound.streams
    ]
    lines = audit_text(replace(sound, streams=streams))
    (row,) = [line for line in lines if line.startswith("binance")]
    assert row.split()[-2:] == ["+2.0", "-17.3"]
    (stall,) = [line for line in lines if "waited" in line]
    assert "binance: 3 frames waited more than 0.1 s to be written, the longest 1.2 s at " in stall
