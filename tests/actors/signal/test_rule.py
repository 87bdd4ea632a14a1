import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from actors.signal.settings import Settings
from messages import (
    ActorStarted,
    FairValue,
    FeedClosed,
    FeedGap,
    IndexValue,
    Indicators,
    MarketBookWithdrawn,
    MarketQuoteChanged,
    MarketRoleChanged,
    Message,
    OfficialIndexPublished,
    Signal,
    VolatilityState,
)
from tests.actors.signal.driver import CLOSE, MS, OPEN, TICKER, Driver, S, defined, health, ready


def test_with_everything_in_order_there_is_a_fair_value_with_its_lineage() -> None:
    driver = ready()
    fair = driver.fair()
    assert fair.withheld == ""
    assert 0.4 < fair.probability < 0.6
    assert fair.strike_e6 == 84_000_000_000
    assert fair.left_s == (CLOSE - fair.at_ns) / 1e9
    assert (fair.bid_e6, fair.ask_e6, fair.bid_count_e2) == (490_000, 510_000, 5000)
    assert [log for log, _ in fair.inputs] == ["brti", "kalshi", "kalshi"]
    assert [seq for _, seq in fair.inputs][1:] == [5, 2]
    assert fair.ages_ms == [0, 8000, 18_000]
    assert fair.edge_yes_usd == pytest.approx(fair.probability - 0.51 - 0.0175)
    assert fair.edge_no_usd == pytest.approx(0.49 - fair.probability - 0.0175)


def test_a_new_quote_is_answered_in_the_same_turn_and_a_repeated_one_is_not() -> None:
    driver = ready()
    driver.now_ns += 10 * MS
    driver.quote(0.48, 0.52)
    fair, indicators = driver.turn()
    assert isinstance(fair, FairValue)
    assert isinstance(indicators, Indicators)
    assert fair.cause_ns == indicators.cause_ns == driver.now_ns
    driver.now_ns += 10 * MS
    driver.quote(0.48, 0.52)
    assert driver.turn() == []


def test_many_changes_in_one_turn_make_one_fair_value() -> None:
    driver = ready()
    driver.now_ns += 10 * MS
    for step in range(20):
        driver.quote(0.40 + step / 1000, 0.52)
        driver.index(84_000.0 + step)
    assert len([message for message in driver.turn() if isinstance(message, FairValue)]) == 1


def test_a_running_market_is_spoken_of_at_least_once_a_second_even_while_withheld() -> None:
    driver = ready(strike_e6=-1)
    times = [message.at_ns for message in driver.said if isinstance(message, FairValue)]
    assert all(later - earlier <= S for earlier, later in pairwise(times))
    assert len(times) <= 11
    assert driver.fair().withheld == "the strike is not known yet"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"strike_e6": -1}, "the strike is not known yet"),
        ({"strike_type": "between"}, "strike type between is not priced"),
        ({"status": "inactive"}, "the market is paused"),
        ({"status": "determined"}, "the market is determined"),
        ({"open_ns": OPEN + 500 * S}, "the market is not open yet"),
        ({"close_ns": OPEN + 12 * S}, "the market is closed"),
    ],
)
def test_what_cannot_be_priced_is_withheld_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    fair = ready(**changes).fair()
    assert fair.withheld == reason
    assert fair.probability == -1.0
    assert math.isnan(fair.edge_yes_usd)
    assert math.isnan(fair.edge_no_usd)


def test_between_markets_it_says_once_that_none_runs() -> None:
    driver = ready()
    driver.take("kalshi", MarketRoleChanged("KXBTC15M", driver.now_ns, "", ""))
    before = len(driver.said)
    driver.run(5)
    said = driver.said[before:]
    assert [message.withheld for message in said if isinstance(message, FairValue)] == ["no market runs"]
    assert driver.fair().ticker == ""


def test_a_stale_index_is_withheld_as_soon_as_it_is_stale() -> None:
    driver = ready()
    last_ns = driver.now_ns
    while driver.rule.due_ns(driver.now_ns) <= last_ns + S + 1:
        driver.now_ns = driver.rule.due_ns(driver.now_ns)
        driver.take("kalshi", health(driver.now_ns))
        driver.turn()
    assert driver.now_ns == last_ns + S + 1
    assert driver.fair().withheld == "the index is older than 1 s"
    assert driver.fair().index_usd == 0.0
    assert not driver.rule.freshness(driver.now_ns).fresh


def test_only_the_chosen_method_is_the_index() -> None:
    driver = ready()
    driver.now_ns += 10 * MS
    driver.index(90_000.0, chosen=False)
    driver.index(0.0, withheld="no venue", chosen=False)
    assert driver.turn() == []


def test_an_index_that_is_withheld_withholds_the_value() -> None:
    driver = ready()
    driver.index(0.0, "no venue qualifies")
    driver.turn()
    assert driver.fair().withheld == "the index is withheld: no venue qualifies"


TROUBLES: list[tuple[Callable[[int], Message], str]] = [
    (lambda at: MarketBookWithdrawn(TICKER, 0, at, "gap"), "the book is withdrawn"),
    (lambda at: health(at, fresh=False), "the book is withdrawn"),
    (lambda at: FeedClosed("kalshi", 1, at, "reset", "network"), "the book is withdrawn"),
    (lambda at: FeedGap("kalshi", 2, at - S, at, "killed"), "the book is withdrawn"),
    (lambda at: ActorStarted("kalshi", "s", 1, at, "0", "{}"), "the book is withdrawn"),
]


@pytest.mark.parametrize(("trouble", "reason"), TROUBLES)
def test_a_book_that_is_not_trusted_withholds_the_value_until_the_next_quote(
    trouble: Callable[[int], Message], reason: str
) -> None:
    driver = ready()
    driver.take("kalshi", trouble(driver.now_ns))
    driver.turn()
    fair = driver.fair()
    assert fair.withheld == reason
    assert (fair.bid_e6, fair.ask_e6) == (-1, -1)
    driver.quote(0.49, 0.51)
    driver.turn()
    assert driver.fair().withheld == ""


def test_a_quiet_book_stands_as_long_as_the_feed_says_so_and_no_longer() -> None:
    driver = ready()
    driver.run(60)
    assert driver.fair().withheld == ""
    end_ns = driver.now_ns + 4 * S
    while driver.now_ns < end_ns:
        driver.now_ns += 200 * MS
        driver.index(driver.spot)
        driver.turn()
    assert driver.fair().withheld == "the book is older than 3 s"


def test_until_enough_index_was_seen_the_volatility_is_warming_up() -> None:
    driver = Driver()
    driver.take("kalshi", MarketRoleChanged("KXBTC15M", driver.now_ns, TICKER, ""))
    driver.take("kalshi", defined())
    driver.quote(0.49, 0.51)
    driver.run(4)
    assert driver.fair().withheld == "the volatility is warming up: 5 s of index are needed"
    driver.run(4)
    assert driver.fair().withheld == ""


def signals(driver: Driver) -> list[Signal]:
    return [signal for signal in driver.all_of(Signal) if signal.signal_kind == "edge"]


def test_an_edge_over_the_threshold_is_a_signal_that_names_its_fair_value() -> None:
    driver = ready()
    assert signals(driver) == []
    driver.quote(0.20, 0.30, ask_count=3.0)
    position = 1000 + len(driver.said)
    fair, indicators, signal = driver.turn()[:3]
    assert isinstance(fair, FairValue)
    assert isinstance(indicators, Indicators)
    assert isinstance(signal, Signal)
    assert (signal.fair, signal.indicators) == (position, position + 1)
    assert (signal.side, signal.price_e6, signal.count_e2, signal.fee_e6) == ("yes", 300_000, 300, 14_700)
    assert signal.edge_usd == fair.edge_yes_usd
    assert signal.edge_usd >= signal.threshold_usd
    assert signal.inputs == fair.inputs


def test_the_other_side_is_bought_at_one_less_the_bid() -> None:
    driver = ready()
    driver.quote(0.70, 0.80, bid_count=2.0)
    driver.turn()
    (signal,) = signals(driver)
    assert (signal.side, signal.price_e6, signal.count_e2) == ("no", 300_000, 200)


def test_a_size_that_is_not_there_is_no_signal() -> None:
    driver = ready()
    driver.quote(0.20, 0.30, ask_count=0.99)
    driver.turn()
    assert signals(driver) == []


def test_an_unknown_fee_gives_a_value_and_no_edge() -> None:
    driver = ready(fee_type="")
    driver.quote(0.20, 0.30)
    driver.turn()
    assert driver.fair().withheld == ""
    assert math.isnan(driver.fair().edge_yes_usd)
    assert signals(driver) == []


def test_each_side_is_silent_for_the_cooldown_after_its_signal() -> None:
    driver = ready()
    driver.quote(0.20, 0.30)
    driver.run(4)
    assert [signal.side for signal in signals(driver)] == ["yes"]
    driver.quote(0.70, 0.80)
    driver.run(0.4)
    assert [signal.side for signal in signals(driver)] == ["yes", "no"]
    driver.quote(0.20, 0.30)
    driver.run(1.6)
    assert [signal.side for signal in signals(driver)] == ["yes", "no", "yes"]


def test_nothing_is_signalled_from_a_book_that_is_not_trusted() -> None:
    driver = ready()
    driver.quote(0.20, 0.30)
    driver.take("kalshi", MarketBookWithdrawn(TICKER, 0, driver.now_ns, "gap"))
    driver.turn()
    assert signals(driver) == []


def test_the_closing_minute_is_counted_second_by_second_and_ends_determined() -> None:
    driver = ready(Settings(index_error_bps=0.0), start_ns=CLOSE - 90 * S)
    driver.spot = 84_010.0
    driver.run(CLOSE / S - driver.now_ns / S - 30.2)
    fair = driver.fair()
    assert (fair.known, fair.missing) == (30, [])
    assert fair.known_mean_usd == pytest.approx(84_011.0)
    driver.run(29.4)
    assert driver.fair().known == 60
    assert driver.fair().probability == 1.0
    driver.run(1)
    assert driver.fair().withheld == "the market is closed"


def test_missing_settlement_values_are_named_and_too_many_withhold_the_value() -> None:
    driver = ready(start_ns=CLOSE - 90 * S)
    driver.run(CLOSE / S - driver.now_ns / S - 50.6)
    driver.now_ns += round(3.2 * S)
    driver.run(2)
    assert len(driver.fair().missing) == 2
    assert driver.fair().withheld == ""
    driver.now_ns += 8 * S
    driver.take("kalshi", health(driver.now_ns))
    driver.run(1)
    assert "settlement values are missing" in driver.fair().withheld


def test_the_official_values_settle_where_they_are_asked_for() -> None:
    driver = ready(Settings(settle_on="official", index_error_bps=0.0), start_ns=CLOSE - 90 * S)
    driver.run(CLOSE / S - driver.now_ns / S - 60.2)
    for before in range(60, 40, -1):
        driver.run(1)
        driver.take(
            "kalshi",
            OfficialIndexPublished(
                "BRTI", 0, driver.now_ns, CLOSE - before * S, 1, 83_990_000_000, -1, -1, 0
            ),
        )
    driver.turn()
    assert driver.fair().known == 20
    assert driver.fair().known_mean_usd == 83_990.0


def test_a_value_of_the_five_a_second_stream_between_two_seconds_does_not_count() -> None:
    driver = ready(Settings(settle_on="official"), start_ns=CLOSE - 50 * S)
    driver.take(
        "kalshi",
        OfficialIndexPublished("BRTI", 0, driver.now_ns, CLOSE - 45 * S + 200 * MS, 5, 1, -1, -1, 0),
    )
    driver.run(1)
    assert driver.fair().known == 0


def test_a_market_that_rolls_is_left_for_the_next_one() -> None:
    driver = ready()
    following = "KXBTC15M-26NOV221615-15"
    driver.take("kalshi", defined(ticker=following, open_ns=OPEN, close_ns=CLOSE + 900 * S))
    driver.take("kalshi", MarketRoleChanged("KXBTC15M", driver.now_ns, following, ""))
    driver.turn()
    assert driver.fair().ticker == following
    assert driver.fair().withheld == "no book yet"
    driver.take("kalshi", MarketQuoteChanged(following, 0, driver.now_ns, 0, 490_000, 100, 510_000, 100))
    driver.turn()
    assert driver.fair().withheld == ""


def test_the_age_of_its_input_is_unknown_until_there_is_some() -> None:
    driver = Driver()
    assert driver.rule.freshness(driver.now_ns).age_ms == -1
    driver.take("brti", IndexValue("BRTI", "m", driver.now_ns, 0, 0.0, [], [], False, "no venue is usable"))
    assert driver.rule.freshness(driver.now_ns).age_ms == -1
    driver.quote(0.49, 0.51)
    driver.now_ns += 300 * MS
    assert driver.rule.freshness(driver.now_ns).age_ms == 300


def test_it_is_fresh_while_both_feeds_are_even_if_no_market_runs() -> None:
    driver = Driver()
    assert driver.rule.freshness(driver.now_ns).why_not == "no index value yet"
    driver.run(1)
    assert driver.rule.freshness(driver.now_ns).why_not == (
        "Kalshi's feed has not named a running market yet"
    )
    driver.take("kalshi", MarketRoleChanged("KXBTC15M", driver.now_ns, "", ""))
    driver.turn()
    assert driver.rule.freshness(driver.now_ns).fresh
    driver.take("kalshi", health(driver.now_ns, fresh=False))
    assert driver.rule.freshness(driver.now_ns).why_not == "no book"


def test_under_a_fast_clock_the_same_minute_passes_in_a_second() -> None:
    speed = 60.0
    close_ns = OPEN + 15 * S
    driver = Driver(Settings(speed=speed, index_error_bps=0.0), OPEN)
    driver.take("kalshi", MarketRoleChanged("KXBTC15M", driver.now_ns, TICKER, ""))
    driver.take("kalshi", defined(close_ns=close_ns))
    driver.quote(0.49, 0.51)
    step_ns = S // 60
    while driver.now_ns < close_ns - 2 * step_ns:
        driver.now_ns += step_ns
        step = driver.now_ns // step_ns
        driver.index(84_000.0 + 2 * math.sqrt(5) * (step // 5 % 2) + 0.01 * (step % 2))
        driver.take("kalshi", health(driver.now_ns))
        driver.turn()
    assert driver.fair().withheld == ""
    assert driver.fair().known == 59
    assert driver.fair().sigma == pytest.approx(2 / 84_000, rel=0.3)


def test_the_same_inbox_gives_the_same_words_again() -> None:
    first, second = ready(), ready()
    for driver in (first, second):
        driver.quote(0.2, 0.3)
        driver.run(5)
    assert msgspec.msgpack.encode(first.said) == msgspec.msgpack.encode(second.said)


def test_what_the_volatility_knows_is_said_every_minute_and_outlives_a_restart() -> None:
    before = ready()
    before.run(130)
    states = [said for said in before.said if isinstance(said, VolatilityState)]
    assert [b.at_ns - a.at_ns for a, b in pairwise(states)] == [60 * S, 60 * S]
    after = Driver(start_ns=before.now_ns)
    after.rule.recall(states[-1])
    after.take("kalshi", MarketRoleChanged("KXBTC15M", after.now_ns, TICKER, ""))
    after.take("kalshi", defined())
    after.take("kalshi", health(after.now_ns))
    after.quote(0.49, 0.51)
    after.run(1)
    assert after.fair().withheld == ""  # it needs no warming up
    assert after.fair().sigma == pytest.approx(before.fair().sigma, rel=0.05)
    assert after.fair().sigma != pytest.approx(Settings().sigma_default, rel=0.05)
