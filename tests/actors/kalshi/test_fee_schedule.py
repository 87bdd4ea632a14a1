from typing import Any

import pytest

from actors.kalshi.fee_schedule import CACHE_NS, Fee, FeeSchedule

S = 1_000_000_000
NOW = 1_786_942_000 * S
SERIES, EVENT = "KXBTC15M", "KXBTC15M-26AUG170100"
USUAL = {"series": {"ticker": SERIES, "fee_type": "quadratic", "fee_multiplier": 1}}


def schedule() -> FeeSchedule:
    made = FeeSchedule()
    made.take_series(SERIES, USUAL, NOW)
    return made


def change(**more: Any) -> dict[str, Any]:
    """A change of a series, in the documented shape, an hour from NOW."""
    row = {"id": "1", "series_ticker": SERIES, "fee_type": "quadratic_with_maker_fees", "fee_multiplier": 2,
           "scheduled_ts": "2026-08-17T05:46:40Z"}  # fmt: skip
    return {"series_fee_change_arr": [row | more]}


def test_nothing_is_known_before_anything_was_read() -> None:
    assert FeeSchedule().fee(SERIES, EVENT, NOW) == Fee("", "", "")


def test_the_series_own_fee_holds_for_its_events() -> None:
    assert schedule().fee(SERIES, EVENT, NOW) == Fee("quadratic", "1", "series")


def test_an_announced_change_holds_from_its_time_on() -> None:
    made = schedule()
    made.take_series_changes(SERIES, change(), NOW)
    at_ns = made.next_ns(NOW)
    assert at_ns == NOW + 3600 * S
    assert made.fee(SERIES, EVENT, at_ns - 1).multiplier == "1"
    assert made.fee(SERIES, EVENT, at_ns) == Fee("quadratic_with_maker_fees", "2", "series")
    assert made.next_ns(at_ns) is None


def test_a_change_that_is_called_off_is_forgotten_and_one_that_has_begun_is_not() -> None:
    made = schedule()
    made.take_series_changes(SERIES, change(), NOW)
    begun_ns = NOW + 3600 * S
    made.take_series_changes(SERIES, {"series_fee_change_arr": []}, begun_ns)
    assert made.fee(SERIES, EVENT, begun_ns).multiplier == "2"
    made = schedule()
    made.take_series_changes(SERIES, change(), NOW)
    made.take_series_changes(SERIES, {"series_fee_change_arr": []}, NOW + S)
    assert made.fee(SERIES, EVENT, begun_ns).multiplier == "1"


def test_a_series_from_a_cache_does_not_undo_a_change_that_has_just_begun() -> None:
    made = schedule()
    made.take_series_changes(SERIES, change(), NOW)
    begun_ns = NOW + 3600 * S
    made.take_series(SERIES, USUAL, begun_ns + CACHE_NS - S)
    assert made.fee(SERIES, EVENT, begun_ns + CACHE_NS).multiplier == "2"
    made.take_series(SERIES, USUAL, begun_ns + CACHE_NS + S)
    assert made.fee(SERIES, EVENT, begun_ns + CACHE_NS + S).multiplier == "1"


def test_a_change_of_another_series_or_event_is_none_of_ours() -> None:
    made = schedule()
    made.take_series_changes(SERIES, change(series_ticker="KXINX"), NOW)
    row = {"event_ticker": "KXINX-1", "fee_type_override": "flat", "scheduled_ts": "2026-08-17T04:00:00Z"}
    made.take_event_changes(EVENT, {"event_fee_changes": [row]}, NOW)
    assert made.next_ns(NOW) is None
    assert made.fee(SERIES, EVENT, NOW).source == "series"


def test_an_override_leaves_what_it_does_not_name_to_the_series() -> None:
    made = schedule()
    update = {"event_ticker": EVENT, "fee_type_override": None, "fee_multiplier_override": 0.5}
    assert made.take_update(update, NOW) == EVENT
    assert made.fee(SERIES, EVENT, NOW) == Fee("quadratic", "0.5", "event")
    made.take_update(update | {"fee_multiplier_override": None}, NOW + S)
    assert made.fee(SERIES, EVENT, NOW + S) == Fee("quadratic", "1", "series")


def test_overrides_are_found_by_rest_too_where_no_stream_tells_them() -> None:
    made = schedule()
    row = {"id": "1", "event_ticker": EVENT, "series_ticker": SERIES, "fee_type_override": "quadratic",
           "fee_multiplier_override": 0, "scheduled_ts": "2026-08-17T04:00:00Z"}  # fmt: skip
    made.take_event_changes(EVENT, {"event_fee_changes": [row], "cursor": ""}, NOW)
    assert made.fee(SERIES, EVENT, NOW) == Fee("quadratic", "0", "event")
    made.forget(EVENT)
    assert made.fee(SERIES, EVENT, NOW).source == "series"


@pytest.mark.parametrize("rows", [[5], [{"series_ticker": SERIES}], 5])
def test_what_cannot_be_read_is_refused(rows: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        schedule().take_series_changes(SERIES, {"series_fee_change_arr": rows}, NOW)
