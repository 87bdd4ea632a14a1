from actors.polymarket.book import NOTHING, TokenBook


def filled() -> TokenBook:
    book = TokenBook()
    book.replace([(530_000, 5), (540_000, 7), (520_000, 0)], [(560_000, 9), (550_000, 3)])
    return book


def test_the_touch_is_the_best_of_both_sides_whatever_the_order() -> None:
    assert filled().touch() == (540_000, 7, 550_000, 3)
    assert TokenBook().touch() == NOTHING


def test_changes_set_and_remove_levels() -> None:
    book = filled()
    book.change(True, 540_000, 0)
    book.change(True, 999_000, 0)
    book.change(False, 548_000, 2)
    assert book.touch() == (530_000, 5, 548_000, 2)


def test_one_contradiction_is_a_doubt_and_the_next_frame_settles_it() -> None:
    book = filled()
    assert not book.judge(540_000, 550_000)
    assert book.doubt == ""
    assert not book.judge(530_000, 550_000)
    assert book.doubt == "its best prices are 0.54/0.55, Polymarket names 0.53/0.55"
    book.change(True, 540_000, 0)
    assert not book.judge(530_000, 550_000)
    assert book.doubt == ""
    assert not book.judge(520_000, -1)
    assert book.judge(520_000, -1)
    assert "0.53/0.55, Polymarket names 0.52/none" in book.doubt


def test_a_crossed_book_is_in_doubt_even_where_polymarket_names_the_same() -> None:
    book = filled()
    book.change(True, 560_000, 1)
    assert not book.judge(560_000, 550_000)
    assert book.doubt


def test_a_book_that_is_awaited_holds_nothing() -> None:
    book = filled()
    assert book.came
    book.await_book()
    assert (book.came, book.touch(), book.doubt) == (False, NOTHING, "")
