import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.ewma import LEAST_WEIGHT, Ewma
from tests.actors.signal.vectors import vectors


def test_the_reference_path_comes_out_step_by_step() -> None:
    given_ = vectors("volatility")
    ewma = Ewma(given_["half_life_s"], 0.0, 0.0)
    times, prices = given_["ts"], given_["px"]
    path = []
    for number in range(1, len(times)):
        step_s = times[number] - times[number - 1]
        ewma.take(math.log(prices[number] / prices[number - 1]) ** 2 / step_s, step_s)
        path.append([times[number], math.sqrt(ewma.mean)])
    assert [at_s for at_s, _ in path] == [at_s for at_s, _ in given_["ewma_path"]]
    assert [sigma for _, sigma in path] == pytest.approx([s for _, s in given_["ewma_path"]], rel=1e-13)
    assert math.sqrt(ewma.mean) == pytest.approx(given_["ewma_sigma_per_sqrt_s"], rel=1e-13)


def test_after_one_half_life_the_prior_weighs_half_as_much() -> None:
    ewma = Ewma(100.0, 8.0, 1e6)
    assert ewma.mean == 8.0
    ewma.take(0.0, 100.0)
    assert ewma.mean == pytest.approx(4.0)


def test_without_a_prior_the_first_value_counts_alone() -> None:
    ewma = Ewma(100.0, 8.0, 0.0)
    assert ewma.mean == 8.0
    ewma.take(3.0, 1.0)
    assert ewma.mean == 3.0


@given(st.floats(1.0, 1e5), st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.1, 1e4)), max_size=30))
def test_the_mean_lies_between_the_least_and_the_greatest_of_what_it_saw(
    half_life_s: float, steps: list[tuple[float, float]]
) -> None:
    ewma = Ewma(half_life_s, 0.5, 60.0)
    for value, step_s in steps:
        ewma.take(value, step_s)
    seen = [0.5, *(value for value, _ in steps)]
    assert min(seen) * (1 - 1e-9) - 1e-12 <= ewma.mean <= max(seen) * (1 + 1e-9) + 1e-12


@given(st.floats(1.0, 1e12))
def test_a_silence_of_any_length_keeps_the_mean_and_takes_its_weight(silence_s: float) -> None:
    ewma = Ewma(600.0, 4.0, 1e5)
    before = ewma.weight
    ewma.fade(silence_s)
    assert ewma.mean == pytest.approx(4.0)
    assert LEAST_WEIGHT <= ewma.weight <= before
    ewma.take(1.0, 600.0)
    assert ewma.mean == pytest.approx((ewma.sum) / ewma.weight)
    assert 1.0 <= ewma.mean <= 4.0
