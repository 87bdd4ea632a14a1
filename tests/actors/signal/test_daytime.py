from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.daytime import GAIN, HALF_HOUR_S, MOST_RATIO, SLOTS, Daytime, new_york_offset_s, slot_of

WEEK_S = 7 * 86_400


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


MONDAY = epoch("2026-11-23T05:00")  # 00:00 in New York


@pytest.mark.parametrize(
    ("utc", "hours"),
    [
        ("2026-03-08T06:59:59", -5), ("2026-03-08T07:00:00", -4), ("2026-11-01T05:59:59", -4),
        ("2026-11-01T06:00:00", -5), ("2027-03-14T07:00:00", -4), ("2027-11-07T06:00:00", -5),
        ("2026-07-04T12:00:00", -4), ("2026-01-01T00:00:00", -5),
    ],
)  # fmt: skip
def test_new_york_keeps_its_hours(utc: str, hours: int) -> None:
    assert new_york_offset_s(epoch(utc)) == hours * 3600


@given(st.integers(epoch("2008-01-01"), epoch("2037-01-01")))
def test_the_time_zone_files_of_this_machine_say_the_same(at_s: int) -> None:
    try:
        zone = ZoneInfo("America/New_York")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time zone files")
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    assert offset is not None
    assert new_york_offset_s(at_s) == offset.total_seconds()


def test_the_week_begins_on_monday_midnight_in_new_york() -> None:
    assert slot_of(MONDAY // HALF_HOUR_S) == 0
    assert slot_of(MONDAY // HALF_HOUR_S - 1) == SLOTS - 1
    opening = epoch("2026-11-23T14:30")  # 09:30 in New York, in winter
    assert slot_of(opening // HALF_HOUR_S) == slot_of(epoch("2026-07-20T13:30") // HALF_HOUR_S) == 19


@given(st.integers(0, 10**12))
def test_a_clock_that_runs_far_ahead_has_a_week_too(half_hour: int) -> None:
    assert 0 <= slot_of(half_hour) < SLOTS


def learn(
    daytime: Daytime, begin_s: int, rate: float, level: float = 1.0, seconds: int = HALF_HOUR_S
) -> None:
    for at_s in range(begin_s + 5, begin_s + seconds + 1, 5):
        daytime.take(at_s, 5 * rate, 5.0, level)


def test_every_factor_is_one_until_its_first_half_hour_is_over() -> None:
    daytime = Daytime()
    learn(daytime, MONDAY, 3.0)
    assert daytime.factors == []
    assert daytime.at(MONDAY) == daytime.mean(MONDAY, 900.0) == 1.0
    learn(daytime, MONDAY + HALF_HOUR_S, 1.0)
    assert daytime.at(MONDAY) == pytest.approx(1.0 + GAIN * 2.0)
    assert daytime.at(MONDAY + WEEK_S) == daytime.at(MONDAY)
    assert daytime.at(MONDAY + HALF_HOUR_S) == 1.0
    assert len(daytime.factors) == SLOTS


def test_week_after_week_it_comes_closer() -> None:
    daytime = Daytime()
    for week in range(15):  # all of them in winter
        learn(daytime, MONDAY + week * WEEK_S, 4.0)
        learn(daytime, MONDAY + week * WEEK_S + HALF_HOUR_S, 1.0)
    assert daytime.at(MONDAY) == pytest.approx(4.0 - 3.0 * (1 - GAIN) ** 15)
    assert daytime.at(MONDAY + HALF_HOUR_S) == pytest.approx(1.0)


@pytest.mark.parametrize(("seconds", "level"), [(1400, 1.0), (HALF_HOUR_S, 0.0)])
def test_half_a_half_hour_or_no_level_teaches_nothing(seconds: int, level: float) -> None:
    daytime = Daytime()
    learn(daytime, MONDAY, 3.0, level, seconds)
    learn(daytime, MONDAY + HALF_HOUR_S, 1.0, level, 10)
    assert daytime.factors == []


def test_one_mad_half_hour_is_bounded() -> None:
    daytime = Daytime()
    learn(daytime, MONDAY, 1e9)
    learn(daytime, MONDAY + HALF_HOUR_S, 1.0)
    assert daytime.at(MONDAY) == 1.0 + GAIN * (MOST_RATIO - 1.0)


def test_a_stretch_takes_its_part_of_each_half_hour() -> None:
    daytime = Daytime()
    daytime.restore([1.0, 3.0, 5.0] + [1.0] * (SLOTS - 3), (0.0, 0.0, 0.0))
    assert daytime.mean(MONDAY, 0.0) == daytime.mean(MONDAY, 1800.0) == 1.0
    assert daytime.mean(MONDAY + 900, 1800.0) == pytest.approx(2.0)
    assert daytime.mean(MONDAY, 5400.0) == pytest.approx(3.0)
    assert daytime.mean(MONDAY + 1800, 0.0) == 3.0


def test_what_was_learnt_and_what_is_half_learnt_can_be_carried_over() -> None:
    through, stopped, again = Daytime(), Daytime(), Daytime()
    for daytime in (through, stopped):
        learn(daytime, MONDAY, 3.0)
        learn(daytime, MONDAY + HALF_HOUR_S, 2.0, seconds=900)
    again.restore(stopped.factors, stopped.half_hour_so_far)
    for daytime in (through, again):
        learn(daytime, MONDAY + HALF_HOUR_S + 900, 2.0, seconds=900)
        learn(daytime, MONDAY + 2 * HALF_HOUR_S, 2.0)
    assert again.factors == through.factors
    assert again.at(MONDAY + HALF_HOUR_S) == pytest.approx(1.2)


def test_nothing_learnt_is_carried_over_as_nothing() -> None:
    again = Daytime()
    again.restore([], (5.0, 1.0, 2.0))
    assert again.factors == []
    assert again.half_hour_so_far == (5.0, 1.0, 2.0)
