import math
from statistics import NormalDist

import pytest

from actors.signal.indicators.polymarket import PolymarketGap
from messages import FairValue, FeedHealth

SECOND = 1_000_000_000
CLOSE = 900 * SECOND
NORMAL = NormalDist()
SIGMA = 5e-5


def fair(probability: float = 0.5, known: int = 0, sd_usd: float = 60.0, withheld: str = "") -> FairValue:
    return FairValue(
        "M", 0, 0, probability, 84_000.0, 84_000_000_000, 300.0, known, 0.0, SIGMA, 490_000, 1, 510_000, 1,
        0.0, 0.0, [], [], withheld, sd_usd=sd_usd,
    )  # fmt: skip


def gap(mid: float, half: float = 0.005, reference_usd: float = 0.0) -> PolymarketGap:
    made = PolymarketGap(3 * SECOND)
    made.take(CLOSE, 0, round((mid - half) * 1e6), round((mid + half) * 1e6), reference_usd)
    return made


def read(made: PolymarketGap, now: FairValue, start_usd: float = 84_000.0, left_s: float = 300.0) -> float:
    return made.value(0, CLOSE, start_usd, left_s, now, 0.5)


def test_two_markets_of_one_mind_have_no_gap() -> None:
    left_s = 300.0
    sd_poly = 84_000.0 * SIGMA * math.sqrt(left_s)
    mid = round(NORMAL.cdf(20.0 / sd_poly), 3)  # the start lay 20 dollars below the index now
    z = NORMAL.inv_cdf(mid)
    made = gap(mid).value(0, CLOSE, 84_000.0 - z * sd_poly, left_s, fair(0.5), 0.5)
    assert made == pytest.approx(0.0, abs=1e-9)


def test_a_dearer_up_speaks_for_yes() -> None:
    sd_poly = 84_000.0 * SIGMA * math.sqrt(300.0)
    implied = NORMAL.inv_cdf(0.6) * sd_poly
    assert read(gap(0.6), fair()) == pytest.approx(NORMAL.cdf(implied / 60.0) - 0.5)
    assert read(gap(0.4), fair()) == pytest.approx(-read(gap(0.6), fair()))


def test_another_strike_is_priced_as_another_strike() -> None:
    """Both think alike of the price now; ours has its strike elsewhere, and is worth something else."""
    above = fair(NORMAL.cdf(-0.5))
    assert read(gap(0.5), above) == pytest.approx(NORMAL.cdf(-0.5) - 0.5)


def test_what_is_known_of_the_minute_cannot_move_any_more() -> None:
    late = fair(known=45, sd_usd=5.0)
    implied = NORMAL.inv_cdf(0.6) * 84_000.0 * SIGMA * math.sqrt(15.0)
    assert read(gap(0.6), late, left_s=15.0) == pytest.approx(NORMAL.cdf(implied * 0.25 / 5.0) - 0.5)


def test_its_own_start_stands_in_where_ours_was_not_seen() -> None:
    assert math.isnan(read(gap(0.6), fair(), start_usd=0.0))
    assert read(gap(0.6, reference_usd=84_000.0), fair(), start_usd=0.0) == read(gap(0.6), fair())


def test_another_quarter_hour_gives_none() -> None:
    assert math.isnan(gap(0.6).value(0, CLOSE + SECOND, 84_000.0, 300.0, fair(), 0.5))
    assert not math.isnan(gap(0.6).value(0, CLOSE + 1_000_000, 84_000.0, 300.0, fair(), 0.5))
    assert math.isnan(PolymarketGap(SECOND).value(0, CLOSE, 84_000.0, 300.0, fair(), 0.5))


@pytest.mark.parametrize(
    "now", [fair(withheld="no"), fair(0.0), fair(1.0), fair(sd_usd=0.0)], ids=["withheld", "0", "1", "sd 0"]
)
def test_a_fair_value_that_says_nothing_gives_none(now: FairValue) -> None:
    assert math.isnan(read(gap(0.6), now))


def test_a_wide_or_far_quote_or_the_last_second_gives_none() -> None:
    assert math.isnan(read(gap(0.6, half=0.06), fair()))
    assert math.isnan(read(gap(0.995, half=0.001), fair()))
    assert math.isnan(read(gap(0.005, half=0.001), fair()))
    assert math.isnan(read(gap(0.6), fair(), left_s=0.9))


def test_a_quote_that_its_feed_does_not_stand_behind_is_not_used() -> None:
    made = gap(0.6)
    assert math.isnan(made.value(3 * SECOND + 1, CLOSE, 84_000.0, 300.0, fair(), 0.5))
    made.health(FeedHealth("polymarket", 1, 5 * SECOND, True, 0, 0, 0, 0, 0, 0, 0, ""))
    assert not math.isnan(made.value(5 * SECOND, CLOSE, 84_000.0, 300.0, fair(), 0.5))
    made.standing.withdraw()
    assert math.isnan(made.value(5 * SECOND, CLOSE, 84_000.0, 300.0, fair(), 0.5))
