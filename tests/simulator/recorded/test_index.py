"""Recorded index values on Kalshi's channels."""

import json
from typing import Any

from simulator.recorded.index import fast_value, slow_value
from simulator.recorded.playhead import Playhead
from tests.simulator.recorded.logs import T0_NS, S, index

NOW_NS = 1_795_000_000 * S


def played() -> Playhead:
    return Playhead(T0_NS, 1.0, 1.0, NOW_NS - 1)


def data(body: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(body["data"])
    return fields


def test_a_value_of_a_second_keeps_its_figures_and_is_stamped_with_a_whole_second_of_now() -> None:
    value = index(870, 6_000_001, window=(60_000_005_000, 30))
    body = json.loads(slow_value(value, played(), NOW_NS + 870 * S + 7))
    assert data(body) == {
        "type": "value",
        "time": (NOW_NS + 870 * S) // 10**6,
        "id": "BRTI",
        "value": "60000.01",
    }
    assert body["avg_60s_data"]["value"] == "60000.01000000"
    window = body["last_60s_windowed_average_15min"]
    assert (window["value"], window["window_size"]) == ("60000.00500000", 30)
    assert window["window_start_ts_ms"] == (NOW_NS + 840 * S) // 10**6


def test_outside_of_the_closing_minute_there_is_no_window() -> None:
    body = json.loads(slow_value(index(30, 6_000_001), played(), NOW_NS + 30 * S))
    assert "last_60s_windowed_average_15min" not in body


def test_a_value_of_the_fast_channel_keeps_its_place_between_seconds() -> None:
    body = json.loads(fast_value(index(1.4, 6_000_017, hz=5), played(), NOW_NS + 2 * S))
    assert body["source_ts_ms"] == (NOW_NS + 14 * S // 10) // 10**6
    assert body["value_usd"] == "60000.17000000"
