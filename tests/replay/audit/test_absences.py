"""What a feed lacks begins and ends with its own words."""

from messages import FeedHealth, MarketRoleChanged
from replay.audit.absences import Absences
from replay.audit.certificate import Finding, Gap

S = 10**9
SERIES = "KXBTC15M"


def absences() -> tuple[Absences, list[Finding]]:
    found: list[Finding] = []
    return Absences("kalshi", found.append), found


def told(of: Absences) -> list[tuple[str, str, float, bool]]:
    return [(gap.name, gap.cause, gap.length_s, gap.to_ns == 0) for gap in of.gaps]


def role(running: str) -> MarketRoleChanged:
    return MarketRoleChanged(SERIES, 1, running, "")


def health(at_s: int, reason: str = "") -> FeedHealth:
    return FeedHealth("kalshi", 1, at_s * S, not reason, 1, 1, 0, 0, -1.0, -1.0, 0.0, reason)


def test_a_book_is_missing_from_its_withdrawal_to_its_return() -> None:
    of, found = absences()
    of.taken("A", "updates 3 to 4 are missing", 1 * S)
    of.taken("A", "crossed", 2 * S)
    of.came("A", 5 * S)
    of.came("A", 6 * S)
    assert (told(of), found) == ([("A", "venue", 4.0, False)], [])


def test_a_withdrawal_without_a_reason_is_unexplained_and_found() -> None:
    of, found = absences()
    of.taken("A", "", 1 * S)
    of.came("A", 3 * S)
    assert told(of) == [("A", "unexplained", 2.0, False)]
    assert [(finding.check, finding.fails) for finding in found] == [("gaps", True)]
    assert "a book gap of 2.0 s that nothing in the record explains (no reason given)" in found[0].what


def test_a_market_that_is_over_is_not_missed() -> None:
    of, _ = absences()
    of.taken("A", "the market is settled or no longer watched", 1 * S)
    of.last(9 * S)
    assert of.gaps == []


def test_the_first_market_of_a_run_is_no_rollover() -> None:
    of, _ = absences()
    of.role(role(""), False, 1 * S)
    of.role(role("A"), False, 2 * S)
    of.came("A", 3 * S)
    of.role(role("A"), True, 4 * S)
    assert of.gaps == []


def test_from_one_market_to_the_next_only_time_without_a_book_is_missing() -> None:
    of, _ = absences()
    of.role(role("A"), True, 1 * S)
    of.role(role("B"), True, 2 * S)
    assert of.gaps == []
    of.role(role("C"), False, 3 * S)
    of.came("C", 4 * S)
    of.role(role(""), False, 5 * S)
    of.role(role("D"), True, 8 * S)
    assert told(of) == [("C", "rollover", 1.0, False), ("D", "rollover", 3.0, False)]


def test_a_pause_lasts_as_long_as_the_feed_says_so() -> None:
    of, _ = absences()
    for at_s, reason in (
        (1, ""),
        (2, "Kalshi has paused trading"),
        (3, "Kalshi has paused trading"),
        (5, ""),
    ):
        of.paused(health(at_s, reason))
    assert told(of) == [("", "maintenance", 3.0, False)]


def test_what_is_missing_at_the_end_of_a_run_is_the_connections_from_then_on() -> None:
    of, _ = absences()
    of.taken("A", "crossed", 1 * S)
    of.ended(3 * S)
    of.came("A", 9 * S)
    assert told(of) == [("A", "venue", 2.0, False)]


def test_what_is_missing_at_the_end_of_the_session_lasts() -> None:
    of, _ = absences()
    of.role(role("A"), True, 1 * S)
    of.role(role(""), False, 2 * S)
    of.taken("A", "crossed", 4 * S)
    of.paused(health(5, "Kalshi has paused trading"))
    of.last(6 * S)
    assert told(of) == [
        ("A", "venue", 2.0, True),
        ("", "rollover", 4.0, True),
        ("", "maintenance", 1.0, True),
    ]


def test_behind_missing_records_nobody_knows_what_stands() -> None:
    of, _ = absences()
    of.taken("A", "crossed", 1 * S)
    of.forget()
    of.came("A", 5 * S)
    assert of.gaps == []


def test_a_gap_that_is_noted_keeps_what_it_is() -> None:
    of, _ = absences()
    of.add("connection", "", "outage", 1 * S, 4 * S, 0, "reset")
    assert of.gaps == [Gap("kalshi", "connection", "", "outage", 1 * S, 4 * S, 3.0, "reset")]
