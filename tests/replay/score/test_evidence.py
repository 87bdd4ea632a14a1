import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.score.evidence import SHARES, evidence, one_at_a_time


def weigh(gain: list[float], risk: float) -> float:
    at_ns = np.arange(len(gain), dtype=np.int64)
    return evidence(at_ns, at_ns + 1, np.array(gain), np.full(len(gain), risk), at_ns).log


def test_bets_that_overlap_are_not_made() -> None:
    at_ns = np.array([0, 5, 10, 12, 30], dtype=np.int64)
    assert one_at_a_time(at_ns, at_ns + 10).tolist() == [0, 2, 4]


def test_bets_are_taken_by_time_whatever_their_order() -> None:
    at_ns = np.array([30, 0, 12, 10], dtype=np.int64)
    assert one_at_a_time(at_ns, at_ns + 10).tolist() == [1, 3, 0]


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 100)), max_size=30))
def test_no_two_bets_are_open_at_once(spans: list[tuple[int, int]]) -> None:
    at_ns = np.array([at for at, _ in spans], dtype=np.int64)
    until_ns = at_ns + np.array([lasts for _, lasts in spans], dtype=np.int64)
    chosen = one_at_a_time(at_ns, until_ns)
    assert all(until_ns[a] <= at_ns[b] for a, b in pairwise(chosen.tolist()))
    assert bool(len(chosen)) == bool(spans)


def test_one_bet_brings_what_its_shares_bring() -> None:
    assert weigh([0.25], 0.5) == pytest.approx(math.log(sum(1 + s * 0.5 for s in SHARES) / len(SHARES)))
    assert weigh([], 0.5) == 0.0
    assert weigh([math.nan], 0.5) == 0.0


def test_the_last_cents_of_what_is_almost_certain_prove_nothing() -> None:
    assert weigh([0.05] * 19, 0.95) < math.log(3)
    assert weigh([0.05] * 19 + [-0.95], 0.95) < 0.0


def test_a_certain_gain_becomes_evidence_in_the_end() -> None:
    assert weigh([0.05] * 200, 0.95) > math.log(40)


@pytest.mark.parametrize("price", [0.05, 0.5, 0.95])
def test_a_fair_price_seldom_looks_unfair(price: float) -> None:
    rng = np.random.default_rng(4)
    found = sum(
        weigh((rng.random(60) < price).astype(float).__sub__(price).tolist(), price) > math.log(20)
        for _ in range(1000)
    )
    assert found <= 50


def test_a_loss_beyond_the_stake_counts_as_all_of_it() -> None:
    assert weigh([-0.6], 0.5) == weigh([-0.5], 0.5)
