"""The REST answers against the documented shapes and the captured samples."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from simulator.kalshi.keys import DemoKey
from simulator.settings import KalshiSettings
from tests.simulator.kalshi.client import REST, World, kalshi_world, sign

SAMPLES = Path(__file__).parents[3] / "../shared/reference/samples/kalshi"


def _sample(name: str) -> Any:
    if not SAMPLES.is_dir():
        pytest.skip("captured samples are not here")
    return json.loads((SAMPLES / name).read_text())


def test_a_running_market_has_the_fields_of_the_real_one(calm: World) -> None:
    market = calm.running_market()
    assert set(market) == set(_sample("rest_market_kxbtc15m_current_form_spec.json"))
    assert (market["price_level_structure"], market["exchange_index"]) == ("tapered_deci_cent", 2)
    assert market["strike_type"] == "greater_or_equal"


def test_at_real_speed_a_ticker_is_the_real_one(key: DemoKey) -> None:
    with kalshi_world(key, speed=1.0) as world:
        market = world.get("/markets", series_ticker="KXBTC15M", status="open").json()["markets"][0]
    assert market["ticker"] == f"{market['event_ticker']}-{market['close_time'][14:16]}"


def test_an_hourly_market_has_the_fields_of_the_real_one(calm: World) -> None:
    market = calm.get("/markets", series_ticker="KXBTCD", status="open").json()["markets"][0]
    # The real one was taken in August: since then liquidity_dollars is gone, two fields have come.
    real = set(_sample("rest_market_kxbtcd_active.json")) - {"liquidity_dollars"}
    assert set(market) == real | {"price_ranges", "settlement_bounds_type"}


def test_a_market_before_its_open_has_no_strike(calm: World) -> None:
    market = calm.get("/markets", series_ticker="KXBTC15M", status="unopened").json()["markets"][0]
    assert market["status"] == "initialized"
    assert "floor_strike" not in market
    assert market["yes_sub_title"] == "Target price: TBD"


def test_markets_come_in_pages_newest_first(calm: World) -> None:
    everything = calm.get("/markets", limit=1000).json()
    assert everything["cursor"] == ""
    paged, cursor = [], ""
    while True:
        page = calm.get("/markets", limit=4, cursor=cursor).json()
        assert len(page["markets"]) <= 4
        paged += page["markets"]
        cursor = page["cursor"]
        if not cursor:
            break
    assert [m["ticker"] for m in paged] == [m["ticker"] for m in everything["markets"]]
    created = [m["created_time"] for m in paged]
    assert created == sorted(created, reverse=True)


def test_filters_narrow_the_markets(calm: World) -> None:
    market = calm.running_market()
    by_ticker = calm.get("/markets", tickers=f"{market['ticker']},NOBODY").json()["markets"]
    assert [m["ticker"] for m in by_ticker] == [market["ticker"]]
    by_event = calm.get("/markets", event_ticker=market["event_ticker"]).json()["markets"]
    assert [m["ticker"] for m in by_event] == [market["ticker"]]
    future = int(time.time()) + 86_400
    assert calm.get("/markets", min_close_ts=future).json()["markets"] == []
    assert calm.get("/markets", min_settled_ts=0, limit=5).json()["markets"] == []


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/markets", {"limit": 1001}),
        ("/markets", {"limit": "many"}),
        ("/markets", {"status": "sleeping"}),
        ("/markets", {"min_updated_ts": "1.5"}),
        ("/markets", {"cursor": "%%%"}),
        ("/markets/X/orderbook", {"depth": 101}),
        ("/markets/orderbooks", {}),
        ("/markets/trades", {"limit": 1001}),
    ],
)
def test_an_impossible_parameter_gives_400(calm: World, path: str, params: dict[str, Any]) -> None:
    reply = calm.get(path, **params)
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "bad_request"


def test_order_books_are_ascending_bids_and_empty_for_the_unknown(calm: World) -> None:
    ticker = calm.running_market()["ticker"]
    book = calm.get(f"/markets/{ticker}/orderbook", depth=5).json()["orderbook_fp"]
    for side in ("yes_dollars", "no_dollars"):
        prices = [price for price, _ in book[side]]
        assert prices == sorted(prices)
        assert 0 < len(prices) <= 5
    unknown = calm.get("/markets/NOBODY/orderbook")
    assert (unknown.status_code, unknown.json()) == (200, _sample("rest_orderbook_empty_live.json"))
    several = calm.get("/markets/orderbooks", tickers=[ticker, "NOBODY"]).json()["orderbooks"]
    assert [entry["ticker"] for entry in several] == [ticker, "NOBODY"]


def test_trades_are_newest_first_and_have_the_real_fields(calm: World, eventually: Any) -> None:
    eventually(lambda: len(calm.get("/markets/trades", limit=5).json()["trades"]) == 5)
    page = calm.get("/markets/trades", limit=5).json()
    trades = page["trades"]
    assert [t["created_time"] for t in trades] == sorted((t["created_time"] for t in trades), reverse=True)
    assert set(trades[0]) == set(_sample("rest_trade_live.json"))


def test_the_unknown_gives_404_and_a_trailing_slash_301(calm: World) -> None:
    for path in ("/markets/NOBODY", "/events/NOBODY", "/series/NOBODY", "/nowhere"):
        reply = calm.get(path)
        assert (reply.status_code, reply.json()) == (
            404,
            {"error": {"code": "not_found", "message": "not found"}},
        )
    moved = requests.get(f"{calm.root}{REST}/markets/", allow_redirects=False, timeout=10)
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{REST}/markets")


def test_the_exchange_tells_status_schedule_series_and_events(calm: World) -> None:
    assert set(calm.get("/exchange/status").json()) == set(_sample("rest_exchange_status_shape.json"))
    schedule = calm.get("/exchange/schedule").json()["schedule"]
    assert len(schedule["standard_hours"][0]["thursday"]) == 2
    series = calm.get("/series/KXBTC15M").json()["series"]
    known = _sample("rest_series_kxbtc15m_partial.json")["series"]
    assert {k: series[k] for k in ("title", "category", "frequency", "fee_type", "tags")} == {
        k: known[k] for k in ("title", "category", "frequency", "fee_type", "tags")
    }
    assert calm.get("/series/fee_changes").json() == {"series_fee_change_arr": []}
    assert set(calm.get("/historical/cutoff").json()) == set(_sample("rest_historical_cutoff_live.json"))
    market = calm.running_market()
    event = calm.get(f"/events/{market['event_ticker']}").json()
    assert [m["ticker"] for m in event["markets"]] == [market["ticker"]]
    nested = calm.get("/events", series_ticker="KXBTCD", with_nested_markets="true").json()["events"]
    assert len(nested[0]["markets"]) == 5


def test_a_signature_that_is_there_must_be_right(calm: World) -> None:
    path = f"{REST}/markets"
    good = requests.get(calm.root + path, params={"limit": 1}, headers=sign(calm.key, path), timeout=10)
    assert good.status_code == 200
    bad = requests.get(calm.root + path, headers=sign(calm.key, f"{path}?limit=1"), timeout=10)
    assert bad.status_code == 401


@pytest.mark.parametrize(
    ("flat", "body"),
    [
        (False, {"error": {"code": "too_many_requests", "message": "too many requests"}}),
        (True, {"error": "too many requests"}),
    ],
)
def test_an_empty_bucket_gives_429_and_refills(
    key: DemoKey, eventually: Any, flat: bool, body: dict[str, Any]
) -> None:
    slow = KalshiSettings(read_tokens_per_s=20.0, read_bucket_tokens=30.0, flat_errors=flat)
    with kalshi_world(key, slow) as world:
        refused = [reply for _ in range(6) if (reply := world.get("/exchange/status")).status_code == 429]
        assert refused[0].json() == body
        assert "Retry-After" not in refused[0].headers
        eventually(lambda: world.get("/exchange/status").status_code == 200)


def test_summaries_can_be_as_stale_as_a_cdn_makes_them(key: DemoKey, eventually: Any) -> None:
    with kalshi_world(key, KalshiSettings(summary_cache_s=60.0), rate=1500.0) as world:
        first = world.get("/markets", status="open").json()
        eventually(lambda: len(world.get("/markets/trades", limit=5).json()["trades"]) == 5)
        assert world.get("/markets", status="open").json() == first
