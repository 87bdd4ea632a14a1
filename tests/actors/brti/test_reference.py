import math
import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.reference import KEPT_S, Reference
from actors.market_seconds import MarketSeconds
from messages import IndexCompared, Message, OfficialIndexPublished

S = 1_000_000_000
MS = 1_000_000
BASE = 1_700_000_000
LATE_NS = 300 * MS


def at(second: float) -> int:
    return round((BASE + second) * 1000) * MS


def official(second: float, usd: float, recv_ns: int = 0, hz: int = 1) -> OfficialIndexPublished:
    stamp_ns = at(second)
    return OfficialIndexPublished(
        "BRTI", 1, recv_ns or stamp_ns + LATE_NS, stamp_ns, hz, round(usd * 1e6), -1, -1, 0
    )


def compared(said: list[Message]) -> list[IndexCompared]:
    assert all(isinstance(message, IndexCompared) for message in said)
    return [message for message in said if isinstance(message, IndexCompared)]


def reference(window_s: float = 600.0) -> Reference:
    return Reference(1.0, window_s)


def test_a_second_is_compared_once_its_official_value_has_come() -> None:
    kept = reference()
    kept.stamped("cme-cf", at(0), 84_008.40, ["gemini"])
    kept.stamped("volume-weighted", at(0), 84_000.0, ["gemini", "lmax"])
    kept.stamped("nowcast", at(0), 0.0, ["gemini"])
    assert kept.due(at(0)) == []
    kept.official(official(0, 84_000.0))
    (second,) = compared(kept.due(at(0.31)))
    assert (second.index_id, second.stamp_ns, second.official_e6) == ("BRTI", at(0), 84_000_000_000)
    assert (second.recv_ns, second.at_ns) == (at(0.3), at(0.31))
    assert {error.method: error.error_bps for error in second.errors} == {
        "cme-cf": pytest.approx(1.0, abs=1e-9),
        "volume-weighted": 0.0,
    }
    assert second.left_out == ["gemini"]
    assert second.sigma_bps == 0.0
    assert kept.due(at(0.32)) == []


def test_an_official_value_that_comes_before_ours_waits_for_it() -> None:
    kept = reference()
    kept.stamped("cme-cf", at(0), 1.0, [])
    kept.official(official(1, 84_000.0, recv_ns=at(0.9)))
    assert kept.due(at(0.9)) == []
    kept.stamped("cme-cf", at(1), 84_000.0, [])
    assert [second.stamp_ns for second in compared(kept.due(at(1)))] == [at(1)]


def test_official_values_may_come_late_and_out_of_order_but_only_the_first_counts() -> None:
    kept = reference()
    for second in range(5):
        kept.stamped("cme-cf", at(second), 100.0, [])
    for second, usd in ((3, 100.0), (1, 100.0), (3, 200.0), (0, 100.0), (3, 100.0)):
        kept.official(official(second, usd))
    said = compared(kept.due(at(5)))
    assert [(second.stamp_ns, second.official_e6) for second in said] == [
        (at(3), 100_000_000), (at(1), 100_000_000), (at(0), 100_000_000),
    ]  # fmt: skip
    kept.official(official(3, 300.0))
    assert kept.due(at(6)) == []


def test_a_value_of_the_fast_channel_counts_where_it_lies_on_a_second() -> None:
    kept = reference()
    kept.stamped("cme-cf", at(1), 100.0, [])
    kept.official(official(0.8, 50.0, hz=5))
    kept.official(official(1.001, 100.0, hz=5))
    kept.official(official(1, 100.0, hz=1))
    assert len(kept.due(at(2))) == 1


def test_a_second_that_our_grid_passed_over_is_told_without_errors() -> None:
    kept = reference()
    kept.stamped("cme-cf", at(0), 100.0, [])
    kept.official(official(1, 100.0))
    assert kept.due(at(1.3)) == []
    kept.stamped("cme-cf", at(2), 100.0, [])
    (second,) = compared(kept.due(at(2)))
    assert (second.stamp_ns, second.errors, second.left_out) == (at(1), [], [])


def test_a_withheld_second_is_told_with_the_venues_that_were_out() -> None:
    kept = reference()
    kept.stamped("cme-cf", at(0), 0.0, ["kraken"])
    kept.official(official(0, 100.0))
    (second,) = compared(kept.due(at(1)))
    assert (second.errors, second.left_out) == ([], ["kraken"])


def test_seconds_from_before_our_first_are_not_spoken_of() -> None:
    kept = reference()
    kept.official(official(-3, 100.0))
    assert kept.due(at(0)) == []
    kept.stamped("cme-cf", at(0), 100.0, [])
    kept.official(official(-2, 100.0))
    assert kept.due(at(0)) == []


def test_values_between_seconds_and_without_a_price_or_stamp_are_left() -> None:
    kept = reference()
    kept.stamped("cme-cf", at(0.2), 100.0, [])
    kept.official(official(0.2, 100.0))
    kept.official(official(0, 0.0))
    kept.official(OfficialIndexPublished("BRTI", 1, at(0), 0, 1, 100_000_000, -1, -1, 0))
    kept.stamped("cme-cf", at(0), 100.0, [])
    kept.stamped("cme-cf", at(1), 100.0, [])
    assert kept.due(at(1)) == []


def test_a_clock_set_back_stamps_its_seconds_anew() -> None:
    kept = reference()
    for second in range(100, 110):
        kept.stamped("cme-cf", at(second), 999.0, [])
    for second in range(105):
        kept.stamped("cme-cf", at(second), 100.0, [])
        kept.official(official(second, 100.0))
    said = compared(kept.due(at(105)))
    assert len(said) == 105
    assert {error.error_bps for second in said for error in second.errors} == {0.0}


def test_the_volatility_is_the_standard_deviation_of_the_last_minutes_changes() -> None:
    kept = reference()
    prices = [84_000.0 + (second * second) % 17 for second in range(90)]
    sigmas = []
    for second, usd in enumerate(prices):
        kept.stamped("cme-cf", at(second), usd, [])
        if second != 70:
            kept.official(official(second, usd))
        sigmas += [second.sigma_bps for second in compared(kept.due(at(second)))]
    changes = [(after / before - 1) * 1e4 for before, after in pairwise(prices)]
    assert sigmas[:10] == [0.0] * 10
    assert sigmas[10] == pytest.approx(statistics.stdev(changes[:10]))
    assert sigmas[69] == pytest.approx(statistics.stdev(changes[9:69]))
    assert sigmas[-1] == pytest.approx(statistics.stdev(changes[29:69] + changes[71:89]))


def learn(kept: Reference, seconds: range, bps: float) -> None:
    for second in seconds:
        kept.stamped("cme-cf", at(second), 84_000.0, [])
        kept.official(official(second, 84_000.0 * (1 + bps / 1e4)))


def test_there_is_no_offset_before_thirty_seconds_are_known() -> None:
    kept = reference()
    learn(kept, range(29), 2.0)
    assert kept.offset_bps(at(29)) is None
    learn(kept, range(29, 30), 2.0)
    assert kept.offset_bps(at(29.3)) is None
    assert kept.offset_bps(at(29.3) + 1) == pytest.approx(2.0, abs=1e-6)


def test_the_offset_is_a_median_and_forgets_what_left_the_window() -> None:
    kept = reference(window_s=60)
    learn(kept, range(60), -1.0)
    learn(kept, range(60, 61), 500.0)
    assert kept.offset_bps(at(62)) == pytest.approx(-1.0, abs=1e-6)
    learn(kept, range(61, 200), 3.0)
    assert kept.offset_bps(at(200)) == pytest.approx(3.0, abs=1e-6)
    assert kept.offset_bps(at(229)) == pytest.approx(3.0, abs=1e-6)
    assert kept.offset_bps(at(231)) is None


def test_a_withheld_value_teaches_nothing() -> None:
    kept = reference()
    for second in range(50):
        kept.stamped("cme-cf", at(second), 0.0, [])
        kept.official(official(second, 84_000.0))
    assert kept.offset_bps(at(60)) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 80), st.integers(-2000, 40_000), st.integers(-5, 5)),
        min_size=30,
        max_size=90,
    ),
    st.integers(20_000, 120_000),
)
def test_the_offset_rests_on_nothing_that_was_received_later(
    values: list[tuple[int, int, int]], now_ms: int
) -> None:
    now_ns = at(now_ms / 1000)
    told, blind = reference(50), reference(50)
    for second in range(81):
        for kept in (told, blind):
            kept.stamped("cme-cf", at(second), 100.0, [])
    known: dict[int, float] = {}
    seen = set()
    for second, late_ms, bps in values:
        value = official(second, 100.0 * (1 + bps / 1e4), at(second) + late_ms * MS)
        told.official(value)
        before = max(value.recv_ns, value.source_ns) < now_ns
        if second not in seen and before:
            blind.official(value)
            known[second] = (value.value_e6 / 1e6 / 100.0 - 1) * 1e4
        seen.add(second)
    told.offset_bps(now_ns - S)
    assert told.offset_bps(now_ns) == blind.offset_bps(now_ns)
    within = [bps for second, bps in known.items() if BASE + second > now_ns // S - 50]
    assert told.offset_bps(now_ns) == (statistics.median(within) if len(within) >= 30 else None)


def test_a_fast_market_clock_has_its_own_seconds() -> None:
    seconds = MarketSeconds(60.0)
    kept = Reference(60.0, 600.0)
    first = seconds.begun(at(0))
    for second in range(first, first + 120):
        begin_ns = seconds.begin_ns(second)
        kept.stamped("cme-cf", begin_ns, 100.0, [])
        stamp_ns = round(begin_ns / MS) * MS
        kept.official(OfficialIndexPublished("BRTI", 1, stamp_ns + MS, stamp_ns, 1, 100_010_000, -1, -1, 0))
    said = compared(kept.due(at(2)))
    assert [second.stamp_ns for second in said] == [seconds.begin_ns(first + n) for n in range(120)]
    assert kept.offset_bps(at(2.1)) == pytest.approx(1.0)


def test_it_remembers_a_bounded_stretch() -> None:
    kept = reference()
    kept.stamped("cme-cf", at(-1), 100.0, [])
    for second in range(2 * KEPT_S):
        kept.official(official(second, 100.0))
    kept.stamped("cme-cf", at(3 * KEPT_S), 100.0, [])
    assert len(kept.due(at(0))) == KEPT_S
    learn(kept, range(4 * KEPT_S, 7 * KEPT_S), 1.0)
    assert len(kept.due(at(0))) == KEPT_S
    assert math.isclose(kept.offset_bps(at(7 * KEPT_S)) or 0.0, 1.0, abs_tol=1e-6)
