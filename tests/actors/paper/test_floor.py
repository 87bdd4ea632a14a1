import msgspec

from actors.fees import Rounding
from actors.paper.floor import Floor
from messages import FeedClosed, Message, PaperAccount, PaperOrder
from tests.actors.paper.playing import MS, T0, TICKER, S, change, defined, health, snapshot

ORDER = PaperOrder(1, TICKER, T0, T0 + S, 1, "buy", "yes", 530_000, 500)


def floor(*messages: Message) -> Floor:
    made = Floor(3 * S, Rounding.DIRECT)
    for seq, message in enumerate([defined(), snapshot(T0), *messages], 1):
        made.take(seq, message)
    return made


def test_an_order_takes_what_stood_at_its_time_and_not_what_came_later() -> None:
    made = floor(change(T0 + S, False, 520_000, 300), change(T0 + S + MS, False, 520_000, 900))
    made.bring(ORDER.due_ns)
    met = made.meet(ORDER)
    assert [(fill.price_e6, fill.count_e2) for fill in met.fills] == [(520_000, 300), (530_000, 200)]
    assert (met.reason, made.passed_seq) == ("", 3)
    assert made.taken() == (3, [(TICKER, False, 520_000, 300), (TICKER, False, 530_000, 200)])


def test_what_is_left_is_told_with_what_stood_there() -> None:
    made = floor(change(T0 + S, False, 520_000, 300), health(T0 + S + MS))
    made.bring(ORDER.due_ns)
    met = made.meet(msgspec.structs.replace(ORDER, limit_e6=520_000))
    assert met.reason == "only 3 of 5 stood there for at most $0.52"
    sale = msgspec.structs.replace(ORDER, action="sell", limit_e6=490_000)
    assert made.meet(sale).reason == "only 0 of 5 stood there for at least $0.49"


def test_a_book_that_was_let_go_cannot_be_met() -> None:
    made = floor(health(T0 + 9 * S))
    made.settle()
    met = made.meet(ORDER)
    assert met.fills == []
    assert met.reason == "the order was read 6.0 s after its book was let go"


def test_markets_settle_on_the_way() -> None:
    made = floor(defined(T0 + MS, result="scalar"), defined(T0 + S, result="no"), health(T0 + 2 * S))
    made.bring(T0 + S)
    assert made.results == [(TICKER, "no", T0 + S)]


def test_a_closed_connection_takes_all_books_back() -> None:
    made = floor(FeedClosed("kalshi", 1, T0 + MS, "reset", "network"), health(T0 + 2 * S))
    made.bring(ORDER.due_ns)
    assert made.meet(ORDER).reason == "the book was withdrawn"


def test_the_newest_fee_counts_for_reserving_and_one_where_none_is_known() -> None:
    made = floor(defined(T0 + S, fee_multiplier="2"))
    assert made.multiplier_e6(TICKER) == 2_000_000
    assert made.multiplier_e6("X") == 1_000_000


def test_what_was_taken_is_taken_up_at_the_record_where_it_was_said() -> None:
    made = Floor(3 * S, Rounding.DIRECT)
    taken = [(TICKER, False, 520_000, 800)]
    made.recall(PaperAccount(T0, 1, [], "", 0, 0, [], 0, book=3, taken=taken))
    gone, back = change(T0, False, 520_000, 0), change(T0, False, 520_000, 1000)
    for seq, message in enumerate([defined(), snapshot(T0), gone, back, health(T0 + 2 * S)], 1):
        made.take(seq, message)
    assert made.taken() == (3, taken)
    made.bring(ORDER.due_ns)
    assert [(fill.price_e6, fill.count_e2) for fill in made.meet(ORDER).fills] == [
        (520_000, 200),
        (530_000, 300),
    ]


def test_markets_that_are_over_are_forgotten_unless_they_are_busy() -> None:
    made = floor(health(T0 + 9 * S))
    made.settle()
    over_ns = defined().close_ns + 61 * S
    made.forget({TICKER}, over_ns)
    assert made.knows(TICKER)
    made.forget(set(), defined().close_ns + S)
    assert made.knows(TICKER)
    made.forget(set(), over_ns)
    assert not made.knows(TICKER)
