import pytest

from actors.errors import DeafError
from actors.prices.watch import DeafWatch, Limits

S = 1_000_000_000


def watch() -> DeafWatch:
    one = DeafWatch("here", Limits(socket_s=5, quiet_s=3, rest_lag_s=2))
    one.opened(0)
    return one


def test_a_socket_within_its_limit_is_alive_and_beyond_it_is_deaf() -> None:
    one = watch()
    one.has_book = True
    one.check(5 * S)
    with pytest.raises(DeafError, match="nothing"):
        one.check(5 * S + 1)


def test_a_book_must_come_within_ten_seconds_though_its_changes_do() -> None:
    one = watch()
    one.frame_ns = 11 * S
    one.book_moved(9 * S)
    with pytest.raises(DeafError, match="no book"):
        one.check(10 * S + 1)


def test_one_piece_of_evidence_is_a_suspicion_and_two_are_enough() -> None:
    one = watch()
    one.evidence("the ticker moved", 4 * S)
    assert one.suspicion(4 * S) == "the ticker moved"
    one.evidence("the ticker moved", 5 * S - 1)
    with pytest.raises(DeafError, match="ticker"):
        one.evidence("the ticker moved", 5 * S)


def test_a_book_frame_settles_every_suspicion() -> None:
    one = watch()
    one.evidence("trades go on", 4 * S)
    one.book_moved(4 * S + 1)
    assert not one.suspicion(4 * S + 1)
    one.evidence("trades go on", 6 * S)


def test_a_book_that_is_told_in_batches_is_suspected_only_when_it_had_the_time_to_follow() -> None:
    one = DeafWatch("here", Limits(socket_s=5, gathers_s=0.25))
    one.evidence("trades go on", 4 * S)
    one.evidence("the ticker moved", 4 * S + 200_000_000)
    assert not one.suspicion(4 * S + 249_999_999)
    assert one.suspicion(4 * S + 250_000_000) == "trades go on"


def test_a_book_is_quiet_only_after_its_limit() -> None:
    one = watch()
    one.book_moved(S)
    assert not one.quiet(4 * S - 1)
    assert one.quiet(4 * S)


@pytest.mark.parametrize(("lagging", "after_s"), [(False, 1), (True, 2)])
def test_what_may_be_older_than_the_book_counts_for_nothing(lagging: bool, after_s: int) -> None:
    one = watch()
    one.book_moved(S)
    assert not one.counts(S + after_s * S - 1, lagging)
    assert one.counts(S + after_s * S, lagging)
