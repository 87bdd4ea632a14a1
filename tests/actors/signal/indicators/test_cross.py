import math
from statistics import NormalDist

import pytest

from actors.signal.indicators.cross import CrossMarket
from messages import MarketDefined

CLOSE = 900
NORMAL = NormalDist(84_060.0, 200.0)


STANDARD = NormalDist()


def mid_of_84_000() -> float:
    return 1 - NORMAL.cdf(84_000.0)


def defined(strike: float, close_ns: int = CLOSE, strike_type: str = "greater") -> MarketDefined:
    return MarketDefined(
        f"KXBTCD-A-T{strike}", "E", "KXBTCD", 0, 0, close_ns, "active", strike_type, round(strike * 1e6),
        "rest", "", -1, [], "quadratic", "1",
    )  # fmt: skip


def quoted(made: CrossMarket, strike: float, mid: float, recv_ns: int = 1, half: float = 0.0) -> None:
    made.quote(f"KXBTCD-A-T{strike}", recv_ns, round((mid - half) * 1e6) - 1, round((mid + half) * 1e6) + 1)


def hourly(strikes: tuple[float, ...]) -> CrossMarket:
    made = CrossMarket("KXBTCD")
    for strike in strikes:
        assert made.define(defined(strike))
        quoted(made, strike, 1 - NORMAL.cdf(strike))
    return made


def test_between_two_strikes_of_a_normal_average_the_truth_comes_out() -> None:
    made = hourly((83_500.0, 83_750.0, 84_000.0, 84_250.0, 84_500.0))
    for threshold in (83_600.0, 83_999.995, 84_100.0, 84_250.0):
        assert made.implied(CLOSE, threshold).probability == pytest.approx(
            1 - NORMAL.cdf(threshold), abs=2e-5
        )


def test_a_strike_of_our_own_needs_no_other() -> None:
    made = hourly((84_000.0,))
    assert made.implied(CLOSE, 84_000.0).probability == pytest.approx(1 - NORMAL.cdf(84_000.0), abs=2e-6)


def test_a_strike_at_or_above_lies_half_a_cent_lower_than_one_strictly_above() -> None:
    made = CrossMarket("KXBTCD")
    made.define(defined(84_000.0, strike_type="greater_or_equal"))
    quoted(made, 84_000.0, 0.4)
    assert made.implied(CLOSE, 83_999.995).probability == pytest.approx(0.4)


def test_outside_of_the_strikes_there_is_none() -> None:
    made = hourly((84_000.0, 84_250.0))
    assert math.isnan(made.implied(CLOSE, 83_999.0).probability)
    assert math.isnan(made.implied(CLOSE, 84_251.0).probability)


def test_another_close_is_another_average() -> None:
    made = hourly((84_000.0, 84_250.0))
    assert math.isnan(made.implied(CLOSE + 1, 84_100.0).probability)


def test_a_strike_without_a_usable_quote_is_passed_over_for_the_next() -> None:
    made = hourly((83_750.0, 84_000.0, 84_250.0))
    quoted(made, 84_000.0, 0.5, half=0.2)  # wide
    assert made.implied(CLOSE, 84_100.0).probability == pytest.approx(1 - NORMAL.cdf(84_100.0), abs=2e-5)
    made.withdraw("KXBTCD-A-T84250.0")
    assert math.isnan(made.implied(CLOSE, 84_100.0).probability)


def test_a_far_strike_that_nobody_bids_for_still_bounds_ours() -> None:
    made = hourly((84_000.0,))
    made.define(defined(84_250.0))
    made.quote("KXBTCD-A-T84250.0", 1, -1, 20_000)
    z = (STANDARD.inv_cdf(mid_of_84_000()) + STANDARD.inv_cdf(0.01)) / 2
    assert made.implied(CLOSE, 84_125.0).probability == pytest.approx(STANDARD.cdf(z), abs=1e-5)


def test_the_older_of_the_two_quotes_is_told() -> None:
    made = hourly((84_000.0, 84_250.0))
    quoted(made, 84_000.0, 0.6, recv_ns=7)
    quoted(made, 84_250.0, 0.2, recv_ns=5)
    assert made.implied(CLOSE, 84_100.0).oldest_ns == 5


def test_what_is_lost_is_not_used_until_it_is_quoted_again() -> None:
    made = hourly((84_000.0, 84_250.0))
    made.gap(1)
    assert not math.isnan(made.implied(CLOSE, 84_100.0).probability)
    made.gap(2)
    assert math.isnan(made.implied(CLOSE, 84_100.0).probability)
    quoted(made, 84_000.0, 0.6)
    quoted(made, 84_250.0, 0.2)
    assert not math.isnan(made.implied(CLOSE, 84_100.0).probability)
    made.withdraw_all()
    assert math.isnan(made.implied(CLOSE, 84_100.0).probability)


def test_a_quote_may_come_before_its_definition() -> None:
    made = CrossMarket("KXBTCD")
    quoted(made, 84_000.0, 0.4)
    made.define(defined(84_000.0))
    assert made.implied(CLOSE, 84_000.0).probability == pytest.approx(0.4)


def test_only_markets_of_the_series_with_a_strike_to_exceed_are_used() -> None:
    made = CrossMarket("KXBTCD")
    ours = MarketDefined(
        "KXBTC15M-A", "E", "KXBTC15M", 0, 0, CLOSE, "active", "", 84_000_000_000, "rest", "", -1, [], "", ""
    )
    assert not made.define(ours)
    assert made.define(defined(84_000.0, strike_type="between"))
    assert made.define(defined(-1e-6))
    assert math.isnan(made.implied(CLOSE, 84_000.0).probability)
    assert made.follows("KXBTCD-A")
    assert not made.follows("KXBTC15M-A")


def test_a_definition_said_again_lists_a_strike_once_and_a_moved_close_moves_it() -> None:
    made = hourly((84_000.0,))
    made.define(defined(84_000.0))
    made.define(defined(84_000.0, close_ns=CLOSE + 5))
    assert math.isnan(made.implied(CLOSE, 84_000.0).probability)
    assert not math.isnan(made.implied(CLOSE + 5, 84_000.0).probability)


def test_markets_that_are_over_are_forgotten() -> None:
    made = hourly((84_000.0, 84_250.0))
    made.forget(CLOSE)
    assert not math.isnan(made.implied(CLOSE, 84_100.0).probability)
    made.forget(CLOSE + 1)
    assert math.isnan(made.implied(CLOSE, 84_100.0).probability)
    assert not made._strikes
    assert not made._by_close
