from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.rule import BrtiRule
from actors.brti.settings import Settings
from messages import (
    ActorStarted,
    BookWithdrawn,
    DayVolume,
    FeedClosed,
    FeedGap,
    FeedHealth,
    IndexValue,
    Message,
    QuoteChanged,
)

S = 1_000_000_000
MS = 1_000_000
NOW = 1_700_000_000 * S
E8 = 100_000_000
VENUES = ("coinbase", "kraken", "bitstamp", "gemini")


def quote(venue: str, bid: float, ask: float, recv_ns: int, size: int = E8) -> QuoteChanged:
    return QuoteChanged(venue, "BTC-USD", 0, recv_ns, 0, round(bid * E8), size, round(ask * E8), size)


def health(venue: str, at_ns: int, fresh: bool = True) -> FeedHealth:
    return FeedHealth(venue, 1, at_ns, fresh, 0, 0, 0, 0, -1.0, -1.0, 0.0, "")


def values(said: list[Message]) -> list[IndexValue]:
    assert all(isinstance(message, IndexValue) for message in said)
    return [message for message in said if isinstance(message, IndexValue)]


def rule_with_four_venues(now_ns: int = NOW) -> BrtiRule:
    rule = BrtiRule(Settings())
    for seq, venue in enumerate(VENUES, 1):
        rule.take(venue, seq, quote(venue, 83_999, 84_001, now_ns))
    return rule


def test_a_quote_that_moves_the_value_is_answered_in_the_same_turn() -> None:
    rule = rule_with_four_venues()
    rule.turn(NOW, 1)
    rule.take("kraken", 9, quote("kraken", 84_009, 84_011, NOW + 5 * MS))
    (value,) = values(rule.turn(NOW + 6 * MS, 2))
    assert not value.on_grid
    assert value.at_ns == NOW + 6 * MS
    assert value.cause_ns == NOW + 5 * MS
    assert {share.venue: share.seq for share in value.shares} == {
        "coinbase": 1, "kraken": 9, "bitstamp": 3, "gemini": 4,
    }  # fmt: skip
    assert {share.venue: share.age_ms for share in value.shares}["kraken"] == 1


def test_a_size_that_changes_moves_nothing_and_is_not_answered() -> None:
    rule = rule_with_four_venues()
    rule.turn(NOW, 1)
    rule.take("kraken", 9, quote("kraken", 83_999, 84_001, NOW + 5 * MS, size=7))
    assert rule.turn(NOW + 6 * MS, 2) == []


def test_a_quote_of_another_symbol_is_not_taken() -> None:
    rule = rule_with_four_venues()
    rule.turn(NOW, 1)
    rule.take("kraken", 9, QuoteChanged("kraken", "ETH-USD", 0, NOW, 0, 1, 1, 2, 1))
    assert rule.turn(NOW + MS, 2) == []


def test_a_day_volume_moves_the_value_once() -> None:
    rule = rule_with_four_venues()
    rule.take("kraken", 5, quote("kraken", 84_009, 84_011, NOW))
    (before,) = values(rule.turn(NOW, 1))
    volume = DayVolume("kraken", "BTC-USD", 0, NOW + MS, 100_000 * E8)
    rule.take("kraken", 6, volume)
    (after,) = values(rule.turn(NOW + MS, 2))
    assert after.value_usd > before.value_usd
    assert not next(share for share in after.shares if share.venue == "kraken").default_volume
    rule.take("kraken", 7, volume)
    assert rule.turn(NOW + 2 * MS, 3) == []


def test_a_volume_of_zero_leaves_the_default_in_its_place() -> None:
    rule = rule_with_four_venues()
    rule.take("kraken", 6, DayVolume("kraken", "BTC-USD", 0, NOW, 0))
    (value,) = values(rule.turn(NOW, 1))
    assert all(share.default_volume for share in value.shares)


def test_on_a_quiet_market_values_come_on_whole_multiples_of_the_grid() -> None:
    rule = rule_with_four_venues()
    rule.turn(NOW, 1)
    times = []
    now = NOW
    for _ in range(10):
        now = rule.due_ns(now)
        for venue in VENUES:
            rule.take(venue, 1, health(venue, now))
        (value,) = values(rule.turn(now, 1))
        assert value.on_grid
        times.append(value.at_ns)
    assert times == [NOW + step * 200 * MS for step in range(1, 11)]


def test_a_venue_that_falls_silent_is_left_out_as_soon_as_it_is_stale() -> None:
    rule = rule_with_four_venues()
    rule.take("kraken", 9, quote("kraken", 84_100, 84_102, NOW))
    rule.turn(NOW, 1)
    for venue in VENUES:
        if venue != "kraken":
            rule.take(venue, 20, health(venue, NOW + 2900 * MS))
    rule.turn(NOW + 2900 * MS, 2)
    due = rule.due_ns(NOW + 2900 * MS)
    rule.turn(due, 2)
    due = rule.due_ns(due)
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
def test_what_ends_a_quote_takes_it_out_at_once_and_the_next_quote_brings_it_back(
    end: Callable[[int], Message],
) -> None:
    rule = rule_with_four_venues()
    rule.take("kraken", 9, quote("kraken", 84_100, 84_102, NOW))
    rule.turn(NOW, 1)
    rule.take("kraken", 10, end(NOW + 10 * MS))
    (value,) = values(rule.turn(NOW + 11 * MS, 2))
    assert [(out.venue, out.why) for out in value.left_out] == [("kraken", "withdrawn")]
    assert value.cause_ns == NOW + 10 * MS
    rule.take("kraken", 11, quote("kraken", 84_100, 84_102, NOW + 20 * MS))
    (value,) = values(rule.turn(NOW + 21 * MS, 3))
    assert value.left_out == []


def test_without_a_venue_the_value_is_withheld_and_still_comes_on_the_grid() -> None:
    rule = BrtiRule(Settings())
    (first,) = values(rule.turn(NOW, 1))
    (second,) = values(rule.turn(rule.due_ns(NOW), 2))
    for value in (first, second):
        assert value.value_usd == 0.0
        assert value.withheld == (
            "no venue qualifies: coinbase absent, kraken absent, bitstamp absent, gemini absent"
        )
    assert not rule.freshness(NOW).fresh
    assert rule.freshness(NOW).why_not == first.withheld


def test_it_is_fresh_while_one_venue_qualifies_and_as_old_as_the_youngest_quote() -> None:
    rule = rule_with_four_venues(NOW - S)
    rule.take("kraken", 9, quote("kraken", 84_100, 84_102, NOW - 20 * MS))
    freshness = rule.freshness(NOW)
    assert freshness.fresh
    assert freshness.age_ms == 20


def test_a_clock_set_back_does_not_silence_it() -> None:
    rule = rule_with_four_venues()
    rule.turn(NOW, 1)
    back = NOW - 3600 * S
    assert values(rule.turn(back, 2))
    assert back < rule.due_ns(back) <= back + 200 * MS


@given(st.data())
def test_quotes_of_different_venues_may_arrive_in_any_order(data: st.DataObject) -> None:
    quotes = {
        venue: quote(venue, 84_000 + data.draw(st.integers(-50, 50)), 84_051, NOW + number)
        for number, venue in enumerate(VENUES)
    }
    order = data.draw(st.permutations(VENUES))
    rule, other = BrtiRule(Settings()), BrtiRule(Settings())
    for venue in VENUES:
        rule.take(venue, 5, quotes[venue])
    for venue in order:
        other.take(venue, 5, quotes[venue])
    assert rule.turn(NOW + MS, 1) == other.turn(NOW + MS, 1)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(VENUES),
            st.integers(0, 6),
            st.integers(-100, 100),
            st.integers(-5, 5),
            st.integers(1, 2000),
        ),
        max_size=60,
    )
)
def test_whatever_comes_every_value_lies_between_the_prices_used_and_names_every_venue(
    inputs: list[tuple[str, int, int, int, int]],
) -> None:
    rule = BrtiRule(Settings())
    now = NOW
    for seq, (venue, what, price, spread, wait_ms) in enumerate(inputs, 1):
        now += wait_ms * MS
        messages: list[Message] = [
            quote(venue, 84_000 + price, 84_000 + price + spread, now),
            quote(venue, 0, 84_000, now),
            health(venue, now, fresh=True),
            health(venue, now, fresh=False),
            BookWithdrawn(venue, "BTC-USD", 0, now, "x"),
            DayVolume(venue, "BTC-USD", 0, now, max(0, price) * E8),
            FeedClosed(venue, 1, now, "x", "venue"),
        ]
        rule.take(venue, seq, messages[what])
        for value in values(rule.turn(now + MS, seq)):
            prices = [share.price_usd for share in value.shares]
            if prices:
                assert min(prices) <= value.value_usd <= max(prices)
                assert value.withheld == ""
            else:
                assert value.value_usd == 0.0
                assert value.withheld
            named = [share.venue for share in value.shares] + [out.venue for out in value.left_out]
            assert sorted(named) == sorted(VENUES)
