import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.accuracy.direction import Agreement, agreements, wilson
from actors.brti.accuracy.seconds import columns
from actors.market_seconds import MarketSeconds
from tests.actors.brti.accuracy.days import comparison


def judge(
    official: Sequence[float | None], ours: Sequence[float | None], first: int = 0
) -> dict[int, Agreement]:
    rows = [
        comparison(first + n, usd, {"a": own} if own is not None else {})
        for n, (usd, own) in enumerate(zip(official, ours, strict=True))
        if usd is not None
    ]
    return {found.horizon_s: found for found in agreements(columns(rows, MarketSeconds(1.0)))}


def test_the_same_way_agrees_and_the_other_does_not() -> None:
    found = judge([100, 101, 102, 101], [50, 51, 50, 49])[1]
    assert (found.count, found.agreed) == (3, 2)
    assert found.share == pytest.approx(2 / 3)


def test_where_the_official_index_stood_still_nothing_is_counted_but_told() -> None:
    found = judge([100, 100, 100, 101], [50, 51, 50, 51])[1]
    assert (found.count, found.agreed, found.unchanged) == (1, 1, 2)


def test_a_method_that_stood_still_while_the_official_index_moved_was_wrong() -> None:
    found = judge([100, 101, 100, 99], [50, 50, 50, 49])[1]
    assert (found.count, found.agreed, found.ours_unchanged) == (3, 1, 2)


def test_steps_that_lack_an_end_are_told_by_whose_end_it_is() -> None:
    found = judge([100, 101, None, 102, 103, 104], [50, 51, 52, 53, None, 54])[1]
    assert (found.count, found.official_missing, found.missing) == (1, 2, 2)


def test_steps_do_not_overlap_and_lie_on_whole_multiples() -> None:
    path = [100.0 + n for n in range(21)]
    found = judge(path, path, first=3)
    assert (found[5].count, found[5].agreed) == (3, 3)
    assert found[60].count == found[900].count == 0
    assert found[60].share is None


def test_a_whole_window_is_judged_by_its_two_ends() -> None:
    path = [100.0 + math.sin(n) for n in range(1801)]
    ours = [-usd + 200 for usd in path]
    ours[900], ours[1800] = ours[0] + (path[900] - path[0]), 0.0
    found = judge(path, ours)[900]
    assert (found.count, found.agreed) == (2, 1 + (path[1800] < path[900]))


def test_of_one_second_there_is_no_direction() -> None:
    assert {found.count for found in judge([100], [100]).values()} == {0}
    assert judge([], []) == {}


def test_wilsons_interval_is_the_published_one() -> None:
    assert wilson(0, 0) == (None, None, None)
    assert wilson(81, 263) == pytest.approx((0.30798, 0.25528, 0.36621), abs=1e-5)  # Newcombe 1998
    assert wilson(0, 20) == pytest.approx((0.0, 0.0, 0.16113), abs=1e-5)
    assert wilson(1, 29) == pytest.approx((0.03448, 0.00611, 0.17177), abs=1e-4)


@given(st.integers(1, 10**6).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_interval_holds_the_share_and_stays_a_probability(of: tuple[int, int]) -> None:
    share, low, high = wilson(*of)
    assert share is not None
    assert low is not None
    assert high is not None
    assert 0.0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1.0


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from([None, 1, 2, 3, 4])), min_size=2, max_size=150))
def test_every_step_is_counted_exactly_once(rows: list[tuple[int, int | None]]) -> None:
    for horizon_s, found in judge([row[0] for row in rows], [row[1] for row in rows]).items():
        steps = found.count + found.unchanged + found.missing + found.official_missing
        assert steps == max(0, (len(rows) - 1) // horizon_s)
        assert found.agreed + found.ours_unchanged <= found.count
