from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.brti.methods import METHODS, NO_OFFSET
from actors.brti.rule import BrtiRule
from actors.brti.settings import CONSTITUENTS, Settings
from messages import (
    ActorStarted,
    BookSnapshot,
    BookWithdrawn,
    DayVolume,
    FeedClosed,
    FeedGap,
    IndexCompared,
    MarketDefined,
    Message,
    OfficialIndexPublished,
    QuoteChanged,
    SettlementAverage,
)
from tests.actors.brti.words import E8, MS, NOW, SYMBOL, S, change, health, snapshot, values

VENUES = ("coinbase", "kraken", "bitstamp", "gemini")


def quote(venue: str, bid: float, ask: float, recv_ns: int, symbol: str = SYMBOL) -> QuoteChanged:
    return QuoteChanged(venue, symbol, 0, recv_ns, 0, round(bid * E8), E8, round(ask * E8), E8)


def rule_of(*venues: str, **changes: Any) -> BrtiRule:
    return BrtiRule(Settings(venues=list(venues or VENUES), **changes))


def full_rule(now_ns: int = NOW, **changes: Any) -> BrtiRule:
    rule = rule_of(**changes)
    for seq, venue in enumerate(VENUES, 1):
        rule.take(venue, seq, snapshot(venue, 83_999, 84_001, now_ns))
    return rule


def official(second_ns: int, value_usd: float, recv_ns: int) -> OfficialIndexPublished:
    return OfficialIndexPublished("BRTI", 0, recv_ns, second_ns, 1, round(value_usd * 1e6), -1, -1, 0)


def test_a_change_that_moves_the_value_is_answered_in_the_same_turn() -> None:
    rule = full_rule()
    rule.turn(NOW, 1)
    rule.take("kraken", 9, change("kraken", NOW + 5 * MS, bids=[(84_000, 1)]))
    (value,) = values(rule.turn(NOW + 6 * MS, 2))
    assert (value.method, value.chosen, value.on_grid, value.stamp_ns) == ("cme-cf", True, False, 0)
    assert (value.at_ns, value.cause_ns) == (NOW + 6 * MS, NOW + 5 * MS)
    assert value.value_usd > 84_000
    assert (value.shares, value.left_out) == ([], [])
    assert value.depth_btc > 0


def test_a_change_that_moves_nothing_is_not_answered() -> None:
    rule = full_rule()
    rule.turn(NOW, 1)
    rule.take("kraken", 9, change("kraken", NOW + 5 * MS, bids=[(10, 0.5)]))
    assert rule.turn(NOW + 6 * MS, 2) == []


def test_a_book_of_another_symbol_is_not_taken() -> None:
    rule = full_rule()
    rule.turn(NOW, 1)
    rule.take("binance", 9, quote("binance", 1, 2, NOW))
    rule.take("kraken", 9, BookSnapshot("kraken", "ETH-USD", 0, NOW, 0, [(1, 1)], [(2, 1)], False))
    assert rule.turn(NOW + MS, 2) == []


def test_on_the_grid_every_method_is_said_and_only_one_is_the_index() -> None:
    rule = full_rule()
    rule.turn(NOW, 1)
    said = values(rule.turn(NOW + 200 * MS, 2))
    assert [value.method for value in said] == list(METHODS)
    assert {value.stamp_ns for value in said} == {NOW + 200 * MS}
    assert [value.method for value in said if value.chosen] == ["cme-cf"]
    published, by_volume, equal, nowcast = said
    assert published.value_usd == by_volume.value_usd == equal.value_usd == 84_000.0
    assert [share.venue for share in published.shares] == list(VENUES)
    assert (nowcast.value_usd, nowcast.withheld != "") == (0.0, True)


def test_values_come_on_whole_multiples_of_the_grid_and_on_whole_seconds() -> None:
    rule = full_rule(speed=3.0)
    rule.turn(NOW, 1)
    stamps = []
    now = NOW
    while now < NOW + S:
        now = rule.due_ns(now)
        for venue in VENUES:
            rule.take(venue, 1, health(venue, now))
        stamps += [value.stamp_ns for value in values(rule.turn(now, 1), "cme-cf") if value.on_grid]
    grid = {NOW + step * 200 * MS for step in range(1, 6)}
    seconds = {NOW + S // 3 + 1, NOW + 2 * S // 3 + 1, NOW + S}
    assert set(stamps) == grid | seconds
    assert stamps == sorted(stamps)


def test_the_value_of_a_grid_time_is_made_of_what_came_before_it_however_late_the_turn() -> None:
    early, late = full_rule(), full_rule()
    stamp = NOW + 200 * MS
    before = change("kraken", stamp - MS, bids=[(84_000, 1)])
    after = change("kraken", stamp + MS, bids=[(84_000.5, 9)])
    for rule in (early, late):
        rule.turn(NOW, 1)
        rule.take("kraken", 9, before)
    first = values(early.turn(stamp, 2), "cme-cf")
    early.take("kraken", 10, after)
    moved = values(early.turn(stamp + 2 * MS, 3))
    late.take("kraken", 10, after)
    said = values(late.turn(stamp + 90 * MS, 2), "cme-cf")
    assert [value.value_usd for value in said] == [first[0].value_usd, moved[0].value_usd]
    assert [value.stamp_ns for value in said] == [stamp, 0]
    assert said[0].at_ns == stamp + 90 * MS


def test_grid_times_that_were_slept_through_get_their_values_up_to_a_limit() -> None:
    rule = full_rule()
    rule.turn(NOW, 1)
    assert len({value.stamp_ns for value in values(rule.turn(NOW + 2 * S, 2)) if value.stamp_ns}) == 10
    stamps = {value.stamp_ns for value in values(rule.turn(NOW + 60 * S, 3)) if value.stamp_ns}
    assert min(stamps) > NOW + 54 * S
    assert max(stamps) == NOW + 60 * S


def test_a_venue_that_falls_silent_is_left_out_as_soon_as_it_is_stale() -> None:
    rule = full_rule()
    rule.turn(NOW, 1)
    for venue in VENUES:
        if venue != "kraken":
            rule.take(venue, 20, health(venue, NOW + 2950 * MS))
    rule.turn(NOW + 2950 * MS, 2)
    rule.turn(NOW + 3000 * MS, 2)
    due = rule.due_ns(NOW + 3000 * MS)
    assert due == NOW + 3000 * MS + 1
    (value,) = values(rule.turn(due, 3))
    assert not value.on_grid
    assert [(out.venue, out.why) for out in value.left_out] == [("kraken", "stale")]
    assert value.value_usd == 84_000.0


ENDS: list[Callable[[int], Message]] = [
    lambda at: BookWithdrawn("kraken", "BTC-USD", 0, at, "checksum"),
    lambda at: FeedClosed("kraken", 1, at, "reset", "network"),
    lambda at: FeedGap("kraken", 2, at - S, at, "killed"),
    lambda at: ActorStarted("kraken", "s", 1, at, "0", "{}"),
    lambda at: health("kraken", at, fresh=False),
]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("method", ["cme-cf", "volume-weighted"])
def test_what_ends_a_book_takes_it_out_at_once_and_the_next_book_brings_it_back(
    method: str, end: Callable[[int], Message]
) -> None:
    rule = full_rule(method=method)
    rule.take("kraken", 9, snapshot("kraken", 84_100, 84_102, NOW))
    rule.turn(NOW, 1)
    rule.take("kraken", 10, end(NOW + 10 * MS))
    (value,) = values(rule.turn(NOW + 11 * MS, 2))
    assert [(out.venue, out.why) for out in value.left_out] == [("kraken", "withdrawn")]
    assert value.cause_ns == NOW + 10 * MS
    rule.take("kraken", 11, snapshot("kraken", 84_100, 84_102, NOW + 20 * MS))
    (value,) = values(rule.turn(NOW + 21 * MS, 3))
    assert value.left_out == []


def test_a_day_volume_moves_the_weighted_mean_once() -> None:
    rule = full_rule(method="volume-weighted")
    rule.take("kraken", 5, snapshot("kraken", 84_009, 84_011, NOW))
    (before,) = values(rule.turn(NOW, 1))
    volume = DayVolume("kraken", "BTC-USD", 0, NOW + MS, 100_000 * E8)
    rule.take("kraken", 6, volume)
    (after,) = values(rule.turn(NOW + MS, 2))
    assert after.value_usd > before.value_usd
    rule.take("kraken", 7, volume)
    assert rule.turn(NOW + 2 * MS, 3) == []


def test_a_fallback_makes_a_weighted_mean_and_never_the_published_index() -> None:
    rule = rule_of(*VENUES)
    rule.turn(NOW, 1)
    rule.take("binance", 1, quote("binance", 84_100, 84_102, NOW, "BTC-USDT"))
    said = {value.method: value for value in values(rule.turn(NOW + 200 * MS, 2)) if value.stamp_ns}
    assert said["cme-cf"].value_usd == 0.0
    assert said["volume-weighted"].value_usd == 84_101.0
    assert [share.venue for share in said["volume-weighted"].shares] == ["binance"]
    assert [out.why for out in said["volume-weighted"].left_out] == ["absent"] * 4


def test_without_a_venue_the_value_is_withheld_and_still_comes_on_the_grid() -> None:
    rule = BrtiRule(Settings())
    (first,) = values(rule.turn(NOW, 1))
    second = values(rule.turn(rule.due_ns(NOW), 2), "cme-cf")[0]
    for value in (first, second):
        assert value.value_usd == 0.0
        assert value.withheld == "no venue qualifies: " + ", ".join(f"{v} absent" for v in CONSTITUENTS)
    assert not rule.freshness(NOW).fresh
    assert rule.freshness(NOW).why_not == first.withheld


def test_it_is_fresh_while_one_venue_qualifies_and_as_old_as_the_youngest_book() -> None:
    rule = full_rule(NOW - S)
    rule.take("kraken", 9, snapshot("kraken", 84_100, 84_102, NOW - 20 * MS))
    rule.turn(NOW - 10 * MS, 1)
    freshness = rule.freshness(NOW)
    assert freshness.fresh
    assert freshness.age_ms == 20
    assert not rule.freshness(NOW + 60 * S).fresh


def test_a_clock_set_back_does_not_silence_it() -> None:
    rule = full_rule()
    rule.turn(NOW, 1)
    back = NOW - 3600 * S
    assert values(rule.turn(back, 2))
    assert back < rule.due_ns(back) <= back + 200 * MS


def test_the_official_value_is_compared_with_every_method_of_its_second() -> None:
    rule = full_rule()
    rule.turn(NOW, 1)
    said: list[Message] = []
    for step in range(1, 6):
        said += rule.turn(NOW + step * 200 * MS, 2)
    rule.take("kalshi", 4, official(NOW + S, 84_000.84, NOW + S + 30 * MS))
    (compared,) = [one for one in rule.turn(NOW + S + 31 * MS, 9) if isinstance(one, IndexCompared)]
    assert compared.stamp_ns == NOW + S
    assert {error.method for error in compared.errors} == {"cme-cf", "volume-weighted", "equal-weighted"}
    assert [round(error.error_bps, 3) for error in compared.errors] == [-0.1, -0.1, -0.1]
    rule.take(
        "kalshi",
        5,
        official(NOW + S, 84_000.84, NOW + S + 30 * MS).__class__("ETHUSD_RTI", 0, NOW, NOW, 1, 1, 1, 1, 1),
    )
    assert rule.turn(NOW + S + 32 * MS, 10) == []


def test_the_nowcast_follows_the_official_value_once_it_has_seen_enough_of_it() -> None:
    rule = full_rule(method="nowcast")
    now = NOW
    rule.turn(now, 1)
    nowcasts = []
    for second in range(1, 45):
        now = NOW + second * S
        for venue in VENUES:
            rule.take(venue, second, health(venue, now - MS))
        said = values(rule.turn(now, 2), "nowcast")
        nowcasts += [value for value in said if value.stamp_ns == now]
        rule.take("kalshi", second, official(now, 84_008.40, now + 30 * MS))
        rule.turn(now + 31 * MS, 3)
    assert [value.value_usd for value in nowcasts[:30]] == [0.0] * 30
    assert nowcasts[0].withheld == NO_OFFSET
    assert nowcasts[-1].value_usd == pytest.approx(84_008.40, abs=0.011)
    assert all(value.chosen for value in nowcasts)


def test_a_closing_minute_is_said_value_by_value() -> None:
    rule = full_rule()
    close = NOW + 60 * S
    market = MarketDefined(
        "KXBTC15M-T", "E", "KXBTC15M", NOW, NOW - 840 * S, close, "active", "greater_or_equal",
        84_000_000_000, "rest", "", -1, [], "quadratic", "1",
    )  # fmt: skip
    rule.take("kalshi", 1, market)
    said: list[Message] = rule.turn(NOW - MS, 1)
    for step in range(301):
        now = NOW + step * 200 * MS
        for venue in VENUES:
            rule.take(venue, step, health(venue, now - MS))
        said += rule.turn(now, 2)
    averages = [one for one in said if isinstance(one, SettlementAverage)]
    last = averages[-1]
    assert (last.known, last.remaining, last.missing, last.result) == (60, 0, [], "yes")
    assert (last.sum_cents, last.average_cents, last.source) == (60 * 8_400_000, 8_400_000, "cme-cf")
    assert [one.known for one in averages] == sorted(one.known for one in averages)


@given(st.data())
@settings(deadline=None, max_examples=40)
def test_books_of_different_venues_may_arrive_in_any_order(data: st.DataObject) -> None:
    books = {
        venue: snapshot(venue, 84_000 + data.draw(st.integers(-50, 50)), 84_051, NOW + number)
        for number, venue in enumerate(VENUES)
    }
    order = data.draw(st.permutations(VENUES))
    rule, other = rule_of(), rule_of()
    for venue in VENUES:
        rule.take(venue, 5, books[venue])
    for venue in order:
        other.take(venue, 5, books[venue])
    assert rule.turn(NOW + MS, 1) == other.turn(NOW + MS, 1)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(VENUES),
            st.integers(0, 7),
            st.integers(-100, 100),
            st.integers(-5, 5),
            st.integers(1, 900),
        ),
        max_size=50,
    )
)
def test_whatever_comes_every_value_lies_between_the_books_used_and_names_every_venue(
    inputs: list[tuple[str, int, int, int, int]],
) -> None:
    rule = rule_of()
    now = NOW
    for seq, (venue, what, price, spread, wait_ms) in enumerate(inputs, 1):
        now += wait_ms * MS
        messages: list[Message] = [
            snapshot(venue, 84_000 + price, 84_000 + price + spread, now),
            snapshot(venue, 92_400 + price, 92_400 + price + spread, now),
            change(venue, now, bids=[(84_000 + price, abs(spread))]),
            change(venue, now, asks=[(84_000 + price, abs(spread))]),
            health(venue, now, fresh=spread > 0),
            BookWithdrawn(venue, "BTC-USD", 0, now, "x"),
            DayVolume(venue, "BTC-USD", 0, now, max(0, price) * E8),
            FeedClosed(venue, 1, now, "x", "venue"),
        ]
        rule.take(venue, seq, messages[what])
        for value in values(rule.turn(now + MS, seq)):
            if not value.stamp_ns:
                continue
            prices = [share.price_usd for share in value.shares]
            if not value.withheld:
                assert min(prices) - 100 <= value.value_usd <= max(prices) + 100
            else:
                assert value.value_usd == 0.0
            named = [share.venue for share in value.shares] + [out.venue for out in value.left_out]
            assert sorted(named) == sorted(VENUES)
