import pytest

from actors.errors import DeafError
from actors.polymarket.watch import Watch

S = 1_000_000_000


def test_a_socket_without_a_word_for_two_pings_is_deaf() -> None:
    watch = Watch(0)
    watch.check(12 * S)
    with pytest.raises(DeafError, match=r"nothing for 12\.1 s"):
        watch.check(12 * S + S // 10)
    watch.frame_ns = 12 * S
    watch.check(24 * S)


def test_pages_that_move_while_the_books_are_silent_are_evidence() -> None:
    watch = Watch(0)
    watch.moved(S)
    watch.seen((0.5, 0.51), 20 * S)  # not silent for long enough to count
    watch.seen((0.4, 0.41), 22 * S)
    watch.seen((0.4, 0.41), 27 * S)
    with pytest.raises(DeafError, match="silent for 31 s while its pages move"):
        watch.seen((0.3, 0.31), 32 * S)


def test_a_quiet_market_is_not_a_deaf_one() -> None:
    watch = Watch(0)
    for second in (25, 30, 600):
        watch.seen((0.4, 0.41), second * S)
        watch.seen(None, second * S)
    assert watch.quiet(600 * S)
    watch.moved(600 * S)
    watch.seen((0.3, 0.31), 621 * S)  # what was seen before the book spoke again is no evidence
    assert not watch.quiet(601 * S)
