from hypothesis import given
from hypothesis import strategies as st

from actors.paper.book import PaperBook, meets_asks, price_of_side


def book() -> PaperBook:
    made = PaperBook()
    made.replace([(480_000, 1000), (470_000, 2000)], [(520_000, 500), (530_000, 700)])
    return made


def test_each_kind_of_order_meets_its_ladder_best_first_in_prices_of_its_side() -> None:
    asks, bids = [(520_000, 500), (530_000, 700)], [(480_000, 1000), (470_000, 2000)]
    assert book().offered("buy", "yes") == asks
    assert book().offered("sell", "yes") == bids
    assert book().offered("buy", "no") == [(520_000, 1000), (530_000, 2000)]
    assert book().offered("sell", "no") == [(480_000, 500), (470_000, 700)]


def test_a_level_that_changes_is_offered_as_it_is_now() -> None:
    made = book()
    made.change(False, 520_000, 0)
    made.change(False, 540_000, 100)
    made.change(False, 530_000, 900)
    assert made.offered("buy", "yes") == [(530_000, 900), (540_000, 100)]
    made.change(False, 999_000, 0)  # a level that never stood
    assert len(made.offered("buy", "yes")) == 2


def test_what_is_taken_is_no_longer_offered_to_anybody_who_meets_that_ladder() -> None:
    made = book()
    made.take("buy", "no", 520_000, 300)
    assert made.offered("buy", "no") == [(520_000, 700), (530_000, 2000)]
    assert made.offered("sell", "yes") == [(480_000, 700), (470_000, 2000)]
    made.take("buy", "no", 520_000, 700)
    assert made.offered("sell", "yes") == [(470_000, 2000)]
    assert made.taken() == [(True, 480_000, 1000)]


def test_it_stays_taken_as_long_as_the_level_stands_and_no_longer() -> None:
    made = book()
    made.take("buy", "yes", 520_000, 400)
    made.change(False, 520_000, 900)
    assert made.offered("buy", "yes")[0] == (520_000, 500)
    made.change(False, 520_000, 100)
    assert made.offered("buy", "yes")[0] == (530_000, 700)
    made.change(False, 520_000, 150)
    assert made.offered("buy", "yes")[0] == (520_000, 50)
    made.change(False, 520_000, 0)
    made.change(False, 520_000, 100)
    assert made.offered("buy", "yes")[0] == (520_000, 100)


def test_a_snapshot_keeps_what_is_taken_of_levels_that_it_has() -> None:
    made = book()
    made.take("buy", "yes", 520_000, 400)
    made.take("sell", "yes", 480_000, 400)
    made.replace([(480_000, 300)], [(530_000, 700)])
    assert made.taken() == [(True, 480_000, 300)]


def test_what_was_taken_before_a_restart_holds_if_its_level_still_stands() -> None:
    made = PaperBook()
    made.restore(False, 520_000, 400)
    made.restore(False, 510_000, 400)
    made.replace([], [(520_000, 500)])
    assert made.taken() == [(False, 520_000, 400)]


@given(st.sampled_from(["yes", "no"]), st.integers(1, 999_999))
def test_a_price_turned_twice_is_itself(side: str, price_e6: int) -> None:
    assert price_of_side(side, price_of_side(side, price_e6)) == price_e6


def test_a_buyer_and_a_seller_of_one_side_meet_opposite_ladders() -> None:
    for side in ("yes", "no"):
        assert meets_asks("buy", side) is not meets_asks("sell", side)
