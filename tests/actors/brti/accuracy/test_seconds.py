import math

import numpy as np

from actors.brti.accuracy.seconds import (
    Coverage,
    columns,
    coverage,
    numbered,
    official_columns,
    series_columns,
)
from actors.market_seconds import MarketSeconds
from messages import IndexCompared, OfficialIndexPublished
from tests.actors.brti.accuracy.days import BASE, MS, S, comparison, official

SECONDS = MarketSeconds(1.0)


def covered(compared: list[IndexCompared], received: list[OfficialIndexPublished]) -> Coverage:
    return coverage(columns(compared, SECONDS).second, official_columns(received), SECONDS)


def test_comparisons_come_into_order_and_a_missing_value_is_no_number() -> None:
    of = columns(
        [
            comparison(2, 100.0, {"b": 101.0, "a": 100.0}, 0.5, ["kraken", "gemini"]),
            comparison(0, 200.0, {"b": 200.0}),
            comparison(1, 100.0, {}),
            comparison(3, 100.0, {}, left_out=["lmax"]),
        ],
        SECONDS,
    )
    assert of.second.tolist() == [BASE, BASE + 1, BASE + 2, BASE + 3]
    assert of.official_usd.tolist() == [200.0, 100.0, 100.0, 100.0]
    assert list(of.value_usd) == ["a", "b"]
    assert [math.isnan(usd) for usd in of.value_usd["a"]] == [True, True, False, True]
    assert of.error_bps["b"][2] == (101.0 / 100.0 - 1) * 1e4
    assert of.left_out == ["none", "not computed", "gemini, kraken", "lmax"]


def test_a_second_compared_by_two_runs_counts_once_with_what_is_known_of_it() -> None:
    of = columns(
        [
            comparison(0, 100.0, {}),
            comparison(0, 100.0, {"a": 101.0}),
            comparison(0, 100.0, {"a": 102.0}),
        ],
        SECONDS,
    )
    assert of.value_usd["a"].tolist() == [101.0]


def test_what_is_missing_on_either_side_is_counted() -> None:
    found = covered(
        [comparison(second, 100.0, {"a": 100.0}) for second in (0, 1, 5)],
        [official(second, 100.0) for second in (0, 1, 2, 5, 9)],
    )
    assert (found.first_ns, found.last_ns) == (BASE * S, (BASE + 9) * S)
    assert (found.seconds, found.official, found.compared) == (10, 5, 3)
    assert (found.absent, found.not_compared) == (5, 2)


def test_repeated_contradicted_and_disordered_values_are_counted() -> None:
    unstamped = OfficialIndexPublished("BRTI", 1, 1, 0, 1, 1, -1, -1, 0)
    found = covered(
        [],
        [
            official(0, 100.0),
            official(0, 100.0, hz=5),
            official(0.2, 90.0, hz=5),
            official(2, 100.0),
            official(1, 100.0),
            official(2, 101.0),
            official(2, 102.0),
            unstamped,
        ],
    )
    assert (found.official, found.repeated, found.contradicted) == (3, 2, 2)
    assert (found.out_of_order, found.unstamped) == (1, 1)


def test_of_nothing_there_is_nothing() -> None:
    assert covered([], []) == Coverage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert covered([], [official(0.2, 100.0, hz=5)]).seconds == 0


def test_stamps_are_numbered_by_any_clock_and_zero_is_no_stamp() -> None:
    stamps = np.array(
        [0, BASE * S, BASE * S + 200 * MS, BASE * S + 301 * MS, BASE * S + 499 * MS], dtype=np.int64
    )
    fifths = MarketSeconds(5.0)
    number, on = numbered(stamps, fifths, MS)
    assert on.tolist() == [False, True, True, False, False]
    assert number[1:].tolist() == [5 * BASE, 5 * BASE + 1, 5 * BASE + 2, 5 * BASE + 2]
    number, on = numbered(stamps[:0], fifths, MS)
    assert (len(number), len(on)) == (0, 0)


def test_the_seconds_of_a_fast_clock_are_found_exactly() -> None:
    fast = MarketSeconds(60.0)
    first = fast.begun(BASE * S)
    stamps = np.array([fast.begin_ns(first + n) for n in range(5000)], dtype=np.int64)
    number, on = numbered(stamps, fast, 1)
    assert on.all()
    assert number.tolist() == list(range(first, first + 5000))
    assert not numbered(stamps + 1000, fast, 1)[1].any()


def test_a_series_becomes_columns() -> None:
    of = series_columns([(5, 1.5), (6, 0.0)])
    assert (of.stamps_ns.tolist(), of.usd.tolist()) == ([5, 6], [1.5, 0.0])
