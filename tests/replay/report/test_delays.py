"""Percentiles over time."""

import pytest

from replay.report.delays import Delays

S = 10**9


def test_each_second_has_percentiles_of_its_own() -> None:
    delays = Delays(10)
    for number in range(100):
        delays.add(0, 1.0 if number < 98 else 50.0)
    delays.add(5 * S, 7.0)
    first, second = delays.over_time()
    assert (first.at_ns, first.samples, second.at_ns, second.samples) == (S // 2, 100, 5 * S + S // 2, 1)
    assert first.p50_ms == pytest.approx(1.0, rel=0.03)
    assert first.p99_ms == pytest.approx(50.0, rel=0.03)
    assert second.p50_ms == pytest.approx(7.0, rel=0.03)


def test_stretches_double_so_that_there_are_never_more_than_asked_for() -> None:
    delays = Delays(16)
    for second in range(1000):
        delays.add(second * S, 2.0)
    told = delays.over_time()
    assert len(told) <= 16
    assert delays.width_ns == 64 * S
    assert sum(one.samples for one in told) == delays.all.count == 1000


def test_a_long_pause_costs_no_stretches() -> None:
    delays = Delays(4)
    delays.add(0, 1.0)
    delays.add(10**6 * S, 1.0)
    assert len(delays.over_time()) == 2
    assert delays.width_ns == S
