"""A feed that notices what is wrong passes nothing off; one that does not, does."""

from replay.audit.certificate import SEQUENCES, Finding
from replay.audit.doubts import PATIENCE, Doubts

DOUBT = Finding(SEQUENCES, "binance", "updates 5 to 6 are missing")


def test_a_feed_that_takes_its_book_back_has_noticed() -> None:
    found: list[Finding] = []
    doubts = Doubts(found.append)
    doubts.raise_(DOUBT)
    doubts.noticed()
    assert [(finding.fails, finding.what) for finding in found] == [
        (False, "updates 5 to 6 are missing; the feed noticed")
    ]


def test_a_feed_that_counts_a_gap_has_noticed() -> None:
    found: list[Finding] = []
    doubts = Doubts(found.append)
    doubts.health(3)
    doubts.raise_(DOUBT)
    doubts.health(4)
    assert [finding.fails for finding in found] == [False]


def test_a_feed_that_goes_on_as_if_nothing_were_has_not() -> None:
    found: list[Finding] = []
    doubts = Doubts(found.append)
    doubts.health(3)
    doubts.raise_(DOUBT)
    for _ in range(PATIENCE - 1):
        doubts.health(3)
        assert found == []
    doubts.health(3)
    assert found == [DOUBT]
    doubts.noticed()
    assert found == [DOUBT]


def test_a_new_process_ends_what_stood_in_the_one_before() -> None:
    found: list[Finding] = []
    doubts = Doubts(found.append)
    doubts.health(9)
    doubts.raise_(DOUBT)
    doubts.began()
    assert [finding.fails for finding in found] == [False]
    doubts.raise_(DOUBT)
    doubts.health(1)
    assert [finding.fails for finding in found] == [False, False]
