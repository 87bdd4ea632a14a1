from hypothesis import given
from hypothesis import strategies as st

from actors.market_seconds import SECOND_NS, MarketSeconds

SPEEDS = st.sampled_from([1.0, 2.0, 3.0, 7.0, 12.5, 30.0, 60.0, 900.0])
TIMES = st.integers(min_value=1_700_000_000 * SECOND_NS, max_value=1_900_000_000 * SECOND_NS)


@given(TIMES, SPEEDS)
def test_every_instant_lies_in_the_second_that_has_begun(at_ns: int, speed: float) -> None:
    seconds = MarketSeconds(speed)
    second = seconds.begun(at_ns)
    assert seconds.begin_ns(second) <= at_ns < seconds.begin_ns(second + 1)
    assert seconds.begun(seconds.begin_ns(second)) == second


@given(TIMES)
def test_at_real_speed_they_are_the_seconds_since_the_epoch(at_ns: int) -> None:
    seconds = MarketSeconds(1.0)
    assert seconds.begun(at_ns) == at_ns // SECOND_NS
    assert seconds.begin_ns(at_ns // SECOND_NS) == at_ns // SECOND_NS * SECOND_NS


@given(st.integers(10**9, 10**11), SPEEDS, st.integers(-400, 400))
def test_a_stamp_that_somebody_rounded_still_names_its_second(second: int, speed: float, off_us: int) -> None:
    seconds = MarketSeconds(speed)
    assert seconds.nearest(seconds.begin_ns(second) + off_us * 1000) == second


def test_a_stretch_of_time_is_as_many_market_seconds_as_the_speed_says() -> None:
    assert MarketSeconds(60.0).market_s(SECOND_NS) == 60.0


def test_the_stamp_of_an_official_value_belongs_to_a_second_to_the_millisecond() -> None:
    seconds, begin_ns = MarketSeconds(1.0), 1_700_000_100 * SECOND_NS
    assert seconds.of_print(begin_ns + 1_000_000) == 1_700_000_100
    assert seconds.of_print(begin_ns - 1_000_000) == 1_700_000_100
    assert seconds.of_print(begin_ns + 1_000_001) is None
    assert seconds.of_print(0) is None
