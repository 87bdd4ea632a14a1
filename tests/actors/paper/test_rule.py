from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.paper.settings import Settings
from messages import (
    ActorStarted,
    Decision,
    FeedClosed,
    FeedGap,
    MarketBookWithdrawn,
    Message,
    PaperAccount,
    PaperFill,
    PaperOrder,
    PaperRefused,
    PaperSettled,
    Position,
)
from tests.actors.paper.playing import (
    MS,
    T0,
    TICKER,
    Play,
    S,
    audit,
    change,
    decision,
    defined,
    fair,
    health,
    outcome,
    snapshot,
)


def ready(**changes: Any) -> Play:
    """A trader that has an account, a market and its book, at T0."""
    play = Play(Settings(**changes))
    play.start(T0)
    play.append("kalshi", T0, defined(), snapshot(T0), health(T0))
    play.turn(T0)
    return play


def run(play: Play, to_ns: int, step_ns: int = 100 * MS) -> list[Message]:
    """Let time go by with a healthy feed."""
    said: list[Message] = []
    now_ns = max([T0, *(at_ns for rows in play.logs.values() for at_ns, _ in rows)])
    while now_ns < to_ns:
        now_ns += step_ns
        play.append("kalshi", now_ns, health(now_ns))
        said += play.turn(now_ns)
    return said


def test_a_decision_is_an_order_at_once_and_meets_the_book_that_stands_its_latency_later() -> None:
    play = ready()
    at_ns = T0 + S
    seq = play.append("signal", at_ns, decision(at_ns))
    order, account = play.turn(at_ns + MS)
    assert isinstance(order, PaperOrder)
    assert (order.order, order.decision, order.due_ns) == (1, seq, at_ns + 100 * MS)
    assert isinstance(account, PaperAccount)
    assert account.open == [order]
    play.append("kalshi", at_ns + 50 * MS, change(at_ns + 50 * MS, False, 520_000, 200))
    standing = play.append("kalshi", at_ns + 100 * MS, change(at_ns + 100 * MS, False, 530_000, 100))
    assert play.turn(at_ns + 100 * MS) == []
    play.append("kalshi", at_ns + 101 * MS, change(at_ns + 101 * MS, False, 520_000, 9000))
    first, second, rest, account = play.turn(at_ns + 101 * MS)
    assert isinstance(first, PaperFill)
    assert isinstance(second, PaperFill)
    assert (first.price_e6, first.count_e2, first.at_ns) == (520_000, 200, at_ns + 100 * MS)
    assert (second.price_e6, second.count_e2, second.book) == (530_000, 100, standing)
    assert first.fee_e6 + second.fee_e6 == 52_400  # 7 % of 2 x .52 x .48 + 1 x .53 x .47, up to $.0001
    assert isinstance(rest, PaperRefused)
    assert (rest.order, rest.decision, rest.count_e2) == (1, seq, 200)
    assert rest.reason == "only 3 of 5 stood there for at most $0.53"
    assert isinstance(account, PaperAccount)
    cost = 2 * 520_000 + 530_000 + 52_400
    assert account.positions == [Position(TICKER, 300, 0, cost, 1)]
    assert account.open == []


def test_the_speed_of_the_market_shortens_the_latency() -> None:
    play = ready(speed=10.0)
    play.append("signal", T0 + S, decision(T0 + S))
    (order, _) = play.turn(T0 + S)
    assert isinstance(order, PaperOrder)
    assert order.due_ns == T0 + S + 10 * MS


def test_the_other_side_is_bought_from_the_bids_at_one_less_their_price() -> None:
    play = ready()
    play.append("signal", T0 + S, decision(T0 + S, "no", 525_000, 1500))
    run(play, T0 + 2 * S)
    (fill,) = play.all(PaperFill)
    assert (fill.side, fill.price_e6, fill.count_e2) == ("no", 520_000, 1000)
    (rest,) = play.all(PaperRefused)
    assert rest.count_e2 == 500


def test_what_was_taken_cannot_be_taken_again_while_its_level_stands() -> None:
    play = ready()
    play.append("signal", T0 + S, decision(T0 + S, limit_e6=520_000, count_e2=800))
    run(play, T0 + 2 * S)
    play.append("signal", T0 + 3 * S, decision(T0 + 3 * S, limit_e6=520_000, count_e2=800))
    run(play, T0 + 4 * S)
    assert [fill.count_e2 for fill in play.all(PaperFill)] == [800, 200]
    now_ns = T0 + 4 * S + MS
    play.append("kalshi", now_ns, change(now_ns, False, 520_000, 0), change(now_ns, False, 520_000, 900))
    play.append("signal", T0 + 5 * S, decision(T0 + 5 * S, limit_e6=520_000, count_e2=800))
    run(play, T0 + 6 * S)
    assert [fill.count_e2 for fill in play.all(PaperFill)] == [800, 200, 800]


TROUBLES: list[tuple[list[Message], str]] = [
    ([MarketBookWithdrawn(TICKER, 0, T0 + S, "gap")], "the book was withdrawn"),
    ([health(T0 + S, fresh=False)], "the book was withdrawn"),
    ([FeedClosed("kalshi", 1, T0 + S, "reset", "network")], "the book was withdrawn"),
    ([ActorStarted("kalshi", "s", 1, T0 + S, "0", "{}")], "the book was withdrawn"),
    ([FeedGap("kalshi", 2, T0, T0 + S, "killed")], "the book was withdrawn"),
    ([defined(T0 + S, status="inactive")], "the market was paused"),
    ([defined(T0 + S, status="determined")], "the market was determined"),
    ([defined(T0 + S, close_ns=T0 + S)], "the market had closed before the order arrived"),
    ([defined(T0 + S, open_ns=T0 + 2 * S)], "the market was not open yet"),
    ([defined(T0 + S, fee_type="")], "the market's fee is not known"),
    ([snapshot(T0 + S, asks=[])], "only 0 of 5 stood there for at most $0.53"),
]


@pytest.mark.parametrize(("trouble", "reason"), TROUBLES)
def test_an_order_that_cannot_be_filled_is_refused_with_the_reason(
    trouble: list[Message], reason: str
) -> None:
    play = ready()
    run(play, T0 + 950 * MS, 50 * MS)
    play.append("signal", T0 + 950 * MS, decision(T0 + 950 * MS))
    play.append("kalshi", T0 + S, *trouble)
    play.append("kalshi", T0 + S + 60 * MS, change(T0 + S + 60 * MS, True, 10_000, 100))
    play.turn(T0 + S + 60 * MS)
    (refused,) = play.all(PaperRefused)
    assert (refused.order, refused.count_e2, refused.reason) == (1, 500, reason)
    assert play.all(PaperFill) == []


def test_an_order_for_a_market_that_nobody_named_is_refused() -> None:
    play = Play()
    play.start(T0)
    play.turn(T0)
    play.append("signal", T0 + S, decision(T0 + S))
    run(play, T0 + 2 * S)
    (refused,) = play.all(PaperRefused)
    assert refused.reason == "the market is not defined"
    assert play.all(PaperAccount)[-1].positions == []


def test_when_the_feed_falls_silent_an_order_waits_no_longer_than_a_book_may_be_old() -> None:
    play = ready()
    run(play, T0 + S)
    play.append("signal", T0 + S, decision(T0 + S))
    play.turn(T0 + S + MS)
    due_ns = play.rule.due_ns(T0 + S + MS)
    assert due_ns == T0 + S + 100 * MS + 3 * S
    play.turn(due_ns)
    (refused,) = play.all(PaperRefused)
    assert refused.reason == "Kalshi's feed was silent for more than 3 s"


def test_a_feed_that_was_killed_before_the_order_came_saw_nothing() -> None:
    play = ready()
    run(play, T0 + S)
    play.append("signal", T0 + S, decision(T0 + S))
    play.append("kalshi", T0 + 2 * S, ActorStarted("kalshi", "s", 1, T0 + 2 * S, "0", "{}"))
    play.turn(T0 + 2 * S)
    (refused,) = play.all(PaperRefused)
    assert refused.reason == "Kalshi's feed was not running"


def test_a_decision_that_is_read_late_still_meets_the_book_of_its_own_time() -> None:
    play = ready()
    play.append("kalshi", T0 + 1200 * MS, change(T0 + 1200 * MS, False, 520_000, 0))
    run(play, T0 + 2 * S)
    play.append("signal", T0 + 2 * S, decision(T0 + S, count_e2=100))
    run(play, T0 + 2500 * MS)
    assert [fill.price_e6 for fill in play.all(PaperFill)] == [520_000]


def test_a_decision_that_is_read_too_late_is_refused() -> None:
    play = ready()
    run(play, T0 + 9 * S)
    play.append("signal", T0 + 9 * S, decision(T0 + S))
    run(play, T0 + 10 * S)
    (refused,) = play.all(PaperRefused)
    assert refused.reason.startswith("the order was read 5.")
    assert play.all(PaperFill) == []


def test_a_market_that_settles_pays_and_is_forgotten() -> None:
    play = ready()
    play.append("signal", T0 + S, decision(T0 + S), decision(T0 + S, "no", 525_000, 200))
    run(play, T0 + 2 * S)
    done = T0 + 850 * S
    play.append("kalshi", done, defined(done, status="finalized", result="yes", expiration_e6=84_001_000_000))
    run(play, done + 3 * S)
    (settled,) = play.all(PaperSettled)
    cost = 5 * 520_000 + 2 * 520_000 + 87_400 + 35_000
    assert (settled.result, settled.yes_count_e2, settled.no_count_e2) == ("yes", 500, 200)
    assert (settled.cost_e6, settled.paid_e6, settled.pnl_e6) == (cost, 5_000_000, 5_000_000 - cost)
    account = play.all(PaperAccount)[-1]
    assert (account.positions, account.total_pnl_e6) == ([], settled.pnl_e6)
    assert (account.day, account.day_pnl_e6) == ("2027-01-15", settled.pnl_e6)


def test_a_decision_on_a_settled_market_is_refused() -> None:
    play = ready()
    play.append("kalshi", T0 + S, defined(T0 + S, status="finalized", result="no"))
    play.append("signal", T0 + S, decision(T0 + S))
    run(play, T0 + 2 * S)
    (refused,) = play.all(PaperRefused)
    assert (refused.order, refused.reason) == (1, "the market was finalized")


@pytest.mark.parametrize(("side", "limit", "count"), [("yes", 0, 100), ("no", 1_000_000, 100), ("x", 1, 1)])
def test_a_decision_that_cannot_be_an_order_is_refused(side: str, limit: int, count: int) -> None:
    play = ready()
    play.append("signal", T0 + S, decision(T0 + S, side, limit, count))
    play.turn(T0 + S)
    (refused,) = play.all(PaperRefused)
    assert refused.reason.endswith("cannot be bought")


def test_only_what_the_limits_allow_becomes_an_order() -> None:
    play = ready(max_contracts=7.0)
    play.append("signal", T0 + S, decision(T0 + S), decision(T0 + S), decision(T0 + S))
    play.turn(T0 + S)
    assert [order.count_e2 for order in play.all(PaperOrder)] == [500, 200]
    assert [(m.order, m.decision, m.count_e2) for m in play.all(PaperRefused)] == [(0, 2, 300), (0, 3, 500)]
    assert "max_contracts is 7" in play.all(PaperRefused)[0].reason


def test_what_is_held_is_sold_when_the_market_pays_more_than_it_is_worth() -> None:
    play = ready(exit="edge", exit_edge_usd=0.01)
    play.append("signal", T0 + S, decision(T0 + S))
    run(play, T0 + 2 * S)
    seq = play.append("signal", T0 + 3 * S, fair(T0 + 3 * S, 0.44))
    run(play, T0 + 4 * S)
    order = play.all(PaperOrder)[-1]
    assert (order.action, order.side, order.limit_e6, order.count_e2) == ("sell", "yes", 480_000, 500)
    assert order.decision == seq
    fill = play.all(PaperFill)[-1]
    assert (fill.action, fill.price_e6, fill.count_e2, fill.fee_e6) == ("sell", 480_000, 500, 87_400)
    (position,) = play.all(PaperAccount)[-1].positions
    assert (position.yes_count_e2, position.cost_e6) == (0, 5 * 40_000 + 2 * 87_400)
    done = T0 + 850 * S
    play.append("kalshi", done, defined(done, result="yes"))
    run(play, done + 3 * S)
    (settled,) = play.all(PaperSettled)
    assert (settled.yes_count_e2, settled.paid_e6, settled.pnl_e6) == (0, 0, -5 * 40_000 - 2 * 87_400)


def test_nothing_is_sold_twice_and_not_again_within_the_cooldown() -> None:
    play = ready(exit="edge")
    play.append("signal", T0 + S, decision(T0 + S, count_e2=2000))
    run(play, T0 + 2 * S)
    for step in range(20):
        at_ns = T0 + 3 * S + step * 10 * MS
        play.append("signal", at_ns, fair(at_ns, 0.2))
        play.turn(at_ns)
    run(play, T0 + 7 * S)
    assert [order.count_e2 for order in play.all(PaperOrder)] == [2000, 2000]
    play.append("signal", T0 + 9 * S, fair(T0 + 9 * S, 0.2))
    run(play, T0 + 10 * S)
    assert [order.count_e2 for order in play.all(PaperOrder)] == [2000, 2000, 1000]


def test_it_holds_to_the_end_unless_told_otherwise() -> None:
    play = ready()
    play.append("signal", T0 + S, decision(T0 + S))
    run(play, T0 + 2 * S)
    play.append("signal", T0 + 3 * S, fair(T0 + 3 * S, 0.0))
    run(play, T0 + 4 * S)
    assert len(play.all(PaperOrder)) == 1


def test_the_account_is_stated_at_the_start_and_once_a_minute() -> None:
    play = ready()
    run(play, T0 + 130 * S, S)
    assert [account.at_ns for account in play.all(PaperAccount)] == [T0, T0 + 60 * S, T0 + 120 * S]


def test_decisions_from_before_the_first_account_are_not_taken() -> None:
    play = Play()
    play.append("kalshi", T0, defined(), snapshot(T0), health(T0))
    play.append("signal", T0, decision(T0))
    play.start(T0 + S)
    run(play, T0 + 3 * S)
    assert play.all(PaperOrder) == []
    assert play.all(PaperAccount)[-1].decided == 1


def test_what_happened_while_it_was_dead_comes_out_as_if_it_had_lived() -> None:
    play = ready()
    play.append("signal", T0 + S, decision(T0 + S))
    play.turn(T0 + S + MS)
    for at_ns in range(T0 + 2 * S, T0 + 40 * S, S):
        play.append("kalshi", at_ns, health(at_ns))
    play.append("signal", T0 + 39 * S, decision(T0 + 39 * S, "no", 525_000, 100))
    play.append("kalshi", T0 + 40 * S, snapshot(T0 + 40 * S, asks=[(600_000, 100)]))
    play.start(T0 + 41 * S)
    said = play.turn(T0 + 41 * S)
    assert [(m.order, m.at_ns, m.price_e6) for m in said if isinstance(m, PaperFill)] == [
        (1, T0 + 1100 * MS, 520_000),
        (2, T0 + 39_100 * MS, 520_000),
    ]
    audit(play.said, {1: decision(T0 + S), 2: decision(T0 + 39 * S, "no", 525_000, 100)})


def test_after_too_long_a_time_open_orders_are_refused_and_results_are_looked_up() -> None:
    play = ready()
    play.append("signal", T0 + S, decision(T0 + S))
    run(play, T0 + 2 * S)
    play.append("signal", T0 + 3 * S, decision(T0 + 3 * S))
    play.turn(T0 + 3 * S)
    later = T0 + 5000 * S
    play.append("kalshi", later, health(later))
    play.start(later, [defined(T0 + 850 * S, result="no")])
    play.turn(later)
    assert [m.reason for m in play.all(PaperRefused)] == ["the market is not defined"]
    (settled,) = play.all(PaperSettled)
    assert (settled.at_ns, settled.result, settled.yes_count_e2) == (T0 + 850 * S, "no", 500)
    assert play.all(PaperAccount)[-1].positions == []


def test_it_is_fresh_while_kalshis_feed_is() -> None:
    play = Play()
    assert play.rule.freshness(T0).why_not == "Kalshi's feed has not reported yet"
    play = ready()
    assert play.rule.freshness(T0 + S).fresh
    assert play.rule.freshness(T0 + S).age_ms == 1000
    assert play.rule.freshness(T0 + 4 * S).why_not == "Kalshi's feed has been silent for more than 3 s"
    play.append("kalshi", T0 + S, health(T0 + S, fresh=False))
    play.turn(T0 + S)
    assert play.rule.freshness(T0 + S).why_not == "no book"


def test_a_clock_that_is_set_back_does_not_stop_it() -> None:
    play = ready()
    run(play, T0 + 2 * S)
    back = T0 - 30 * S
    play.logs = {log: [(min(at_ns, back), m) for at_ns, m in rows] for log, rows in play.logs.items()}
    play.append("kalshi", back, health(back), snapshot(back))
    play.turn(back)
    play.append("signal", back + S, decision(back + S))
    play.append("kalshi", back + 2 * S, health(back + 2 * S))
    play.turn(back + 2 * S)
    assert [fill.price_e6 for fill in play.all(PaperFill)] == [520_000]


# -- whatever the order of kills and records

DECIDE = st.tuples(
    st.just("decide"),
    st.sampled_from(["yes", "no"]),
    st.sampled_from([480_000, 520_000, 540_000]),
    st.sampled_from([100, 250, 600, 1500]),
)
CHANGE = st.tuples(
    st.just("change"),
    st.booleans(),
    st.sampled_from([20_000, 30_000, 40_000]),
    st.sampled_from([0, 300, 700]),
)
FAIR = st.tuples(st.just("fair"), st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]))
OTHER = st.tuples(st.sampled_from(["withdraw", "snapshot", "settle", "doubt", "quiet"]))
EVENTS = st.one_of(DECIDE, DECIDE, DECIDE, CHANGE, CHANGE, FAIR, FAIR, OTHER)
STEPS = st.lists(
    st.tuples(st.sampled_from([0, 0, 30, 100, 110, 400, 700]), st.integers(1, 300), EVENTS),
    min_size=1,
    max_size=60,
)


def write(play: Play, steps: list[tuple[int, int, Any]]) -> tuple[dict[int, Decision], int]:
    """Write both logs; returns the decisions by number, and the end."""
    play.append("kalshi", T0, defined(), snapshot(T0), health(T0))
    now_ns, healthy_ns, signal_ns = T0, T0, T0
    decisions: dict[int, Decision] = {}
    for wait_ms, lag_ms, (what, *how) in steps:
        now_ns += wait_ms * MS
        while healthy_ns + S <= now_ns:
            healthy_ns += S
            play.append("kalshi", healthy_ns + MS, health(healthy_ns))
        if what == "change":
            is_bid, offset, count = how
            price = 500_000 - offset if is_bid else 500_000 + offset
            play.append("kalshi", now_ns + MS, change(now_ns, is_bid, price, count))
        elif what in ("decide", "fair"):
            signal_ns = max(signal_ns, now_ns + lag_ms * MS)
            made = decision(now_ns, *how) if what == "decide" else fair(now_ns, *how)
            seq = play.append("signal", signal_ns, made)
            if isinstance(made, Decision):
                decisions[seq] = made
        elif what == "withdraw":
            play.append("kalshi", now_ns + MS, MarketBookWithdrawn(TICKER, 0, now_ns, "gap"))
        elif what == "snapshot":
            play.append("kalshi", now_ns + MS, snapshot(now_ns))
        elif what == "settle":
            play.append("kalshi", now_ns + MS, defined(now_ns, status="finalized", result="yes"))
        elif what == "doubt":
            play.append("kalshi", now_ns + MS, health(now_ns, fresh=False))
        else:
            healthy_ns += 4 * S
            now_ns += 4 * S
    end_ns = max(now_ns, signal_ns)
    for _ in range(4):
        end_ns += S
        play.append("kalshi", end_ns, health(end_ns))
    return decisions, end_ns


BLOWS = st.lists(
    st.tuples(st.integers(1, 1500), st.sampled_from(["none", "none", "before", "unheard", "after"])),
    max_size=40,
)
"""Time to the next turn, and whether it is killed: before it reads, before it has written, or after."""


def strike(play: Play, end_ns: int, blows: list[tuple[int, str]]) -> None:
    """Let it live to the end, under these blows."""
    play.start(T0 - S)
    play.turn(T0 - S)
    now_ns = T0
    for wait_ms, blow in [*blows, *[(500, "none")] * 200]:
        now_ns = min(end_ns, now_ns + wait_ms * MS)
        if blow != "before":
            play.turn(now_ns, is_lost=blow == "unheard")
        if blow != "none":
            play.start(now_ns)
    play.turn(end_ns + 10 * S)


@settings(max_examples=200, deadline=None)
@given(STEPS, BLOWS)
def test_nothing_is_lost_or_doubled_whenever_it_is_killed(
    steps: list[tuple[int, int, Any]], blows: list[tuple[int, str]]
) -> None:
    wide = Settings(max_contracts=1e6, max_open_cost_usd=1e6, max_loss_day_usd=1e6, max_orders=10_000)
    calm, struck = Play(wide), Play(wide)
    decisions, end_ns = write(calm, steps)
    struck.logs = calm.logs
    strike(calm, end_ns, [])
    strike(struck, end_ns, blows)
    audit(calm.said, decisions)
    audit(struck.said, decisions)
    assert calm.all(PaperAccount)[-1].open == []
    assert outcome(struck.said) == outcome(calm.said)


@settings(max_examples=200, deadline=None)
@given(STEPS, BLOWS)
def test_limits_and_exits_hold_whenever_it_is_killed(
    steps: list[tuple[int, int, Any]], blows: list[tuple[int, str]]
) -> None:
    tight = Settings(
        exit="edge", exit_cooldown_s=0.2, max_contracts=12.0, max_open_cost_usd=9.0, max_loss_day_usd=7.0,
        max_orders=6, fee_rounding="non-direct",
    )  # fmt: skip
    play = Play(tight)
    decisions, end_ns = write(play, steps)
    strike(play, end_ns, blows)
    for account in play.all(PaperAccount):
        for position in account.positions:
            assert position.yes_count_e2 >= 0
            assert position.no_count_e2 >= 0
            assert position.yes_count_e2 + position.no_count_e2 <= 1200
            assert position.orders <= 6
        assert sum(max(0, position.cost_e6) for position in account.positions) <= 9_000_000
        assert account.day_pnl_e6 >= -7_000_000
    audit(play.said, decisions)
