import math

import msgspec
import pytest

from actors.fees import Rounding
from actors.signal.indicators.level import IndexLevel
from actors.signal.indicators.market import NO_VIEW, MarketIndicators
from actors.signal.indicators.settings import IndicatorSettings
from messages import Level, MarketDefined

SECOND = 1_000_000_000
OPEN = 1000 * SECOND
BIDS: list[Level] = [(500_000, 1000), (490_000, 500)]
ASKS: list[Level] = [(520_000, 3000)]


DEFINED = MarketDefined(
    "M", "E", "KXBTC15M", 0, OPEN, OPEN + 900 * SECOND, "active", "greater_or_equal", 84_000_000_000, "rest",
    "", -1, [], "quadratic", "1",
)  # fmt: skip


def market(book_ns: int = OPEN - 60 * SECOND) -> MarketIndicators:
    made = MarketIndicators(IndicatorSettings(), 1.0, Rounding.DIRECT)
    made.define(DEFINED)
    made.book(book_ns, BIDS, ASKS)
    return made


def test_the_view_is_that_of_the_levels_and_follows_them() -> None:
    made = market()
    assert made.view().mid_usd == pytest.approx(0.51)
    assert made.view().micro_price_usd < 0
    assert made.view().costs.yes == pytest.approx(0.52 + 0.0175)
    assert made.view() is made.view()
    made.change(OPEN, False, 510_000, 9000)
    assert made.view().mid_usd == pytest.approx(0.505)
    assert made.view().costs.yes == pytest.approx(0.51 + 0.0175)


def test_a_new_fee_changes_the_costs_at_once() -> None:
    made = market()
    before = made.view().costs
    made.define(msgspec.structs.replace(DEFINED, fee_multiplier="2"))
    assert made.view().costs.yes == pytest.approx(0.52 + 0.035)
    made.define(msgspec.structs.replace(DEFINED, fee_type="flat"))
    assert math.isnan(made.view().costs.yes)
    assert made.view().mid_usd == pytest.approx(0.51)
    assert before.yes == pytest.approx(0.52 + 0.0175)


def test_one_side_gives_what_can_be_said_of_one_side() -> None:
    made = market()
    made.book(OPEN, [], ASKS)
    view = made.view()
    assert math.isnan(view.mid_usd)
    assert math.isnan(view.imbalance)
    assert not math.isnan(view.costs.yes)
    assert math.isnan(view.costs.no)


def test_a_crossed_book_and_a_lost_one_give_nothing() -> None:
    made = market()
    made.change(OPEN, True, 530_000, 10)
    assert made.view() is NO_VIEW
    made = market()
    made.withdraw(trades=False)
    assert made.view() is NO_VIEW
    made.change(OPEN, True, 500_000, 10)
    assert made.view() is NO_VIEW
    made.book(OPEN, BIDS, ASKS)
    assert made.view().mid_usd == pytest.approx(0.51)


def test_a_flow_speaks_once_its_window_is_seen_or_the_market_was_met_before_it_opened() -> None:
    early = market(OPEN - 1)
    assert early.flows(OPEN + 1)[0] == 0.0
    late = market(OPEN + 1)
    assert math.isnan(late.flows(OPEN + 15 * SECOND)[0])
    assert late.flows(OPEN + 15 * SECOND + 1)[0] == 0.0
    late.trade(OPEN + 59 * SECOND, 510_000, 100, buys_yes=True)
    assert math.isnan(late.flows(OPEN + 60 * SECOND)[1])
    assert late.flows(OPEN + 60 * SECOND + 1)[1] == 1.0
    assert late.traded_ns == OPEN + 59 * SECOND


def test_only_a_change_of_the_touch_is_order_flow() -> None:
    made = market()
    made.change(OPEN, True, 480_000, 700)
    made.change(OPEN, True, 490_000, 0)
    assert made.flows(OPEN)[0] == 0.0
    made.change(OPEN, True, 500_000, 1500)
    assert made.flows(OPEN)[0] == pytest.approx(500 / 2250)


def test_the_same_book_said_again_is_no_flow() -> None:
    made = market()
    made.book(OPEN, BIDS, ASKS)
    assert made.flows(OPEN)[0] == 0.0


def test_after_a_loss_the_windows_begin_anew() -> None:
    made = market()
    made.change(OPEN, True, 500_000, 1500)
    made.trade(OPEN, 510_000, 100, buys_yes=True)
    made.withdraw(trades=False)
    made.book(OPEN + SECOND, BIDS, ASKS)
    assert math.isnan(made.flows(OPEN + 15 * SECOND)[0])
    assert made.flows(OPEN + 15 * SECOND)[1] == 1.0
    made.withdraw(trades=True)
    made.book(OPEN + 20 * SECOND, BIDS, ASKS)
    assert math.isnan(made.flows(OPEN + 79 * SECOND)[1])
    made.trade(OPEN + 70 * SECOND, 510_000, 100, buys_yes=False)
    assert made.flows(OPEN + 80 * SECOND) == (0.0, -1.0)


def test_a_clock_that_was_set_back_does_not_silence_the_flows() -> None:
    made = market(OPEN - 1)
    made.define(msgspec.structs.replace(DEFINED, open_ns=OPEN - 9000 * SECOND))
    assert math.isnan(made.flows(OPEN - 3600 * SECOND)[0])
    assert made.flows(OPEN - 3585 * SECOND)[0] == 0.0


def test_a_market_is_over_once_it_closed_and_has_fallen_silent() -> None:
    made = market()
    assert not made.over(OPEN + 900 * SECOND)
    assert made.over(OPEN + 900 * SECOND + 1)
    made.trade(OPEN + 901 * SECOND, 510_000, 100, buys_yes=True)
    assert not made.over(OPEN + 900 * SECOND + 1)


def test_windows_are_market_seconds() -> None:
    made = MarketIndicators(IndicatorSettings(), 60.0, Rounding.DIRECT)
    made.define(DEFINED)
    made.book(OPEN + 1, BIDS, ASKS)
    assert math.isnan(made.flows(OPEN + SECOND // 4)[0])
    assert made.flows(OPEN + SECOND // 4 + 1)[0] == 0.0


def test_a_change_of_what_the_index_is_made_of_begins_the_delay_anew() -> None:
    made = market()
    index = IndexLevel()
    index.take(0, 84_000.0, ())
    for turn in range(11):
        late = made.lateness(OPEN + turn * SECOND, 0.5, 0.51, index)
    assert late.rest_usd == 0.0
    index.take(1, 84_100.0, ("lmax",))
    assert math.isnan(made.lateness(OPEN + 11 * SECOND, 0.6, 0.51, index).rest_usd)


@pytest.mark.parametrize(("fair", "mid"), [(math.nan, 0.51), (0.5, math.nan)])
def test_a_missing_fair_value_or_mid_begins_the_delay_anew(fair: float, mid: float) -> None:
    made = market()
    index = IndexLevel()
    for turn in range(11):
        made.lateness(OPEN + turn * SECOND, 0.5, 0.51, index)
    assert math.isnan(made.lateness(OPEN + 11 * SECOND, fair, mid, index).rest_usd)
    assert math.isnan(made.lateness(OPEN + 12 * SECOND, 0.5, 0.51, index).rest_usd)


def test_a_strike_is_met_half_a_cent_below() -> None:
    made = market()
    assert made.threshold_usd == pytest.approx(83_999.995)
    made.define(msgspec.structs.replace(DEFINED, strike_e6=-1))
    assert made.threshold_usd == 0.0
