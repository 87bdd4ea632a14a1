from actors.standing import ABSENT, STALE, WITHDRAWN, Standing
from messages import FeedHealth

S = 1_000_000_000
LIMIT = 3 * S


def health(fresh: bool, at_ns: int) -> FeedHealth:
    return FeedHealth("kraken", 1, at_ns, fresh, 0, 0, 0, 0, -1.0, -1.0, 0.0, "")


def test_nothing_stands_before_the_first_quote() -> None:
    assert Standing().trouble(5 * S, LIMIT) == ABSENT


def test_a_quote_stands_until_nobody_has_confirmed_it_for_the_limit() -> None:
    standing = Standing()
    standing.quoted(10 * S)
    assert standing.trouble(13 * S, LIMIT) == ""
    assert standing.until_ns(LIMIT) == 13 * S
    assert standing.trouble(13 * S + 1, LIMIT) == STALE


def test_a_report_that_the_feed_is_fresh_keeps_a_quiet_quote_standing() -> None:
    standing = Standing()
    standing.quoted(10 * S)
    assert not standing.health(health(True, 60 * S))
    assert standing.trouble(62 * S, LIMIT) == ""


def test_saying_an_old_quote_again_does_not_make_it_older() -> None:
    standing = Standing()
    standing.quoted(10 * S)
    standing.health(health(True, 60 * S))
    assert not standing.quoted(10 * S)
    assert standing.trouble(62 * S, LIMIT) == ""


def test_a_withdrawn_quote_is_gone_until_the_next_quote_whatever_the_feed_says_of_itself() -> None:
    standing = Standing()
    standing.quoted(10 * S)
    assert standing.withdraw()
    assert not standing.withdraw()
    assert not standing.health(health(True, 11 * S))
    assert standing.trouble(11 * S, LIMIT) == WITHDRAWN
    assert standing.quoted(12 * S)
    assert standing.trouble(12 * S, LIMIT) == ""


def test_a_feed_that_calls_itself_not_fresh_takes_the_quote_back_until_it_calls_itself_fresh() -> None:
    standing = Standing()
    standing.quoted(10 * S)
    assert standing.health(health(False, 11 * S))
    assert standing.trouble(11 * S, LIMIT) == WITHDRAWN
    assert standing.health(health(True, 12 * S))
    assert standing.trouble(12 * S, LIMIT) == ""


def test_a_gap_takes_back_only_what_was_quoted_before_its_end() -> None:
    standing = Standing()
    standing.quoted(10 * S)
    assert not standing.gap(10 * S)
    assert standing.trouble(10 * S, LIMIT) == ""
    assert standing.gap(11 * S)
    assert standing.trouble(11 * S, LIMIT) == WITHDRAWN


def test_a_clock_set_back_makes_a_quote_from_the_future_stale_until_the_feed_speaks_again() -> None:
    standing = Standing()
    standing.quoted(1000 * S)
    assert standing.trouble(500 * S, LIMIT) == STALE
    standing.health(health(True, 501 * S))
    assert standing.trouble(501 * S, LIMIT) == ""


def test_heard_held_and_standing_are_three_things() -> None:
    standing = Standing()
    assert (standing.heard(), standing.held(), standing.stands()) == (False, False, False)
    standing.quoted(10 * S)
    assert (standing.heard(), standing.held(), standing.stands()) == (True, True, True)
    standing.health(health(False, 10 * S))
    assert (standing.heard(), standing.held(), standing.stands()) == (True, True, False)
    standing.withdraw()
    assert (standing.heard(), standing.held(), standing.stands()) == (True, False, False)
