import msgspec
from hypothesis import given
from hypothesis import strategies as st

from actors.logger.histogram import STEP, Histogram

VALUES = st.lists(st.floats(0.001, 100_000), min_size=1, max_size=200)


@given(VALUES, st.sampled_from([0.01, 0.5, 0.9, 0.99, 1.0]))
def test_a_quantile_is_right_to_three_percent(values: list[float], share: float) -> None:
    histogram = Histogram({}, 0, -1.0)
    for value in values:
        histogram.add(value)
    exact = next(v for n, v in enumerate(sorted(values), 1) if n >= share * len(values))
    assert exact * (1 - 1e-9) <= histogram.quantile(share) <= exact * STEP * (1 + 1e-9)
    assert histogram.greatest_ms == max(values)


def test_of_nothing_there_is_no_quantile() -> None:
    assert Histogram().quantile(0.5) == -1.0


@given(VALUES)
def test_saved_and_loaded_it_counts_on_as_if_nothing_had_been(values: list[float]) -> None:
    through, kept = Histogram({}, 0, -1.0), Histogram({}, 0, -1.0)
    for value in values:
        through.add(value)
        through = msgspec.json.decode(msgspec.json.encode(through), type=Histogram)
        kept.add(value)
    assert through == kept


def test_what_is_shorter_than_a_microsecond_is_counted_too() -> None:
    histogram = Histogram({}, 0, -1.0)
    histogram.add(0.0)
    histogram.add(-0.5)
    assert histogram.count == 2
    assert histogram.quantile(1.0) <= 0.0
