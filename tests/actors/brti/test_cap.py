import math
import random
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.cap import SizeCap, SizeSample, sum_of_squares
from actors.brti.ladder import Integers
from tests.actors.brti.vectors import E8, e8, example


def plain_cap(sizes: list[int]) -> float:
    """The formula as it is written, with numbers and no tricks."""
    ordered = sorted(sizes)
    count = len(ordered)
    cut = math.floor(0.01 * count)
    kept = ordered[cut : count - cut]
    drawn_in = [kept[0]] * cut + kept + [kept[-1]] * cut
    return statistics.fmean(kept) + 5 * statistics.stdev(drawn_in)


def cap_of(sizes: list[int]) -> SizeCap:
    """The cap of a sample that was made at once."""
    sample = SizeSample()
    sample.extend(sizes)
    return sample.cap(lambda: np.array(sizes, np.int64))


def test_the_worked_example_comes_out_to_the_printed_digits() -> None:
    given_example = example()
    sizes = [
        e8(s) for book in given_example["inputs"].values() for side in ("bids", "asks") for _, s in book[side]
    ]
    cap, printed = cap_of(sizes), given_example["size_cap"]
    assert (cap.orders, cap.cut) == (printed["n"], printed["k"])
    assert cap.trimmed_mean / E8 == pytest.approx(printed["trimmed_mean"], rel=1e-14)
    assert cap.winsorised_mean / E8 == pytest.approx(printed["winsorised_mean"], rel=1e-14)
    assert cap.winsorised_deviation / E8 == pytest.approx(printed["winsorised_sd"], rel=1e-14)
    assert cap.cap / E8 == pytest.approx(printed["cap"], rel=1e-14)


def test_the_vector_with_an_outlier_comes_out_to_the_printed_digits() -> None:
    printed = example()["cap_vector"]
    sizes = [e8(0.1 * (i + 1)) for i in range(50)] * 2
    sizes[10] = e8(250)
    cap = cap_of(sizes)
    assert (cap.orders, cap.cut) == (printed["n"], printed["k"])
    assert cap.trimmed_mean / E8 == pytest.approx(printed["trimmed_mean"], rel=1e-14)
    assert cap.winsorised_deviation / E8 == pytest.approx(printed["winsorised_sd"], rel=1e-14)
    assert cap.cap / E8 == pytest.approx(printed["cap"], rel=1e-14)


@pytest.mark.parametrize("sizes", [[], [5 * E8]])
def test_less_than_two_orders_are_not_capped(sizes: list[int]) -> None:
    assert cap_of(sizes).cap == math.inf


def test_below_27_orders_no_order_can_be_above_the_cap() -> None:
    for count in range(2, 27):
        sizes = [1] * (count - 1) + [10**9]
        assert cap_of(sizes).cap >= 10**9
    assert cap_of([1] * 27 + [10**9]).cap < 10**9


@given(st.lists(st.integers(1, 10**12), min_size=2, max_size=400))
def test_the_cap_is_what_the_formula_says(sizes: list[int]) -> None:
    assert cap_of(sizes).cap == pytest.approx(plain_cap(sizes), rel=1e-9)


@given(
    st.lists(st.integers(1, 10**12), max_size=150), st.lists(st.integers(1, 10**12), max_size=150), st.data()
)
def test_a_sample_that_grew_and_shrank_equals_one_made_at_once(
    stay: list[int], go: list[int], data: st.DataObject
) -> None:
    sample = SizeSample()
    sample.extend(stay[::2])
    for size in data.draw(st.permutations(go)):
        sample.add(size)
    sample.extend(stay[1::2])
    for size in go:
        sample.remove(size)
    assert len(sample) == len(stay)
    assert sample.cap(lambda: np.array(stay, np.int64)) == cap_of(stay)
    sample.clear()
    assert sample.cap(lambda: np.empty(0, np.int64)) == cap_of([])


@given(st.lists(st.integers(1, 2**60)))
def test_squares_are_summed_up_exactly(sizes: list[int]) -> None:
    assert sum_of_squares(np.array(sizes, np.int64)) == sum(size * size for size in sizes)


def test_a_sample_that_was_changed_ten_thousand_times_equals_one_made_at_once() -> None:
    dice = random.Random(5)

    def draw() -> int:
        return dice.choice((E8, 2 * E8, 1 + int(dice.lognormvariate(-2, 1.5) * E8)))

    held = [draw() for _ in range(700)]
    sample = SizeSample()
    sample.extend(held)
    asked = 0

    def whole() -> Integers:
        nonlocal asked
        asked += 1
        return np.array(held, np.int64)

    for step in range(10_000):
        growing = len(held) < 400 or (step // 2500 % 2 == 0 and len(held) < 2000)
        if growing or dice.random() < 0.4:
            held.append(draw())
            sample.add(held[-1])
        else:
            place = dice.randrange(len(held))
            held[place], held[-1] = held[-1], held[place]
            sample.remove(held.pop())
        if step % 7 == 0:
            assert sample.cap(whole) == cap_of(held)
    assert len(sample) == len(held)
    assert 1 < asked < 20
