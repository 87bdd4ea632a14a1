from actors.brti.screens import Touch
from actors.brti.sources import Constituent, Source
from messages import BookChanged, DayVolume, QuoteChanged
from tests.actors.brti.words import E8, MS, NOW, SYMBOL, S, change, health, snapshot


def quote(bid: int, ask: int, recv_ns: int = NOW) -> QuoteChanged:
    return QuoteChanged("v", SYMBOL, 0, recv_ns, 0, bid * E8, E8, ask * E8, E8)


def constituent() -> Constituent:
    venue = Constituent("kraken", 100.0, 1)
    assert venue.take_snapshot(snapshot("kraken", 83_999, 84_001, NOW), 7)
    return venue


def test_a_quote_is_news_when_its_touch_is() -> None:
    source = Source("v", 1.0)
    assert source.trouble(NOW, S) == "absent"
    assert source.take_quote(quote(10, 11), 1)
    assert not source.take_quote(quote(10, 11, NOW + MS), 2)
    assert source.take_quote(quote(10, 12, NOW + MS), 3)
    assert (source.seq, source.age_ms(NOW + 5 * MS), source.trouble(NOW, S)) == (3, 4, "")


def test_a_volume_is_news_once_and_zero_never() -> None:
    source = Source("v", 1.0)
    assert not source.take_volume(DayVolume("v", SYMBOL, 0, NOW, 0))
    assert source.default_volume
    assert source.take_volume(DayVolume("v", SYMBOL, 0, NOW, E8))
    assert not source.take_volume(DayVolume("v", SYMBOL, 0, NOW, E8))
    assert (source.volume_e8, source.default_volume) == (E8, False)


def test_a_book_gives_the_touch_and_its_changes_move_it() -> None:
    venue = constituent()
    assert venue.touch == Touch(83_999 * E8, 84_001 * E8)
    assert venue.take_change(change("kraken", NOW + MS, bids=[(84_000, 2)], asks=[(84_001, 0)]), 8)
    assert venue.touch == Touch(84_000 * E8, 84_002 * E8)
    assert (venue.seq, venue.age_ms(NOW + 2 * MS)) == (8, 1)


def test_a_checkpoint_of_a_book_that_is_held_changes_nothing_and_confirms_it() -> None:
    venue = constituent()
    assert not venue.take_snapshot(snapshot("kraken", 1, 2, NOW + S, checkpoint=True), 8)
    assert venue.touch == Touch(83_999 * E8, 84_001 * E8)
    assert (venue.trouble(NOW + 2 * S, S), venue.seq) == ("", 8)


def test_a_checkpoint_of_a_book_that_was_taken_back_brings_it_again() -> None:
    venue = constituent()
    venue.standing.withdraw()
    assert venue.take_snapshot(snapshot("kraken", 84_009, 84_011, NOW + S, checkpoint=True), 8)
    assert venue.touch == Touch(84_009 * E8, 84_011 * E8)


def test_changes_without_a_book_are_not_taken() -> None:
    venue = Constituent("kraken", 100.0, 1)
    lone: BookChanged = change("kraken", NOW, bids=[(84_000, 2)])
    assert not venue.take_change(lone, 1)
    assert venue.trouble(NOW, S) == "absent"
    held = constituent()
    held.standing.withdraw()
    assert not held.take_change(lone, 8)
    assert held.trouble(NOW, S) == "withdrawn"


def test_a_book_without_a_side_or_that_is_crossed_is_named() -> None:
    venue = constituent()
    venue.take_change(change("kraken", NOW, asks=[(83_000, 1)]), 8)
    assert venue.trouble(NOW, S) == "crossed"
    venue.take_snapshot(snapshot("kraken", 84_009, 84_011, NOW), 9)
    venue.book.replace([], [])
    venue.touch = venue.book.touch()
    assert venue.trouble(NOW, S) == "one-sided"


def test_a_doubted_book_is_out_until_the_next_word() -> None:
    venue = constituent()
    venue.standing.health(health("kraken", NOW, fresh=False))
    assert venue.trouble(NOW, S) == "withdrawn"
    assert venue.take_change(change("kraken", NOW + MS, bids=[(83_990, 5)]), 8)
    assert venue.trouble(NOW + MS, S) == ""
