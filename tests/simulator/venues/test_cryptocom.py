import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from simulator.settings import Settings
from simulator.venues.cryptocom import CryptocomStream, CryptocomVenue
from simulator.world import World
from tests.simulator.venues.client import (
    Book,
    Client,
    Recorder,
    empty_book,
    is_crossed,
    put,
    samples,
    shape,
    top,
)
from tests.simulator.venues.conftest import Start

PATH = "/exchange/v1/market"
BOOK, TRADE, TICKER = "book.BTC_USD.50", "trade.BTC_USD", "ticker.BTC_USD"
SECOND_NS = 1_000_000_000
NOW_NS = 1_795_380_000 * SECOND_NS


def subscribe(*channels: str, **options: object) -> dict[str, Any]:
    options = options or {"book_subscription_type": "SNAPSHOT_AND_UPDATE", "book_update_frequency": 10}
    return {"id": 1, "method": "subscribe", "params": {"channels": list(channels), **options}, "nonce": 1}


def channel_of(message: Any) -> object:
    return message.get("result", {}).get("channel") if message.get("id") == -1 else None


def is_update(message: Any) -> bool:
    return channel_of(message) == "book.update"


def apply(book: Book, message: Any) -> None:
    """As a client must: changes, then a cut to the depth."""
    if channel_of(message) not in ("book", "book.update"):
        return
    (record,) = message["result"]["data"]
    if not is_update(message):
        book.update(empty_book())
    for side in ("bids", "asks"):
        for price, size, orders in record.get("update", record)[side]:
            assert (size == "0") == (orders == "0")
            put(book, side, price, size)
    book.update(top(book, message["result"]["depth"]))


def real(channel: str) -> Any:
    frames = samples("cryptocom", "market_btc_usd_202606.jsonl")
    frames += samples("cryptocom", "book_delta_heartbeat_errors_202609.jsonl")
    return next(frame for frame in frames if channel_of(frame) == channel)


def follow(client: Client, *channels: str, **options: object) -> None:
    client.say(subscribe(*(channels or (BOOK,)), **options))
    for _ in channels or (BOOK,):
        client.hear_until(lambda m: m.get("id") == 1 and m["code"] == 0)


def test_a_book_is_acknowledged_bare_and_then_shown(start: Start) -> None:
    recorded = samples("cryptocom", "market_btc_usd_202606.jsonl")[4]
    with start("cryptocom").stream(PATH) as client:
        client.say(subscribe("book.BTC_USD.10"))
        assert json.loads(client.hear()) == recorded
        assert channel_of(json.loads(client.hear())) == "book"


def test_ticker_and_trades_are_acknowledged_by_what_they_show(start: Start) -> None:
    recorded = samples("cryptocom", "market_btc_usd_202606.jsonl")[3]
    with start("cryptocom").stream(PATH) as client:
        client.say(subscribe(TICKER, TRADE))
        for name in (TICKER, TRADE):
            ours = json.loads(client.hear())
            kind = name.partition(".")[0]
            assert shape(ours["result"].pop("data")) == shape(real(kind)["result"]["data"])
            about = {"subscription": name, "channel": kind}
            assert ours == {**recorded, "result": {**recorded["result"], **about}}


def test_frames_have_the_shapes_that_were_recorded(start: Start) -> None:
    with start("cryptocom").stream(PATH) as client:
        client.say(subscribe(BOOK, TRADE, TICKER))
        for channel in ("book", "book.update", "trade", "ticker"):
            theirs = real(channel)
            ours = client.hear_until(
                lambda m: (
                    channel_of(m) == channel  # noqa: B023 - called at once
                    and (channel != "book.update" or all(m["result"]["data"][0]["update"].values()))  # noqa: B023
                )
            )
            assert list(ours["result"]) == list(theirs["result"])
            assert list(ours["result"]["data"][0]) == list(theirs["result"]["data"][0])
            plain = {"instrument_name": "", "subscription": ""}
            ours, theirs = ({**m, "result": {**m["result"], **plain}} for m in (ours, theirs))
            assert shape(ours) == shape(theirs)
        assert ours["result"]["data"][0]["i"] == "BTC_USD"


@pytest.mark.parametrize(("depth", "frequency"), [(50, 10), (50, 100), (10, 10)])
def test_updates_follow_one_another_and_lead_to_the_true_book(
    start: Start, depth: int, frequency: int
) -> None:
    exchange, book = start("cryptocom", rate=4_000.0), empty_book()
    with exchange.stream(PATH) as client:
        options = {"book_subscription_type": "SNAPSHOT_AND_UPDATE", "book_update_frequency": frequency}
        client.say(subscribe(f"book.BTC_USD.{depth}", **options))
        client.hear()
        last = None
        for message in client.hear_many(30):
            (record,) = message["result"]["data"]
            assert is_update(message) == (last is not None)
            assert record.get("pu") == last
            last = record["u"]
            apply(book, message)
            assert not is_crossed(book)
            assert [len(book["bids"]), len(book["asks"])] == [depth, depth]
        exchange.wait_for_truth(client, book, lambda message: apply(book, message), depth=depth)


@pytest.mark.parametrize("options", [{}, {"book_subscription_type": "SNAPSHOT"}])
def test_by_default_each_frame_is_the_whole_book(start: Start, options: dict[str, object]) -> None:
    exchange, book = start("cryptocom", rate=4_000.0), empty_book()
    with exchange.stream(PATH) as client:
        request = subscribe(BOOK)
        request["params"] = {"channels": [BOOK], **options}
        client.say(request)
        client.hear()
        messages = client.hear_many(3)
        assert {channel_of(message) for message in messages} == {"book"}
        exchange.wait_for_truth(client, book, lambda message: apply(book, message), depth=50)


def test_the_other_spelling_and_a_missing_number_are_understood(start: Start) -> None:
    with start("cryptocom").stream(PATH) as client:
        client.say(
            {
                "method": "subscribe",
                "params": {"channels": [BOOK], "bookSubscriptionType": "SNAPSHOT_AND_UPDATE"},
                "nonce": 7,
            }
        )
        assert json.loads(client.hear()) == {"id": 0, "method": "subscribe", "code": 0, "channel": BOOK}
        client.hear_until(is_update)


def test_two_ways_of_following_do_not_disturb_each_other(start: Start) -> None:
    exchange, books = start("cryptocom", rate=4_000.0), (empty_book(), empty_book())
    with exchange.stream(PATH) as fast, exchange.stream(PATH) as slow:
        follow(fast)
        follow(slow, BOOK, book_subscription_type="SNAPSHOT_AND_UPDATE", book_update_frequency=100)
        for client, book in zip((fast, slow), books, strict=True):
            for message in client.hear_many(10):
                apply(book, message)
        for client, book in zip((fast, slow), books, strict=True):
            exchange.wait_for_truth(client, book, lambda m: apply(book, m), depth=50)  # noqa: B023


def test_who_subscribes_anew_is_shown_the_book_anew(start: Start) -> None:
    with start("cryptocom").stream(PATH) as client:
        follow(client)
        client.hear_until(is_update)
        client.say({"id": 2, "method": "unsubscribe", "params": {"channels": [BOOK]}, "nonce": 1})
        answer = client.hear_until(lambda m: m.get("id") == 2)
        assert answer == {"id": 2, "method": "unsubscribe", "code": 0, "channel": BOOK}
        client.say(subscribe(BOOK))
        assert json.loads(client.hear())["id"] == 1
        assert channel_of(json.loads(client.hear())) == "book"


@pytest.mark.parametrize(
    ("channel", "options", "message"),
    [
        ("book.NOPE_USD.50", {}, "Unknown symbol"),
        ("trade.NOPE_USD", {}, "Unknown symbol"),
        ("book.BTC_USD", {}, "Invalid depth"),
        ("book.BTC_USD.deep", {}, "Invalid depth"),
        ("book.BTC_USD.150", {}, "Unsupported depth/interval combination"),
        ("book.BTC_USD.50", {"book_update_frequency": 10}, "Unsupported depth/interval combination"),
        ("book.BTC_USD.50", {"book_subscription_type": "EVERYTHING"}, "Invalid book_subscription_type"),
        ("dance.BTC_USD", {}, "Unrecognized channel"),
        ("ticker.BTC_USD.50", {}, "Unrecognized channel"),
    ],
)
def test_what_cannot_be_subscribed_is_refused_alone(
    start: Start, channel: str, options: dict[str, object], message: str
) -> None:
    refusal = samples("cryptocom", "book_delta_heartbeat_errors_202609.jsonl")[7]
    with start("cryptocom").stream(PATH) as client:
        request = subscribe(channel, TRADE)
        request["id"] = 11
        request["params"] = {"channels": [channel, TRADE], **options}
        client.say(request)
        assert json.loads(client.hear()) == {**refusal, "channel": channel, "message": message}
        assert json.loads(client.hear())["result"]["subscription"] == TRADE


def test_what_is_no_json_is_not_answered(start: Start) -> None:
    with start("cryptocom").stream(PATH) as client:
        client.say("{")
        client.say("[1]")
        client.say({"id": 3, "method": "dance"})
        assert json.loads(client.hear()) == {
            "id": 3,
            "method": "dance",
            "code": 40003,
            "message": "No such method",
        }
        client.say({"id": 4, "method": "subscribe", "params": {"channels": []}})
        assert json.loads(client.hear())["code"] == 40003


def test_the_401st_channel_is_one_too_many(start: Start) -> None:
    refusal = samples("cryptocom", "book_delta_heartbeat_errors_202609.jsonl")[8]
    with start("cryptocom").stream(PATH) as client:
        request = subscribe(*[f"trade.COIN{number}_USD" for number in range(401)])
        request["id"] = 9
        client.say(request)
        assert json.loads(client.hear()) == refusal


@pytest.mark.parametrize("kind", ["skip", "repeat"])
def test_the_sequence_shows_a_skipped_or_repeated_frame(start: Start, kind: str) -> None:
    exchange = start("cryptocom")
    with exchange.stream(PATH) as client:
        follow(client)
        last = client.hear_until(is_update)["result"]["data"][0]["u"]
        exchange.inject(kind)
        for _ in range(300):
            (record,) = client.hear_until(is_update)["result"]["data"]
            if record["pu"] != last:
                assert (record["pu"] > last) == (kind == "skip")
                return
            last = record["u"]
    pytest.fail("the sequence stayed whole")


def test_a_skipped_frame_is_never_the_snapshot_of_who_follows_changes(start: Start) -> None:
    with start("cryptocom", faults=["skip:cryptocom"]).stream(PATH) as client:
        follow(client)
        assert channel_of(json.loads(client.hear())) == "book"


@pytest.mark.parametrize("kind", ["SNAPSHOT_AND_UPDATE", "SNAPSHOT"])
def test_a_crossed_book_can_be_ordered(start: Start, kind: str) -> None:
    exchange, book = start("cryptocom"), empty_book()
    with exchange.stream(PATH) as client:
        client.say(subscribe(BOOK, book_subscription_type=kind))
        client.hear()
        apply(book, json.loads(client.hear()))
        exchange.inject("cross")
        for _ in range(300):
            apply(book, json.loads(client.hear()))
            if is_crossed(book):
                return
    pytest.fail("the book was never crossed")


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("unknown_type", "sim_unknown"), ("unknown_field", "sim_unknown_field"), ("unknown_symbol", "ETH_USD")],
)
def test_strange_frames_can_be_ordered(start: Start, kind: str, mark: str) -> None:
    exchange = start("cryptocom")
    with exchange.stream(PATH) as client:
        follow(client)
        exchange.inject(kind)
        client.hear_until(lambda m: mark in client.heard[-1])


@pytest.mark.parametrize("channel", [BOOK, TRADE])
def test_an_acknowledgement_can_be_missing(start: Start, channel: str) -> None:
    with start("cryptocom", faults=["missing_ack:cryptocom"]).stream(PATH) as client:
        client.say(subscribe(channel))
        assert channel_of(json.loads(client.hear())) == channel.partition(".")[0]


def test_the_unexplained_checksum_can_be_spoiled() -> None:
    cryptocom, session = stream(), Recorder()
    cryptocom.opened(session, NOW_NS)
    cryptocom.received(session, json.dumps(subscribe(BOOK)), NOW_NS)
    ack, book = session.sent
    (spoiled,) = cryptocom.fault("corrupt_checksum", session, book)
    ours, theirs = json.loads(book)["result"]["data"][0], json.loads(spoiled)["result"]["data"][0]
    assert {**ours, "cs": theirs["cs"]} == theirs
    assert ours["cs"] ^ 1 == theirs["cs"]
    assert cryptocom.fault("corrupt_checksum", session, ack) is None


def test_the_end_can_come_as_at_a_restart(start: Start) -> None:
    exchange = start("cryptocom")
    with exchange.stream(PATH) as client:
        follow(client)
        exchange.inject("close&code=1013")
        with pytest.raises(ConnectionClosed) as closed:
            client.hear_until(lambda m: False)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013


def test_rest_pages_have_the_documented_shapes(start: Start) -> None:
    exchange = start("cryptocom")

    def get(method: str, query: str) -> Any:
        body = exchange.get(f"/exchange/v1/public/{method}?{query}")
        assert [body["id"], body["method"], body["code"]] == [-1, f"public/{method}", 0]
        return body["result"]

    (ticker,) = get("get-tickers", "instrument_name=BTC_USD")["data"]
    assert set(ticker) == {"i", "h", "l", "a", "v", "vv", "c", "b", "k", "oi", "t"}
    assert 2_400 < float(ticker["v"]) < 2_800
    assert float(ticker["vv"]) / float(ticker["v"]) == pytest.approx(84_000, rel=0.05)
    book = get("get-book", "instrument_name=BTC_USD&depth=3")
    assert (book["depth"], book["instrument_name"]) == (3, "BTC_USD")
    assert shape(book["data"][0]) == {
        "bids": [["number text"] * 3],
        "asks": [["number text"] * 3],
        "t": "number",
    }
    assert len(book["data"][0]["bids"]) == 3
    assert len(get("get-book", "instrument_name=BTC_USD&depth=500")["data"][0]["asks"]) == 50
    trades = get("get-trades", "instrument_name=BTC_USD&count=2")["data"]
    assert [set(trade) for trade in trades] == [{"s", "p", "q", "t", "tn", "d", "i", "m"}] * 2
    assert get("get-instruments", "")["data"][0]["symbol"] == "BTC_USD"
    assert exchange.get("/exchange/v1/public/get-book?instrument_name=NOPE", 400)["code"] == 40003
    assert exchange.get("/exchange/v1/public/get-book", 400)["code"] == 40003
    assert exchange.get("/exchange/v1/public/dance", 404)["code"] == 40401


# by a clock of the test's own


def venue() -> CryptocomVenue:
    return CryptocomVenue(Settings(), World(1, rate=2_000.0))


def stream() -> Any:
    return CryptocomStream(venue().market)


def seconds(cryptocom: Any, first: int, count: int) -> None:
    """Let seconds pass; NOW_NS begins a minute."""
    for tenth in range(first * 10, (first + count) * 10):
        cryptocom.publish(NOW_NS + tenth * SECOND_NS // 10)
        cryptocom.heartbeat(NOW_NS + tenth * SECOND_NS // 10)


def heartbeats(session: Recorder) -> list[dict[str, Any]]:
    return [frame for frame in map(json.loads, session.sent) if frame["method"] == "public/heartbeat"]


def test_a_heartbeat_is_as_recorded_and_comes_every_thirty_seconds() -> None:
    recorded = samples("cryptocom", "book_delta_heartbeat_errors_202609.jsonl")[5]
    cryptocom, session = stream(), Recorder()
    seconds(cryptocom, 0, 10)
    cryptocom.opened(session, NOW_NS)
    for first in (10, 40, 70, 100, 130):
        seconds(cryptocom, first, 30)
        cryptocom.received(
            session,
            json.dumps({"id": heartbeats(session)[-1]["id"], "method": "public/respond-heartbeat"}),
            NOW_NS,
        )
    beats = heartbeats(session)
    assert [frame["id"] for frame in beats] == [
        NOW_NS // 10**6 + second * 1_000 for second in (30, 60, 90, 120, 150)
    ]
    assert shape(beats[0]) == shape(recorded)
    assert session.sent == [json.dumps(frame, separators=(",", ":")) for frame in beats]
    assert session.closes == []


@pytest.mark.parametrize("answer", [None, 12345])
def test_the_third_heartbeat_without_its_answer_ends_the_connection(answer: int | None) -> None:
    cryptocom, session = stream(), Recorder()
    seconds(cryptocom, 0, 10)
    cryptocom.opened(session, NOW_NS)
    for first in (10, 40, 70):
        seconds(cryptocom, first, 24)
        if answer:
            said = {"id": answer, "method": "public/respond-heartbeat"}
            cryptocom.received(session, json.dumps(said), NOW_NS)
        assert session.closes == []
        seconds(cryptocom, first + 24, 6)
    assert set(session.closes) == {(1000, "")}
    assert len(heartbeats(session)) == 3


def test_who_has_just_come_is_sent_no_heartbeat() -> None:
    cryptocom, session = stream(), Recorder()
    cryptocom.opened(session, NOW_NS + 26 * SECOND_NS)
    seconds(cryptocom, 26, 30)
    assert session.sent == []
    seconds(cryptocom, 56, 5)
    assert len(session.sent) == 1


def test_the_server_pings_every_five_seconds() -> None:
    cryptocom, session = stream(), Recorder()
    seconds(cryptocom, 0, 1)
    cryptocom.opened(session, NOW_NS)
    seconds(cryptocom, 1, 20)
    assert session.pings == 4


def test_who_asks_more_than_a_hundred_times_a_second_is_refused() -> None:
    cryptocom, session = stream(), Recorder()
    cryptocom.opened(session, NOW_NS)
    for number in range(101):
        cryptocom.received(session, json.dumps({**subscribe(TRADE), "id": number}), NOW_NS)
    assert json.loads(session.sent[-2])["id"] == 99
    assert json.loads(session.sent[-1])["code"] == 42901


def test_a_resting_book_is_shown_by_an_empty_update_every_five_seconds() -> None:
    recorded = samples("cryptocom", "book_delta_heartbeat_errors_202609.jsonl")[4]
    cryptocom, session = stream(), Recorder()
    seconds(cryptocom, 0, 1)
    cryptocom.opened(session, NOW_NS)
    cryptocom.received(session, json.dumps(subscribe(BOOK)), NOW_NS + SECOND_NS)
    u = json.loads(session.sent[1])["result"]["data"][0]["u"]
    seconds(cryptocom, 1, 16)
    updates = [json.loads(text) for text in session.sent[2:]]
    assert len(updates) == 3
    for update in updates:
        (record,) = update["result"]["data"]
        assert shape(record) == shape(recorded["result"]["data"][0])
        assert (record["u"], record["pu"]) == (u, u)


@pytest.mark.parametrize(
    ("kind", "asked_ms", "given_ms"),
    [
        ("SNAPSHOT_AND_UPDATE", 10, 10),
        ("SNAPSHOT_AND_UPDATE", 100, 100),
        ("SNAPSHOT", 500, 500),
        ("SNAPSHOT", 100, 500),  # as it was before February 2025
    ],
)
def test_changes_are_gathered_for_a_period(kind: str, asked_ms: int, given_ms: int) -> None:
    cryptocom, session = stream(), Recorder()
    cryptocom.opened(session, NOW_NS)
    request = subscribe(BOOK, book_subscription_type=kind, book_update_frequency=asked_ms)
    cryptocom.received(session, json.dumps(request), NOW_NS)
    market, world = cryptocom.market, World(1)
    for millisecond in range(0, 2_001, 2):
        now_ns = NOW_NS + millisecond * 1_000_000
        cryptocom.book_changed(market.move(now_ns, world), now_ns)
        cryptocom.publish(now_ns)
    at_ms = [json.loads(text)["result"]["data"][0]["t"] for text in session.sent[1:]]
    assert at_ms == list(range(at_ms[0], at_ms[0] + 2_001, given_ms))


def test_what_is_held_back_can_be_called_for() -> None:
    cryptocom, session, book = stream(), Recorder(), empty_book()
    cryptocom.opened(session, NOW_NS)
    cryptocom.received(session, json.dumps(subscribe(BOOK)), NOW_NS)
    market, world = cryptocom.market, World(1)
    for _ in range(20):
        cryptocom.book_changed(market.move(NOW_NS, world), NOW_NS)
    cryptocom.flush(NOW_NS)
    assert len(session.sent) == 3
    for text in session.sent:
        apply(book, json.loads(text))
    assert [float(price) for price in book["bids"]] == [price / 100 for price, _ in market.book.bids(50)]
    assert [float(price) for price in book["asks"]] == [price / 100 for price, _ in market.book.asks(50)]
