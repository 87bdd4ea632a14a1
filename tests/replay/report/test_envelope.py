"""Series in a bounded number of points."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.report.envelope import LEAST_WIDTH_NS, Envelope, Points

S = 10**9


def drawn(values: list[float], most: int, step_ns: int = S, holds: bool = False) -> Points:
    envelope = Envelope(most, holds)
    for number, value in enumerate(values):
        envelope.add(number * step_ns, value)
    return envelope.points()


def test_a_short_series_is_kept_as_it_is() -> None:
    points = drawn([1.0, 3.0, 2.0], 10)
    assert (points.at_ns.tolist(), points.value.tolist()) == ([0, S, 2 * S], [1.0, 3.0, 2.0])
    assert (points.taken, points.width_ns) == (3, 0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), min_size=41, max_size=400), st.integers(1, 3 * S))
def test_no_extreme_of_any_stretch_is_lost(values: list[float], step_ns: int) -> None:
    points = drawn(values, 20, step_ns)
    at_ns, value = np.arange(len(values)) * step_ns, np.array(values)
    assert len(points.value) <= 20
    width_ns = points.width_ns
    assert width_ns >= LEAST_WIDTH_NS
    assert width_ns // LEAST_WIDTH_NS & (width_ns // LEAST_WIDTH_NS - 1) == 0
    for stretch in np.unique(at_ns // width_ns):
        whole = value[at_ns // width_ns == stretch]
        kept = points.value[points.at_ns // width_ns == stretch]
        assert np.isnan(whole).any() == np.isnan(kept).any()
        whole, kept = whole[~np.isnan(whole)], kept[~np.isnan(kept)]
        assert len(whole) == 0 or (
            (whole[0], whole[-1], whole.min(), whole.max()) == (kept[0], kept[-1], kept.min(), kept.max())
        )


def test_a_single_spike_in_a_million_is_drawn_at_its_own_time() -> None:
    values = [0.0] * 100_000
    values[71_234] = 9.0
    points = drawn(values, 500, S // 100)
    assert points.at_ns[int(np.argmax(points.value))] == 71_234 * (S // 100)
    assert points.taken == 100_000


def test_a_value_that_holds_is_kept_once_and_drawn_to_its_last_moment() -> None:
    points = drawn([1.0, 1.0, 1.0, 2.0, 2.0], 10, holds=True)
    assert (points.at_ns.tolist(), points.value.tolist()) == ([0, 3 * S, 4 * S], [1.0, 2.0, 2.0])


def test_a_stop_breaks_the_line_and_is_no_value() -> None:
    envelope = Envelope(10)
    envelope.stop(0)
    envelope.add(S, 1.0)
    envelope.stop(2 * S)
    envelope.stop(3 * S)
    points = envelope.points()
    assert (points.at_ns.tolist(), points.taken) == ([S, 2 * S], 1)
    assert math.isnan(points.value[1])


def test_notes_stay_with_their_values() -> None:
    envelope = Envelope(8)
    for number in range(100):
        envelope.add(number * S, float(number % 7), f"note {number}")
    points = envelope.points()
    assert points.notes == [f"note {at_ns // S}" for at_ns in points.at_ns.tolist()]


def test_values_that_come_out_of_order_are_drawn_in_the_order_of_time() -> None:
    envelope = Envelope(10)
    for at_s in (3, 1, 2):
        envelope.add(at_s * S, float(at_s), f"at {at_s}")
    points = envelope.points()
    assert (points.value.tolist(), points.notes) == ([1.0, 2.0, 3.0], ["at 1", "at 2", "at 3"])
