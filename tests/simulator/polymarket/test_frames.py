import json
import random
from pathlib import Path
from typing import Any

import pytest

from simulator.polymarket import frames
from simulator.polymarket.quarter import Change, Quarter

SAMPLES = Path(__file__).parents[4] / "shared/reference/samples/polymarket"
NOW = 1_795_385_800 * 10**9


def quarter() -> Quarter:
    made = Quarter(1_795_385_700, NOW - 100 * 10**9, NOW + 800 * 10**9)
    made.fill(0.54, random.Random(1))
    return made


def recorded(name: str) -> list[dict[str, Any]]:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the recorded frames are not here")
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_frames_have_the_keys_of_recorded_ones_in_their_order() -> None:
    book, change, trade, _ = recorded("clob_market_ws_20260814.jsonl")
    made = quarter()
    assert list(frames.book(made, True, NOW)) == list(book)
    ours = frames.price_change(made, [Change(True, 500, 374)], NOW)
    assert list(ours) == list(change)
    assert list(ours["price_changes"][0]) == list(change["price_changes"][0])
    assert list(frames.last_trade(made, True, 540, 246, NOW)) == list(trade)
    (tick,) = recorded("ws_market_tick_size_msg.json")
    assert list(frames.tick_size(made, made.up, 10, NOW)) == list(tick)
    (resolved,) = recorded("ws_market_resolved_msg.json")
    assert list(frames.resolved(made, NOW)) == list(resolved)


def test_down_is_up_seen_from_the_other_side_worst_level_first() -> None:
    made = quarter()
    up, down = frames.book(made, True, NOW), frames.book(made, False, NOW, whole=False)
    assert [float(row["price"]) for row in up["bids"]] == sorted(made.bids[p] and p / 1000 for p in made.bids)
    assert float(up["asks"][-1]["price"]) == min(made.asks) / 1000
    mirrored = [{"price": f"{1 - float(row['price']):.3g}", "size": row["size"]} for row in up["asks"]]
    assert down["bids"] == mirrored
    assert "tick_size" in up
    assert "tick_size" not in down


def test_every_change_names_the_touch_of_its_token() -> None:
    made = quarter()
    bid, ask = made.best()
    up, down = frames.price_change(made, [Change(False, ask, 0)], NOW)["price_changes"]
    assert (up["asset_id"], up["side"], up["size"]) == (made.up, "SELL", "0")
    assert (up["best_bid"], up["best_ask"]) == (frames.price_text(bid), frames.price_text(ask))
    assert (down["asset_id"], down["side"]) == (made.down, "BUY")
    assert (down["best_bid"], down["best_ask"]) == (
        frames.price_text(1000 - ask),
        frames.price_text(1000 - bid),
    )


def test_numbers_are_written_without_needless_digits() -> None:
    assert [frames.price_text(price) for price in (0, 1, 540, 1000)] == ["0", "0.001", "0.54", "1"]
    assert [frames.size_text(size) for size in (0, 37434, 100)] == ["0", "374.34", "1"]


def test_a_page_lists_what_is_known_so_far() -> None:
    made = quarter()
    event = frames.event(made, NOW)
    (market,) = event["markets"]
    assert json.loads(market["clobTokenIds"]) == [made.up, made.down]
    assert "eventMetadata" not in event
    assert event["startDate"] < event["endDate"] == "2026-11-22T22:30:00Z"
    made.start_usd, made.up_won = 84_000.5, False
    event = frames.event(made, NOW)
    assert event["eventMetadata"] == {"priceToBeat": 84_000.5}
    assert event["closed"]
    assert event["markets"][0]["outcomePrices"] == '["0", "1"]'
    fields = recorded("gamma_event.json")[0] if (SAMPLES / "gamma_event.json").exists() else [event]
    assert set(event) - {"eventMetadata"} <= set(fields[0])  # type: ignore[index]
    assert set(market) <= set(fields[0]["markets"][0])  # type: ignore[index]
