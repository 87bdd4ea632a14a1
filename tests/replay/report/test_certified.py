"""The certificate on the page."""

import msgspec

from replay.audit.certificate import Certificate, Check, Clock, Disk, Finding, Gap, Stream
from replay.report.certified import MOST_ROWS, certified

S = 10**9
STREAM = Stream(
    "coinbase", 1200, 5000, received=900, stored=900, clock=Clock(60, 1.5, 1.0, 2.0, -3.2),
    disk=Disk(900, 0.1, 2.0, 30.0, S, 1, 0.2),
)  # fmt: skip
SOUND = Certificate(
    "x", "sim", "1", S, 9 * S, False, "stopped", True,
    [Check("records", True, 1200, 0, "all <sound>")], [], [], [STREAM], 1200, 5_000_000, "ab12",
)  # fmt: skip


def test_a_certificate_that_holds_says_so_and_what_was_looked_at() -> None:
    told = certified(SOUND)
    assert '<strong class="good">The certificate holds.</strong> 1,200 records, 5.0 MB.' in told
    assert "<td>all &lt;sound&gt;</td>" in told
    assert "<td>900</td><td>900</td>" in told
    assert "<td>+1.50</td><td>-3.2</td><td>2.0 / 30.0</td><td>1</td>" in told
    assert "No gap of any kind." in told
    assert "<code>ab12</code>" in told


def test_what_fails_comes_first() -> None:
    findings = [
        Finding("gaps", "kraken", "a long gap", fails=False),
        Finding("records", "coinbase", "damaged", first=5, last=9),
    ]
    told = certified(msgspec.structs.replace(SOUND, holds=False, findings=findings, running=True))
    assert '<strong class="bad">The certificate does not hold.</strong>' in told
    assert "certified as far as it stood at 1970-01-01 00:00:09 UTC" in told
    assert told.index("coinbase: damaged</td><td>5 to 9") < told.index("kraken: a long gap</td><td>-")


def test_gaps_are_summed_up_by_cause_and_the_longest_told_one_by_one() -> None:
    gaps = [
        Gap("kraken", "connection", "", "venue", S, 2 * S, float(number), "closed")
        for number in range(MOST_ROWS + 5)
    ]
    told = certified(msgspec.structs.replace(SOUND, gaps=gaps))
    assert '<th scope="row">venue</th><td>45</td><td>16.5 min</td><td>44 s</td>' in told
    assert "the 40 longest of 45" in told
    assert told.count("venue: closed") == MOST_ROWS


def test_more_findings_than_there_is_room_for_are_counted() -> None:
    findings = [Finding("records", "coinbase", f"number {at}") for at in range(MOST_ROWS + 1)]
    told = certified(msgspec.structs.replace(SOUND, holds=False, findings=findings))
    assert "1 more finding in" in told
