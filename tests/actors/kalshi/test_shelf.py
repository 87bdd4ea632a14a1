"""The table of gaps: what withdraws a book, what brings it back, what ends the feed, by a clock of ours."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.errors import BookError, FrameError, GapError
from actors.kalshi.sequence import MOST_REPEATS
from messages import (
    DriftSeen,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketQuoteChanged,
)
from tests.actors.kalshi.rig import NEXT, TICKER, Rig, S, live, of, stream


def two_markets() -> Rig:
    """A stream with two live books on one subscription."""
    rig = both_asked_for()
    rig.snapshot()
    rig.snapshot(NEXT)
    return rig


def both_asked_for() -> Rig:
    rig = stream(subscribe_ahead_s=3600)
    for _ in range(3):
        rig.run(0.3)
        rig.ack_all()
    return rig


def last_book(rig: Rig, ticker: str = TICKER) -> tuple[Any, Any]:
    return rig.adapter.shelf.entries[ticker].book.levels()  # type: ignore[union-attr]


def test_a_change_gives_the_levels_new_count_and_the_quote() -> None:
    rig = live()
    out = rig.delta("0.4500", "2.50")
    changed, quote = of(out, MarketBookChanged)[0], of(out, MarketQuoteChanged)[0]
    assert (changed.is_bid, changed.price_e6, changed.count_e2, changed.change_e2) == (
        True,
        450_000,
        750,
        250,
    )
    assert (changed.sid, changed.seq, changed.frame, changed.recv_ns) == (1, rig.seq, rig.ref, rig.now_ns)
    assert changed.venue_ns == rig.now_ns // 1_000_000 * 1_000_000
    assert (quote.bid_e6, quote.bid_count_e2, quote.ask_e6, quote.ask_count_e2) == (
        450_000,
        750,
        500_000,
        700,
    )


def test_a_change_behind_the_best_gives_no_quote() -> None:
    rig = live()
    assert not of(rig.delta("0.4000", "1.00"), MarketQuoteChanged)
    assert not of(rig.delta("0.9000", "1.00", "no"), MarketQuoteChanged)


def test_a_level_of_nothing_is_removed_and_the_next_one_is_best() -> None:
    rig = live()
    out = rig.delta("0.4500", "-5.00")
    assert of(out, MarketBookChanged)[0].count_e2 == 0
    assert of(out, MarketQuoteChanged)[0].bid_e6 == 400_000
    rig.delta("0.4000", "-10.00")
    assert of(rig.said, MarketQuoteChanged)[-1].bid_e6 == -1


def test_a_negative_level_ends_the_feed() -> None:
    with pytest.raises(BookError, match="no longer is theirs"):
        live().delta("0.4500", "-5.01")


def test_an_unknown_side_ends_the_feed() -> None:
    with pytest.raises(FrameError, match="side is 'maybe'"):
        live().delta("0.4500", "1.00", "maybe")


def test_a_gap_withdraws_all_books_of_the_subscription_and_asks_for_them() -> None:
    rig = two_markets()
    rig.seq += 1
    out = rig.delta("0.4500", "1.00")
    assert {message.ticker for message in of(out, MarketBookWithdrawn)} == {TICKER, NEXT}
    asked = rig.commands("get_snapshot")
    assert len(asked) == 1
    assert asked[0]["params"] == {"sid": 1, "action": "get_snapshot", "market_tickers": [TICKER, NEXT]}
    assert not rig.adapter.freshness(rig.now_ns).fresh
    assert not of(out, MarketBookChanged)


def test_only_a_fresh_snapshot_brings_a_book_back_and_only_its_own() -> None:
    rig = two_markets()
    rig.seq += 1
    rig.delta("0.4500", "1.00")
    assert not of(rig.delta("0.4500", "1.00"), MarketBookChanged)
    out = rig.snapshot(TICKER, id=rig.commands("get_snapshot")[0]["id"])
    assert [message.checkpoint for message in of(out, MarketBookSnapshot)] == [False]
    assert of(rig.delta("0.4500", "1.00"), MarketBookChanged)
    assert not of(rig.delta("0.4500", "1.00", ticker=NEXT), MarketBookChanged)
    rig.snapshot(NEXT, id=rig.commands("get_snapshot")[0]["id"])
    assert of(rig.delta("0.4500", "1.00", ticker=NEXT), MarketBookChanged)
    rig.run(3)
    assert rig.adapter.counts().gaps == 1


def test_changes_held_during_the_healing_are_in_the_snapshot_and_not_counted_twice() -> None:
    rig = live()
    rig.seq += 1
    rig.delta("0.4500", "1.00")
    rig.delta("0.4500", "1.00")
    rig.snapshot(yes=[["0.4500", "7.00"]], id=9)
    assert last_book(rig)[0] == [(450_000, 700)]


def test_a_gap_not_healed_in_two_seconds_ends_the_feed() -> None:
    rig = live()
    rig.seq += 1
    rig.delta("0.4500", "1.00")
    rig.run(1.9)
    with pytest.raises(GapError, match=f"no fresh book of {TICKER} in time: number {rig.seq} follows"):
        rig.run(0.3)


def test_a_second_gap_while_healing_asks_again_without_more_time() -> None:
    rig = live()
    rig.seq += 1
    rig.delta("0.4500", "1.00")
    rig.run(1.5)
    rig.seq += 1
    rig.delta("0.4500", "1.00")
    assert len(rig.commands("get_snapshot")) == 2
    with pytest.raises(GapError):
        rig.run(0.7)


def test_a_snapshot_that_closes_a_gap_by_its_own_number_is_taken() -> None:
    rig = two_markets()
    rig.seq += 2
    out = rig.snapshot(TICKER)
    assert {message.ticker for message in of(out, MarketBookWithdrawn)} == {TICKER, NEXT}
    assert rig.adapter.shelf.entries[TICKER].live  # type: ignore[union-attr]
    assert not rig.adapter.shelf.entries[NEXT].live  # type: ignore[union-attr]


def test_a_repeated_number_changes_nothing_and_is_drift() -> None:
    rig = live()
    rig.delta("0.4500", "1.00")
    before = last_book(rig)
    out = rig.delta("0.4500", "1.00", seq=rig.seq)
    assert [message.name for message in of(out, DriftSeen)] == ["repeated sequence number"]
    rig.snapshot(seq=rig.seq, yes=[])
    assert last_book(rig) == before


def test_a_sequence_that_begins_anew_ends_the_feed() -> None:
    rig = live()
    for _ in range(40):
        rig.delta("0.4500", "1.00")
    for seq in range(1, MOST_REPEATS):
        rig.delta("0.4500", "1.00", seq=seq)
    with pytest.raises(GapError, match="again"):
        rig.delta("0.4500", "1.00", seq=MOST_REPEATS)


def test_a_second_snapshot_that_nobody_asked_for_replaces_the_book() -> None:
    rig = live()
    rig.snapshot(yes=[["0.1000", "1.00"]], no=[])
    assert last_book(rig) == ([(100_000, 100)], [])
    assert of(rig.said, MarketQuoteChanged)[-1].ask_e6 == -1


def test_an_empty_side_is_left_out_on_the_wire() -> None:
    rig = live()
    rig.seq += 1
    msg = {"market_ticker": TICKER, "no_dollars_fp": [["0.4400", "335.00"]]}
    rig.frame({"type": "orderbook_snapshot", "sid": 1, "seq": rig.seq, "msg": msg})
    assert last_book(rig) == ([], [(440_000, 33500)])
    rig.seq += 1
    rig.frame({"type": "orderbook_snapshot", "sid": 1, "seq": rig.seq, "msg": {"market_ticker": TICKER}})
    assert last_book(rig) == ([], [])


def test_books_on_a_second_subscription_end_the_feed() -> None:
    rig = live()
    with pytest.raises(GapError, match="subscription 7 beside 1"):
        rig.frame({"type": "orderbook_snapshot", "sid": 7, "seq": 1, "msg": {"market_ticker": TICKER}})


def test_data_before_its_acknowledgement_is_taken() -> None:
    rig = stream()
    rig.run(0.2)
    rig.snapshot()
    rig.delta("0.4500", "1.00")
    rig.ack_all()
    assert rig.adapter.freshness(rig.now_ns).fresh
    assert of(rig.said, MarketBookChanged)


@pytest.mark.parametrize("counted", [True, False])
def test_acknowledgements_may_or_may_not_take_a_number(counted: bool) -> None:
    rig = live()
    rig.frame({"id": 99, "sid": 1, "seq": rig.seq + 1, "type": "ok", "msg": {"market_tickers": [TICKER]}})
    rig.seq += counted
    for _ in range(3):
        assert of(rig.delta("0.4500", "1.00"), MarketBookChanged)
    assert rig.adapter.counts().gaps == 0


def test_any_numbered_message_of_the_subscription_advances_the_count() -> None:
    rig = live()
    rig.frame({"type": "something_new", "sid": 1, "seq": rig.seq + 1, "msg": {}})
    rig.frame({"type": "error", "sid": 1, "seq": rig.seq + 2, "id": 5, "msg": {"code": 27, "msg": "slow"}})
    rig.seq += 2
    assert of(rig.delta("0.4500", "1.00"), MarketBookChanged)
    assert rig.adapter.counts().gaps == 0


def test_no_snapshot_after_subscribing_is_asked_for_and_then_ends_the_feed() -> None:
    rig = stream()
    rig.run(1)
    rig.ack_all()
    rig.run(1.5)
    assert [c["params"]["market_tickers"] for c in rig.commands("get_snapshot")] == [[TICKER]]
    with pytest.raises(GapError, match="no snapshot followed the subscription"):
        rig.run(2.5)


def test_a_market_that_is_not_open_yet_may_be_without_a_book() -> None:
    rig = stream(subscribe_ahead_s=3600)
    rig.run(1)
    rig.ack_all()
    rig.snapshot(TICKER)
    for _ in range(5):
        rig.run(1)
        rig.delta("0.4500", "1.00")
    assert rig.adapter.freshness(rig.now_ns).fresh


def test_a_book_that_stays_crossed_is_read_anew() -> None:
    rig = live()
    quotes = len(of(rig.said, MarketQuoteChanged))
    rig.delta("0.5500", "1.00")
    assert len(of(rig.said, MarketQuoteChanged)) == quotes
    rig.run(0.3)
    assert not rig.commands("get_snapshot")
    rig.run(0.4)
    assert of(rig.said, MarketBookWithdrawn)[-1].reason == f"the book of {TICKER} stays crossed"
    with pytest.raises(BookError, match="crossed in a fresh snapshot"):
        rig.snapshot(yes=[["0.5000", "1.00"]], no=[["0.5000", "1.00"]])


def test_a_book_crossed_between_two_changes_of_one_match_is_left_alone() -> None:
    rig = live()
    rig.delta("0.5000", "1.00")
    rig.delta("0.5000", "-7.00", "no")
    rig.run(1)
    assert not rig.commands("get_snapshot")
    assert of(rig.said, MarketQuoteChanged)[-1].ask_e6 == 900_000


# -- in which prices the NO side stands

LADDER = [["0.0100", "5.00"], ["0.4000", "20.00"], ["0.5000", "7.00"]]


def in_mode(ours: bool, theirs: bool) -> Rig:
    """A stream that asked for YES prices (ours) of a venue that gives YES prices (theirs), or not."""
    rig = stream(use_yes_price=ours)
    rig.run(2)
    rig.ack_all()
    no = [[f"{1 - Decimal(price):.4f}", count] for price, count in LADDER] if theirs else LADDER
    rig.snapshot(yes=[["0.0100", "3.00"], ["0.4500", "5.00"]], no=no)
    rig.delta("0.5500" if theirs else "0.4500", "2.00", "no")
    return rig


@pytest.mark.parametrize("ours", [True, False])
@pytest.mark.parametrize("theirs", [True, False])
def test_both_modes_give_the_same_book_whatever_was_asked(ours: bool, theirs: bool) -> None:
    rig = in_mode(ours, theirs)
    asks = [(500_000, 700), (550_000, 200), (600_000, 2000), (990_000, 500)]
    assert last_book(rig) == ([(450_000, 500), (10_000, 300)], asks)
    subscribed = next(c for c in rig.commands("subscribe") if c["params"]["channels"] == ["orderbook_delta"])
    assert subscribed["params"]["use_yes_price"] is ours
    drifted = "use_yes_price is not followed" in [message.name for message in of(rig.said, DriftSeen)]
    assert drifted is (ours is not theirs)


def test_books_read_in_the_wrong_prices_are_read_anew_when_that_shows() -> None:
    rig = both_asked_for()
    rig.snapshot(TICKER, yes=[], no=LADDER)
    out = rig.snapshot(NEXT, yes=[["0.4500", "5.00"]], no=LADDER)
    assert [message.ticker for message in of(out, MarketBookWithdrawn)] == [TICKER]
    rig.snapshot(TICKER, yes=[], no=LADDER, id=rig.commands("get_snapshot")[-1]["id"])
    assert last_book(rig)[1][0] == (500_000, 700)


# -- against a plain rebuild

ticks = st.integers(1, 999)
events = st.lists(
    st.one_of(
        st.tuples(st.just("delta"), st.sampled_from(["yes", "no"]), ticks, st.integers(-300, 900)),
        st.tuples(st.just("snapshot"), st.lists(st.tuples(ticks, st.integers(1, 900)), max_size=5)),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(events)
def test_random_sequences_equal_a_plain_rebuild(history: list[Any]) -> None:
    """Only uncrossed steps are played: a match never leaves a book crossed."""
    rig = live()
    plain: dict[str, dict[int, Decimal]] = {"yes": {400: Decimal(10), 450: Decimal(5)}}
    plain["no"] = {500: Decimal(7), 900: Decimal(20)}
    for event in history:
        if event[0] == "snapshot":
            levels = dict(event[1])
            bids = {t: Decimal(c) / 100 for t, c in levels.items() if t < 500}
            asks = {t: Decimal(c) / 100 for t, c in levels.items() if t >= 500}
            plain = {"yes": bids, "no": asks}
            texts = {s: [[f"{t / 1000:.4f}", f"{c:.2f}"] for t, c in plain[s].items()] for s in plain}
            rig.snapshot(yes=texts["yes"], no=texts["no"])
        else:
            _, side, tick, change = event
            count = plain[side].get(tick, Decimal(0)) + Decimal(change) / 100
            others = plain["no" if side == "yes" else "yes"]
            crossing = (
                (min(others, default=1000) <= tick) if side == "yes" else (max(others, default=0) >= tick)
            )
            if count < 0 or crossing:
                continue
            plain[side][tick] = count
            rig.delta(f"{tick / 1000:.4f}", f"{Decimal(change) / 100:.2f}", side)
        expected = tuple(
            sorted(((t * 1000, int(c * 100)) for t, c in plain[s].items() if c), reverse=s == "yes")
            for s in ("yes", "no")
        )
        assert last_book(rig) == expected


def test_the_state_is_restated_every_ten_seconds() -> None:
    rig = live()
    at_ns = rig.now_ns
    for _ in range(21):
        rig.delta("0.4500", "1.00")
        rig.run(1)
    checkpoints = [m for m in of(rig.said, MarketBookSnapshot) if m.checkpoint]
    assert len(checkpoints) == 2
    assert checkpoints[-1].bids[0] == (450_000, 500 + 100 * (checkpoints[-1].seq - 1))
    assert all(message.recv_ns > at_ns + 7 * S for message in checkpoints)
