"""Recorded values of the official index as Kalshi's channels say them, stamped for the present."""

from messages import OfficialIndexPublished
from simulator.kalshi import frames
from simulator.kalshi.index import INDEX_ID, WINDOW
from simulator.recorded.playhead import Playhead
from simulator.venues.notation import padded

_NS_PER_MS = 1_000_000
_CENT_E6 = 10_000


def slow_value(value: OfficialIndexPublished, playhead: Playhead, now_ns: int) -> str:
    """`cfbenchmarks_value`, with the averages as they were recorded."""
    clock = playhead.clock
    second = playhead.second(value.source_ns)
    stamp_ns = clock.stamp_ns(second)
    fields = {
        "index_id": INDEX_ID,
        "received_at": now_ns // _NS_PER_MS,
        "data": _data(value, stamp_ns),
    }
    if value.avg60_e6 >= 0:
        begin_ns = clock.stamp_ns(second - WINDOW)
        fields["avg_60s_data"] = frames.averaged(value.avg60_e6 / 1e6, WINDOW, begin_ns, stamp_ns)
    if value.window_count:
        begin_ns = clock.stamp_ns(second - value.window_count)
        fields["last_60s_windowed_average_15min"] = frames.averaged(
            value.window_e6 / 1e6, value.window_count, begin_ns, now_ns
        )
    return frames.text(fields)


def fast_value(value: OfficialIndexPublished, playhead: Playhead, now_ns: int) -> str:
    """`cfbenchmarks_value_5hz`."""
    return frames.fast_index_value(value.value_e6 // _CENT_E6, playhead.served_ns(value.source_ns), now_ns)


def _data(value: OfficialIndexPublished, stamp_ns: int) -> str:
    shown = padded(value.value_e6 // _CENT_E6, 2)
    return frames.text({"type": "value", "time": stamp_ns // _NS_PER_MS, "id": INDEX_ID, "value": shown})
