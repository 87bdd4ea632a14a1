import pytest

from actors.paper.market import PaperMarket
from tests.actors.paper.playing import MS, T0, TICKER, S, change, defined, health, snapshot


def market() -> PaperMarket:
    made = PaperMarket(TICKER)
    made.defined = defined()
    made.snapshot(snapshot(T0))
    return made


def test_an_open_market_with_a_young_book_can_be_met() -> None:
    assert market().closed(T0) == ""
    assert market().untrusted(T0 + S, 3 * S) == ""
    assert market().fee_multiplier_e6 == 1_000_000


@pytest.mark.parametrize("status", ["determined", "finalized", "disputed"])
def test_a_market_that_is_over_takes_no_order(status: str) -> None:
    made = market()
    made.defined = defined(status=status)
    assert made.closed(T0) == f"the market was {status}"


def test_the_clock_closes_a_market_that_nobody_called_closed() -> None:
    assert market().closed(defined().close_ns - 1) == ""
    assert market().closed(defined().close_ns) == "the market had closed before the order arrived"


def test_what_is_not_known_is_not_guessed() -> None:
    assert PaperMarket(TICKER).closed(T0) == "the market is not defined"
    assert PaperMarket(TICKER).untrusted(T0, S) == "no book of the market was seen"
    assert PaperMarket(TICKER).fee_multiplier_e6 is None


def test_a_book_that_nobody_confirms_grows_old() -> None:
    made = market()
    assert made.untrusted(T0 + 3 * S + MS, 3 * S) == "the book was older than 3 s"
    made.standing.health(health(T0 + 3 * S))
    assert made.untrusted(T0 + 3 * S + MS, 3 * S) == ""


def test_a_change_alone_does_not_bring_back_a_book_that_was_taken_back() -> None:
    made = market()
    made.standing.withdraw()
    made.change(change(T0 + MS, False, 520_000, 1))
    assert made.untrusted(T0 + MS, 3 * S) == "the book was withdrawn"
    made.snapshot(snapshot(T0 + MS))
    assert made.untrusted(T0 + MS, 3 * S) == ""
    assert made.book.offered("buy", "yes")[0] == (520_000, 1000)
