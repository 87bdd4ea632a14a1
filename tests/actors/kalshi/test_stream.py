import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.adapter import Get
from actors.errors import (
    ActorsError,
    FrameError,
    NetworkError,
)
from messages import (
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketDefined,
    MarketRoleChanged,
    MarketTicker,
    MarketTraded,
    OfficialIndexPublished,
)
from messages import encode as encoded
from tests.actors.kalshi.rig import (
    CLOSE_NS,
    NEXT,
    OPEN_NS,
    TICKER,
    S,
    Venue,
    drifts,
    live,
    of,
    stream,
)
from tests.actors.kalshi.samples import needs_samples, stream_samples


def test_the_handshake_is_signed_afresh_for_the_streams_path() -> None:
    rig = stream()
    handshakes = [rig.adapter.handshake(rig.now_ns + n * S) for n in (0, 1)]
    stamps = [handshake.headers["KALSHI-ACCESS-TIMESTAMP"] for handshake in handshakes if handshake]
    assert stamps == [str((rig.now_ns + n * S) // 1_000_000) for n in (0, 1)]


def test_every_channel_is_subscribed_with_its_parameters() -> None:
    rig = stream()
    rig.run(1)
    params = {c["params"]["channels"][0]: c["params"] for c in rig.commands("subscribe")}
    assert params["market_lifecycle_v2"] == {"channels": ["market_lifecycle_v2"]}
    assert params["cfbenchmarks_value"]["index_ids"] == ["BRTI"]
    assert params["cfbenchmarks_value_5hz"]["index_ids"] == ["BRTI"]
    assert params["orderbook_delta"]["market_tickers"] == [TICKER]
    assert params["orderbook_delta"]["use_yes_price"] is True
    assert params["trade"]["market_tickers"] == params["ticker"]["market_tickers"] == [TICKER]
    assert [c["id"] for c in rig.sent] == list(range(1, len(rig.sent) + 1))


def test_the_next_market_is_added_before_it_opens_and_the_last_one_dropped_after_it_settles() -> None:
    rig = live(now_ns=CLOSE_NS - 125 * S)
    rig.venue.refuse = lambda get: (404, {}) if "orderbook" in get.path else None
    assert not rig.commands("add_markets")
    for _ in range(10):
        rig.run(1)
        rig.ack_all()
        rig.delta("0.4500", "1.00")
    added = [(c["params"]["sid"], c["params"]["market_tickers"]) for c in rig.commands("add_markets")]
    assert sorted(added) == [(1, [NEXT]), (2, [NEXT]), (3, [NEXT])]
    rig.snapshot(NEXT)
    rig.venue.markets[NEXT]["status"] = "active"
    for _ in range(115):
        rig.run(1)
        rig.delta("0.4500", "1.00", ticker=NEXT)
    assert of(rig.said, MarketRoleChanged)[-1] == MarketRoleChanged("KXBTC15M", CLOSE_NS, NEXT, "")
    assert not rig.commands("delete_markets")
    settled = {"status": "finalized", "result": "yes", "expiration_value": "63,500.01"}
    rig.venue.markets[TICKER] |= settled
    for _ in range(10):
        rig.run(1)
        rig.delta("0.4500", "1.00", ticker=NEXT)
        rig.ack_all()
    assert [c["params"]["market_tickers"] for c in rig.commands("delete_markets")] == [[TICKER]] * 3
    assert of(rig.said, MarketBookWithdrawn)[-1].ticker == TICKER
    newest = {message.ticker: message for message in of(rig.said, MarketDefined)}
    assert (newest[TICKER].result, newest[TICKER].expiration_e6) == ("yes", 63_500_010_000)
    assert (newest[NEXT].strike_e6, newest[NEXT].strike_source) == (63_500_010_000, "previous")
    assert rig.adapter.freshness(rig.now_ns).fresh


def test_the_strike_arrives_by_lifecycle() -> None:
    rig = live()
    body = {"event_type": "metadata_updated", "market_ticker": NEXT, "strike_type": "greater_or_equal",
            "floor_strike": 79800.71, "custom_strike": {"round_digits": "2"}}  # fmt: skip
    out = rig.frame({"type": "market_lifecycle_v2", "sid": 4, "seq": 1, "msg": body})
    defined = of(out, MarketDefined)[0]
    assert (defined.ticker, defined.strike_e6, defined.strike_source) == (NEXT, 79_800_710_000, "lifecycle")
    assert defined.frame == rig.ref
    assert not drifts(rig)


def test_an_absurd_strike_is_left_out_and_named() -> None:
    rig = live()
    body = {"event_type": "metadata_updated", "market_ticker": NEXT, "floor_strike": 7.1}
    rig.frame({"type": "market_lifecycle_v2", "sid": 4, "seq": 1, "msg": body})
    assert ("value", "absurd strike") in drifts(rig)
    assert all(message.strike_e6 != 7_100_000 for message in of(rig.said, MarketDefined))


def test_other_series_on_the_lifecycle_channel_are_skipped_but_counted() -> None:
    rig = live()
    body = {"event_type": "settled", "market_ticker": "KXBNB15M-26JUL191830-30", "settled_ts": 1784500206}
    for seq in (1, 2, 3):
        assert not rig.frame({"type": "market_lifecycle_v2", "sid": 4, "seq": seq, "msg": body})
    assert rig.adapter.counts().gaps == 0
    asked = len(rig.venue.asked)
    rig.frame({"type": "market_lifecycle_v2", "sid": 4, "seq": 9, "msg": body})
    assert rig.adapter.counts().gaps == 1
    rig.run(2)
    assert any(path.startswith("/markets?") for path in rig.venue.asked[asked:])


def test_trades_are_said_once_and_a_gap_among_them_is_read_up() -> None:
    rig = live()
    trade = {"market_ticker": TICKER, "yes_price_dollars": "0.3600", "no_price_dollars": "0.6400",
             "count_fp": "136.00", "taker_outcome_side": "no", "taker_book_side": "ask",
             "is_block_trade": False, "ts_ms": rig.now_ns // 1_000_000}  # fmt: skip
    out = rig.frame({"type": "trade", "sid": 2, "seq": 1, "msg": {"trade_id": "a", **trade}})
    assert of(out, MarketTraded)[0].price_e6 == 360_000
    assert not of(out, MarketTraded)[0].taker_buys_yes
    row = {"ticker": TICKER, "count_fp": "1.00", "yes_price_dollars": "0.5000", "taker_side": "yes",
           "created_time": "2026-08-17T04:46:02.5Z"}  # fmt: skip
    rig.venue.trades[TICKER] = [{"trade_id": name, **row} for name in ("c", "b", "a")]
    rig.frame({"type": "trade", "sid": 2, "seq": 3, "msg": {"trade_id": "c", **trade}})
    rig.run(2)
    assert [message.trade_id for message in of(rig.said, MarketTraded)] == ["a", "c", "b"]
    assert rig.adapter.counts().gaps == 1


def test_a_ticker_is_read_with_and_without_a_number() -> None:
    rig = live()
    line = {"market_ticker": TICKER, "yes_bid_dollars": "0.0000", "yes_bid_size_fp": "0.00",
            "yes_ask_dollars": "0.9060", "yes_ask_size_fp": "45.01", "ts_ms": 1786767099123}  # fmt: skip
    for more in ({}, {"seq": 7}, {"seq": 8}, {}):
        out = of(rig.frame({"type": "ticker", "sid": 3, **more, "msg": line}), MarketTicker)
        assert (out[0].bid_e6, out[0].bid_count_e2, out[0].ask_e6, out[0].last_e6) == (-1, 0, 906_000, -1)


def test_the_official_index_is_relayed_at_one_and_at_five_hertz() -> None:
    rig = live()
    data = json.dumps({"type": "value", "id": "BRTI", "time": 1710000000000, "value": "68000.12"})
    window = {"value": "68000.23000000", "window_size": 14}
    body = {"index_id": "BRTI", "received_at": 1710000000123, "data": data,
            "avg_60s_data": {"value": "68000.10000000", "window_size": 60},
            "last_60s_windowed_average_15min": window}  # fmt: skip
    out = rig.frame({"type": "cfbenchmarks_value", "sid": 5, "seq": 1, "msg": body})
    one = of(out, OfficialIndexPublished)
    assert (one[0].hz, one[0].value_e6, one[0].avg60_e6) == (1, 68_000_120_000, 68_000_100_000)
    assert (one[0].window_e6, one[0].window_count, one[0].source_ns) == (68_000_230_000, 14, 1710000000 * S)
    body = {"index_id": "BRTI", "value_usd": "68000.5", "source_ts_ms": 1710000000200, "data": data}
    out = rig.frame({"type": "cfbenchmarks_value_5hz", "sid": 6, "seq": 1, "msg": body})
    five = of(out, OfficialIndexPublished)
    assert (five[0].hz, five[0].value_e6, five[0].source_ns) == (5, 68_000_500_000, 1710000000_200_000_000)


# -- what the documents do not name


def test_unknown_types_fields_and_codes_are_counted_and_named() -> None:
    rig = live()
    rig.frame({"type": "brand_new", "msg": {}})
    rig.delta("0.4500", "1.00", shiny=1)
    rig.frame({"type": "ticker", "sid": 3, "also": 1, "msg": {"market_ticker": TICKER}})
    rig.frame({"type": "error", "id": 77, "msg": {"code": 99, "msg": "new"}})
    assert drifts(rig) == {
        ("type", "brand_new"),
        ("field", "orderbook_delta.msg: shiny"),
        ("field", "ticker: also"),
        ("code", "99 new"),
    }
    assert rig.adapter.counts().drifts == 4
    assert of(rig.said, MarketBookSnapshot)


def test_a_change_of_a_book_reads_the_same_whatever_the_order_of_its_keys() -> None:
    rig = live()
    rig.seq += 1
    msg = {
        "side": "yes",
        "delta_fp": "1.50",
        "price_dollars": "0.4500",
        "market_ticker": TICKER,
        "ts": "2026-08-17T04:46:02Z",
    }
    rig.frame({"msg": msg, "seq": rig.seq, "sid": 1, "type": "orderbook_delta"})
    assert rig.adapter.shelf.entries[TICKER].book.quote[:2] == (450_000, 650)  # type: ignore[union-attr]


def test_a_message_that_is_no_book_and_cannot_be_read_is_only_drift() -> None:
    rig = live()
    rig.frame({"type": "trade", "sid": 2, "seq": 1, "msg": {"market_ticker": TICKER, "count_fp": None}})
    rig.frame({"type": "ticker", "sid": 3, "msg": {"market_ticker": 5}})
    assert {what for what, _ in drifts(rig)} == {"value"}


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b'{"type":5}', b"{}"])
def test_what_is_no_message_at_all_ends_the_feed(data: bytes) -> None:
    with pytest.raises(FrameError):
        live().frame(data)


BROKEN: list[Any] = [None, "", "NaN", -1, 1e308, True, [], {}, "9" * 400, 2**70]


@pytest.mark.parametrize("value", BROKEN)
@pytest.mark.parametrize("field", ["sid", "seq", "msg"])
def test_a_broken_envelope_raises_nothing_but_our_errors(field: str, value: Any) -> None:
    for kind in (
        "orderbook_delta",
        "orderbook_snapshot",
        "trade",
        "ok",
        "error",
        "subscribed",
        "unsubscribed",
    ):
        msg = {
            "market_ticker": TICKER,
            "price_dollars": "0.45",
            "delta_fp": "1.00",
            "side": "yes",
            "code": 1,
            "sid": 1,
        }
        rig = live()
        try:
            for output in rig.frame(
                {"type": kind, "sid": 1, "seq": rig.seq + 1, "id": 1, "msg": msg, field: value}
            ):
                assert encoded(output)
        except ActorsError:
            pass


@pytest.mark.parametrize("value", BROKEN)
@needs_samples
def test_every_sample_with_a_broken_field_raises_nothing_but_our_errors(value: Any) -> None:
    for _, raw in stream_samples():
        frame = json.loads(raw.replace(b"...-TIE", TICKER.encode()))
        for name in frame.get("msg") or {} if isinstance(frame.get("msg"), dict) else {}:
            for broken in (
                {**frame["msg"], name: value},
                {k: v for k, v in frame["msg"].items() if k != name},
            ):
                with contextlib.suppress(ActorsError):
                    live().frame({**frame, "msg": broken})


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_but_our_errors(data: bytes) -> None:
    rig = live()
    for raw in (data, b'{"type":"orderbook_delta"' + data, b'{"type":"trade","msg":{' + data):
        with contextlib.suppress(ActorsError):
            rig.frame(raw)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


TAGS = ["market:" + TICKER, "markets:open:KXBTC15M", "series:KXBTC15M", "status:", "schedule:"]
TAGS += ["trades:" + TICKER, "probe:" + TICKER]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TAGS), anything, st.sampled_from([200, 404, 429, 500, 0]))
def test_random_replies_raise_nothing_but_our_errors(tag: str, body: Any, status: int) -> None:
    rig = live()
    lists = {name: [body] for name in ("markets", "trades", "exchange_index_statuses")}
    objects = dict.fromkeys(("market", "series", "schedule", "orderbook_fp", "cursor"), body)
    for fields in (body, lists | objects):
        data = json.dumps(fields).encode()
        with contextlib.suppress(ActorsError):
            rig.take(rig.adapter.reply(Get("/x", tag), status, data, 0.0, rig.now_ns, 1))
            rig.run(0.3)
            rig.adapter.freshness(rig.now_ns)


def test_latency_is_taken_from_the_exchanges_stamps() -> None:
    rig = live()
    rig.adapter.round_trip(2_000_000, rig.now_ns)
    for late_ms in (0, 5, 10):
        rig.delta("0.4500", "1.00", ts_ms=(rig.now_ns - late_ms * 1_000_000) // 1_000_000)
    summary = rig.adapter.latency(rig.now_ns)
    assert summary.p50_ms == pytest.approx(6, abs=0.1)
    assert summary.p99_ms == pytest.approx(11, abs=1.1)


def test_rest_that_never_answers_ends_a_feed_that_knows_no_market() -> None:
    venue = Venue()
    venue.refuse = lambda get: (0, {"raw": "connection refused"})
    with pytest.raises(NetworkError, match="cannot be reached: connection refused"):
        stream(venue=venue).run(60)


def test_rest_that_fails_later_does_not_end_the_stream() -> None:
    rig = live()
    rig.venue.refuse = lambda get: (500, {"error": "x"})
    for _ in range(60):
        rig.run(1)
        rig.delta("0.4500", "1.00")
    assert rig.adapter.freshness(rig.now_ns).fresh


@needs_samples
def test_every_published_sample_is_read_without_an_error() -> None:
    for name, raw in stream_samples():
        ticker = json.loads(raw).get("msg") or {}
        ticker = ticker.get("market_ticker", TICKER) if isinstance(ticker, dict) else TICKER
        rig = stream(OPEN_NS + 60 * S)
        rig.run(1)
        rig.ack_all()
        shelf = rig.adapter.shelf  # type: ignore[union-attr]
        sid = json.loads(raw).get("sid", 1)
        shelf.sid = (
            sid if name.startswith(("ws_orderbook", "legacy")) and "orderbook" in raw.decode() else shelf.sid
        )
        shelf.expect(ticker, rig.now_ns)
        if b"orderbook_delta" in raw and b'"channel"' not in raw:
            seq = json.loads(raw)["seq"]
            price = json.loads(raw)["msg"]["price_dollars"]
            side = "yes_dollars_fp" if json.loads(raw)["msg"]["side"] == "yes" else "no_dollars_fp"
            base = {"market_ticker": ticker, side: [[price, "1000.00"]]}
            rig.frame({"type": "orderbook_snapshot", "sid": sid, "seq": seq - 1, "msg": base})
        if b'"code":9' in raw:
            continue
        rig.frame(raw)
        unexpected = {what for what, _ in drifts(rig)} - {"ack", "code", "field", "channel"}
        assert not unexpected, (name, drifts(rig))
