"""Whose a gap is follows from what the record says of its cause."""

import pytest

from messages import ActorStateChanged
from replay.audit.certificate import Gap
from replay.audit.gaps import Ended, Ends, by_cause, cause_of_end, cause_of_withdrawal, gap, is_pause

S = 10**9


def change(at_s: int, was: str, now: str, reason: str = "killed by signal 9") -> ActorStateChanged:
    return ActorStateChanged("brti", at_s * S, was, now, reason, 7, 0, 0.0)


@pytest.mark.parametrize(
    ("reason", "fault", "cause"),
    [
        ("asked to stop", "none", "ours"),
        ("coinbase has sent nothing for 6.0 s", "venue", "venue"),
        ("connection reset by peer", "network", "outage"),
        ("the disk is full", "machine", "ours"),
        ("KeyError: 'x'", "internal", "ours"),
        ("cryptocom refuses the subscription: system maintenance (9010001)", "venue", "maintenance"),
        ("who knows", "another word", "unexplained"),
    ],
)
def test_an_end_is_whose_fault_it_was(reason: str, fault: str, cause: str) -> None:
    assert cause_of_end(Ended(1, reason, fault)) == cause


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("updates 7 to 9 are missing", "venue"),
        ("crossed: bid 101.00, ask 100.00", "venue"),
        ("the checksum does not fit", "venue"),
        ("the market is settled or no longer watched", "rollover"),
        ("the quarter hour is over", "rollover"),
        ("the market is SUSPENDED", "maintenance"),
        ("the price has left the middle of the kept band", "ours"),
        ("it could not be read again in time", "outage"),
        ("", "unexplained"),
    ],
)
def test_a_withdrawal_is_whose_its_reason_says(reason: str, cause: str) -> None:
    assert cause_of_withdrawal(reason) == cause


def test_a_pause_is_known_by_its_words() -> None:
    assert is_pause("no market of KXBTC15M runs now (Kalshi's weekly pause)")
    assert is_pause("Kalshi has paused trading until 09:00")
    assert not is_pause("the book is crossed")


def test_the_supervisor_explains_what_ended_in_between() -> None:
    ends = Ends()
    ends.note(change(5, "stopped", "starting", "started"))
    ends.note(change(6, "starting", "running", "ready"))
    ends.note(change(100, "running", "backoff"))
    assert ends.ran == {"brti"}
    ends.note(change(102, "backoff", "starting", "restarted: killed by signal 9"))
    assert ends.of("brti", 99 * S, 102 * S) == Ended(100 * S, "killed by signal 9", "none")
    assert ends.of("brti", 5 * S, 7 * S) is None
    ends.note(change(103, "running", "failed", "it gave up"))
    assert ends.of("brti", 99 * S, 104 * S) == Ended(103 * S, "it gave up", "none")
    assert ends.of("signal", 99 * S, 101 * S) is None


def test_a_gap_that_lasts_is_as_long_as_until_now() -> None:
    assert gap("kraken", "book", "BTC-USD", "venue", 1 * S, 4 * S, 0, "why").length_s == 3.0
    lasting = gap("kraken", "book", "BTC-USD", "venue", 1 * S, 0, 11 * S, "why")
    assert (lasting.to_ns, lasting.length_s) == (0, 10.0)
    assert gap("kraken", "book", "BTC-USD", "venue", 5 * S, 4 * S, 0, "why").length_s == 0.0


def test_gaps_are_summed_by_cause() -> None:
    def of(cause: str, length_s: float) -> Gap:
        return Gap("x", "book", "", cause, 0, 0, length_s, "")

    found = by_cause([of("ours", 1.0), of("venue", 2.0), of("ours", 4.0)])
    assert found == {"ours": (2, 5.0, 4.0), "venue": (1, 2.0, 2.0)}
