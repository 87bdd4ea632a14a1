import math
import random

import pytest

from simulator.kalshi.gap import IndexGap


def test_the_usual_distance_and_how_long_an_unusual_one_lasts_are_learnt() -> None:
    gap, rng, off = IndexGap(0.01), random.Random(1), 0.0
    keep = math.exp(-0.01 / 0.8)
    for _ in range(20_000):
        off = off * keep + rng.gauss(0.0, 2.0) * math.sqrt(1 - keep * keep)
        gap.look(off - 6.0)
    assert gap.usual_usd == pytest.approx(-6.0, abs=1.0)
    assert gap.lasts_s() == pytest.approx(0.8, rel=0.4)


def test_a_distance_that_never_changes_is_the_usual_one() -> None:
    gap = IndexGap(0.01)
    for _ in range(500):
        gap.look(3.0)
    assert gap.usual_usd == gap.usd == 3.0
    assert gap.lasts_s() > 0.0
