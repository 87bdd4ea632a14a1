import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.accuracy.errors_table import (
    MOST_COMBINATIONS,
    by_left_out,
    by_minute,
    by_volatility,
    method_errors,
    overall,
    rank_95,
)
from actors.brti.accuracy.seconds import columns
from actors.market_seconds import MarketSeconds
from tests.actors.brti.accuracy.days import BASE, S, comparison

SECONDS = MarketSeconds(1.0)


@given(st.lists(st.one_of(st.just(math.nan), st.floats(-100, 100)), max_size=200))
def test_the_figures_are_what_their_names_say(errors: list[float]) -> None:
    found = method_errors("a", np.array(errors, dtype=np.float64))
    known = [error for error in errors if not math.isnan(error)]
    assert (found.count, found.missing) == (len(known), len(errors) - len(known))
    if not known:
        assert (found.median_bps, found.mean_bps, found.p95_abs_bps, found.max_abs_bps) == (None,) * 4
        return
    size = sorted(abs(error) for error in known)
    assert found.median_bps == pytest.approx(statistics.median(known))
    assert found.mean_bps == pytest.approx(statistics.mean(known), abs=1e-9)
    assert found.median_abs_bps == pytest.approx(statistics.median(size))
    assert found.max_abs_bps == size[-1]
    p95 = found.p95_abs_bps
    assert p95 in size
    assert sum(error <= p95 for error in size) >= 0.95 * len(size)
    assert sum(error < p95 for error in size) < 0.95 * len(size)


@pytest.mark.parametrize(("count", "rank"), [(1, 0), (19, 18), (20, 18), (21, 19), (100, 94), (101, 95)])
def test_the_rank_of_95_percent_is_the_nearest(count: int, rank: int) -> None:
    assert rank_95(count) == rank


def test_each_method_has_a_row_and_its_missing_seconds_are_told() -> None:
    rows = overall(
        columns(
            [comparison(n, 100.0, {"a": 100.01, **({"b": 99.99} if n % 2 else {})}) for n in range(6)],
            SECONDS,
        )
    )
    assert [(row.method, row.count, row.missing) for row in rows] == [("a", 6, 0), ("b", 3, 3)]
    assert rows[0].median_bps == pytest.approx(1.0)
    assert rows[1].median_bps == pytest.approx(-1.0)
    assert rows[1].median_abs_bps == pytest.approx(1.0)


def test_strata_of_volatility_are_fixed_and_what_is_not_known_stands_apart() -> None:
    sigmas = [0.0, 0.05, 0.1, 0.29, 0.3, 0.99, 1.0, 7.0]
    of = columns([comparison(n, 100.0, {"a": 100.0}, sigma) for n, sigma in enumerate(sigmas)], SECONDS)
    assert [(stratum.name, stratum.seconds) for stratum in by_volatility(of)] == [
        ("not known", 1),
        ("below 0.1 bps/s", 1),
        ("0.1 to 0.3 bps/s", 2),
        ("0.3 to 1 bps/s", 2),
        ("1 bps/s and above", 2),
    ]


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(0, 20), st.booleans()), max_size=60))
def test_strata_share_out_every_second_once(rows: list[tuple[float, int, bool]]) -> None:
    of = columns(
        [
            comparison(n, 100.0, {"a": 100.0} if known else {}, sigma, [f"v{out}"] if out else [])
            for n, (sigma, out, known) in enumerate(rows)
        ],
        SECONDS,
    )
    for strata in (by_volatility(of), by_left_out(of)):
        assert sum(stratum.seconds for stratum in strata) == len(rows)
        assert all(stratum.seconds > 0 for stratum in strata)
        assert sum(m.count for stratum in strata for m in stratum.methods) == sum(r[2] for r in rows)
    assert len(by_left_out(of)) <= MOST_COMBINATIONS + 1


def test_strata_of_venues_name_who_was_out_the_most_frequent_first() -> None:
    out = [[], [], [], ["gemini"], ["gemini"], ["kraken", "gemini"]]
    of = columns(
        [comparison(n, 100.0, {"a": 100.0 + len(left)}, left_out=left) for n, left in enumerate(out)], SECONDS
    )
    strata = by_left_out(of)
    assert [(stratum.name, stratum.seconds) for stratum in strata] == [
        ("none", 3), ("gemini", 2), ("gemini, kraken", 1),
    ]  # fmt: skip
    assert [round(stratum.methods[0].median_bps or 0.0) for stratum in strata] == [0, 100, 200]


def test_rare_combinations_of_venues_are_put_together() -> None:
    of = columns([comparison(n, 100.0, {"a": 100.0}, left_out=[f"v{n}"]) for n in range(20)], SECONDS)
    last = by_left_out(of)[-1]
    assert (last.name, last.seconds) == ("other combinations", 20 - MOST_COMBINATIONS)


def test_a_settlement_minute_is_the_sixty_seconds_before_a_quarter() -> None:
    of = columns([comparison(n, 100.0, {"a": 100.0 + 0.01 * (n >= 900)}) for n in range(800, 1740)], SECONDS)
    (one,) = by_minute(of, SECONDS)
    assert (one.close_ns, one.seconds) == ((BASE + 900) * S, 60)
    assert one.methods[0].max_abs_bps == 0.0
    of = columns([comparison(n, 100.0, {"a": 100.0}) for n in (*range(870, 930), 1799)], SECONDS)
    assert [(minute.close_ns, minute.seconds) for minute in by_minute(of, SECONDS)] == [
        ((BASE + 900) * S, 30), ((BASE + 1800) * S, 1),
    ]  # fmt: skip


def test_of_nothing_there_are_no_rows() -> None:
    of = columns([], SECONDS)
    assert (overall(of), by_volatility(of), by_left_out(of), by_minute(of, SECONDS)) == ([], [], [], [])
