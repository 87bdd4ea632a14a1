"""Each check says how much was looked at, and whether it held."""

from pathlib import Path

from replay.audit.certificate import CHECKS, Finding, Gap
from replay.audit.gaps import Ends
from replay.audit.streams import LogAudit
from replay.audit.summing import checks
from replay.sessions import EVER_NS, Session
from tests.replay.audit.made import certify, make


def test_a_sound_session_says_how_much_was_looked_at(tmp_path: Path) -> None:
    make(tmp_path)
    found = {check.name: check for check in certify(tmp_path).checks}
    assert list(found) == list(CHECKS)
    assert all(check.holds for check in found.values())
    assert {name: check.looked_at for name, check in found.items()} == {
        "records": 62,
        "counts": 3,
        "frames": 13,
        "sequences": 12,
        "books": 1,
        "readers": 3,
        "gaps": 1,
        "store": 0,
    }


def test_what_fails_is_counted_where_it_belongs_and_what_is_only_told_is_not() -> None:
    log = LogAudit("kraken", Session("s", "sim", 0, EVER_NS, 1.0), Ends())
    findings = [
        Finding("books", "kraken", "wrong"),
        Finding("books", "kraken", "wrong, too"),
        Finding("sequences", "kraken", "noticed", fails=False),
    ]
    gaps = [Gap("kraken", "connection", "", cause, 0, 0, 1.0, "") for cause in ("ours", "unexplained")]
    found = {check.name: check for check in checks([log], findings, gaps, 0, 0)}
    assert (found["books"].holds, found["books"].failed) == (False, 2)
    assert (found["sequences"].holds, found["sequences"].failed) == (True, 0)
    assert found["gaps"].said == "2 gaps, 1 without a cause"
