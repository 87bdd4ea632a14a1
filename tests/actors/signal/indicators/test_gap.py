import math
import random
import statistics

import pytest

from actors.signal.indicators.gap import ProxyGap

SECOND = 1_000_000_000


def fed(errors: list[float], window: int = 600, least: int = 30) -> ProxyGap:
    gap = ProxyGap(window, least, 2 * SECOND)
    for second, error in enumerate(errors):
        gap.take_error("cme-cf", second * SECOND, error)
    gap.take_official(1000 * SECOND, 999 * SECOND, 84_000.0)
    return gap


def test_it_is_how_far_the_proxy_lies_off_beyond_what_is_usual() -> None:
    gap = fed([0.4] * 100)
    assert gap.value(1000 * SECOND, "cme-cf", 84_000.0 * 1.0001) == pytest.approx(1.0 - 0.4)
    assert gap.value(1000 * SECOND, "cme-cf", 84_000.0) == pytest.approx(-0.4)


def test_the_median_is_that_of_the_newest_seconds() -> None:
    rng = random.Random(1)
    errors = [rng.gauss(0, 1) for _ in range(150)]
    for count in range(30, 150):
        assert fed(errors[:count], window=50).median_bps() == pytest.approx(
            statistics.median(errors[:count][-50:])
        )


def test_equal_errors_leave_one_by_one() -> None:
    gap = fed([1.0] * 40 + [2.0] * 30, window=30, least=30)
    assert gap.median_bps() == 2.0


def test_too_few_seconds_an_old_official_value_or_none_give_none() -> None:
    assert math.isnan(fed([0.4] * 29).value(1000 * SECOND, "cme-cf", 84_000.0))
    gap = fed([0.4] * 30)
    assert not math.isnan(gap.value(1002 * SECOND, "cme-cf", 84_000.0))
    assert math.isnan(gap.value(1002 * SECOND + 1, "cme-cf", 84_000.0))
    assert math.isnan(gap.value(1000 * SECOND, "cme-cf", 0.0))
    without = ProxyGap(600, 1, 2 * SECOND)
    without.take_error("cme-cf", 0, 0.4)
    assert math.isnan(without.value(0, "cme-cf", 84_000.0))


def test_another_methods_errors_say_nothing_of_this_one() -> None:
    gap = fed([0.4] * 100)
    assert math.isnan(gap.value(1000 * SECOND, "nowcast", 84_000.0))
    for second in range(30):
        gap.take_error("nowcast", (100 + second) * SECOND, 0.0)
    assert gap.value(1000 * SECOND, "nowcast", 84_000.0) == 0.0


def test_an_official_value_of_an_earlier_second_changes_nothing() -> None:
    gap = fed([0.0] * 30)
    gap.take_official(1001 * SECOND, 998 * SECOND, 80_000.0)
    assert gap.value(1001 * SECOND, "cme-cf", 84_000.0) == 0.0
    gap.take_official(1001 * SECOND, 1000 * SECOND, 84_001.0)
    assert gap.value(1001 * SECOND, "cme-cf", 84_001.0) == 0.0


def test_a_clock_that_was_set_back_does_not_stop_the_official_value() -> None:
    gap = fed([0.0] * 30)
    gap.take_official(500 * SECOND, 499 * SECOND, 85_000.0)
    assert gap.value(500 * SECOND, "cme-cf", 85_000.0) == 0.0
