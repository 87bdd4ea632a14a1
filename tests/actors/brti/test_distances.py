"""The trailing median: whatever the order of seconds and moments, that of a plain count over all."""

import statistics

from hypothesis import given
from hypothesis import strategies as st

from actors.brti.distances import Distances

MOST = 12
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 40), st.integers(0, 400), st.integers(-3, 3)),
        st.tuples(st.just("ask"), st.integers(0, 400), st.integers(-5, 40), st.just(0)),
        st.tuples(st.just("on"), st.integers(0, 30), st.integers(0, 3), st.just(0)),
    ),
    max_size=60,
)


class Plain:
    """The same by looking at everything each time."""

    def __init__(self) -> None:
        self.all: dict[int, tuple[int, float]] = {}

    def put(self, second: int, known_ns: int, bps: float) -> None:
        self.all[second] = known_ns, bps
        if len(self.all) > MOST:
            del self.all[next(iter(self.all))]

    def median(self, at_ns: int, oldest: int) -> float | None:
        known = [bps for s, (known_ns, bps) in self.all.items() if known_ns < at_ns and s > oldest]
        return statistics.median(known) if len(known) >= 2 else None

    def next_ns(self, at_ns: int) -> int | None:
        return min((known_ns + 1 for known_ns, _ in self.all.values() if known_ns >= at_ns), default=None)


@given(STEPS)
def test_it_is_that_of_a_plain_count_at_any_moment(steps: list[tuple[str, int, int, int]]) -> None:
    quick, plain = Distances(MOST), Plain()
    at_ns, oldest = 0, -5
    for step, first, second, bps in steps:
        if step == "put":
            if first in quick:
                continue
            quick.put(first, second, bps / 3)
            plain.put(first, second, bps / 3)
            continue
        at_ns, oldest = (first, second) if step == "ask" else (at_ns + first, oldest + second)
        assert quick.median(at_ns, oldest, 2) == plain.median(at_ns, oldest)
        assert quick.next_ns() == plain.next_ns(at_ns)


def test_a_second_is_known_until_it_is_forgotten() -> None:
    kept = Distances(2)
    for second in (5, 3, 9):
        kept.put(second, second, 1.0)
    assert [second in kept for second in (5, 3, 9)] == [False, True, True]
    assert kept.median(100, 0, 2) == 1.0
    assert kept.median(100, 3, 2) is None
