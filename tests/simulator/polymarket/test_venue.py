import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from simulator.main import running_simulator
from simulator.polymarket.venue import PolymarketVenue
from simulator.settings import VENUES, Settings
from simulator.world import World
from tests.simulator.venues.client import Client, Exchange, Recorder

S = 1_000_000_000
Start = Callable[..., Exchange]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def begin(speed: float = 1.0) -> Exchange:
            settings = Settings(ports={"polymarket": 0}, rate=3_000.0, speed=speed)
            running = stack.enter_context(running_simulator(settings))
            return Exchange(running.urls["polymarket"], running.stream_urls["polymarket"])

        yield begin


def tokens_of(exchange: Exchange) -> tuple[str, list[str]]:
    """The running quarter hour: the first whose book /_sim/books shows."""
    slug = next(iter(exchange.get("/_sim/books")["books"]))
    (event,) = exchange.get(f"/events?slug={slug}")
    return slug, json.loads(event["markets"][0]["clobTokenIds"])


def subscribe(client: Client, tokens: list[str]) -> list[Any]:
    wish = {"initial_dump": True, "level": 2, "custom_feature_enabled": True}
    client.say({"type": "market", "assets_ids": tokens, **wish})
    books: list[Any] = json.loads(client.hear())
    return books


def test_the_first_books_come_in_one_array_and_the_changes_lead_to_the_true_one(start: Start) -> None:
    exchange = start()
    slug, tokens = tokens_of(exchange)
    with exchange.stream("/ws/market") as client:
        up, down = subscribe(client, tokens)
        assert [up["asset_id"], down["asset_id"]] == tokens
        books: dict[str, dict[str, dict[str, str]]] = {token: {} for token in tokens}

        def take(frame: Any) -> None:
            if frame["event_type"] == "book":
                for name, side in (("bids", "BUY"), ("asks", "SELL")):
                    books[frame["asset_id"]][side] = {row["price"]: row["size"] for row in frame[name]}
            for change in frame.get("price_changes", []):
                levels = books[change["asset_id"]][change["side"]]
                levels[change["price"]] = change["size"]
                if change["size"] == "0":
                    del levels[change["price"]]

        for frame in (up, down, *client.hear_many(200)):
            take(frame)
        exchange.pause()
        true = exchange.get("/_sim/books")["books"][slug]
        while books[tokens[0]] != {"BUY": dict(true["bids"]), "SELL": dict(true["asks"])}:
            take(json.loads(client.hear()))


def test_a_ping_in_words_is_answered_in_words_and_nonsense_is_refused(start: Start) -> None:
    with start().stream("/ws/market") as client:
        client.say("PING")
        assert client.hear() == "PONG"
        for nonsense in ("hello", "[1]", '{"assets_ids":["1"]}', '{"type":"user","assets_ids":[]}'):
            client.say(nonsense)
            assert client.hear() == "INVALID OPERATION"


def test_tokens_are_added_and_left_on_the_same_connection(start: Start) -> None:
    exchange = start()
    _, (up, down) = tokens_of(exchange)
    with exchange.stream("/ws/market") as client:
        (book,) = subscribe(client, [up])
        assert book["asset_id"] == up
        client.say({"assets_ids": [down], "operation": "subscribe"})
        added = client.hear_until(lambda frame: isinstance(frame, list))
        assert [book["asset_id"] for book in added] == [down]
        client.say({"assets_ids": [up, down], "operation": "unsubscribe"})
        client.say("PING")
        while client.hear() != "PONG":
            pass
        client.say("PING")
        assert client.hear() == "PONG"


def test_the_pages_list_what_is_asked_for_and_nothing_else(start: Start) -> None:
    exchange = start()
    slug, _ = tokens_of(exchange)
    assert [event["slug"] for event in exchange.get(f"/events?slug={slug}")] == [slug]
    assert exchange.get("/events?slug=btc-updown-15m-1") == []
    assert exchange.get("/markets", status=404)["error"] == "not found"


def test_a_quarter_hour_starts_ends_and_is_resolved_by_its_own_source() -> None:
    world = World(1, speed=60.0)
    venue = PolymarketVenue(Settings(speed=60.0), world)
    quarter = list(venue.quarters.values())[1]
    session: Any = Recorder()
    venue.opened(session)
    venue.received(session, json.dumps({"type": "market", "assets_ids": [quarter.up]}))
    assert quarter.start_usd is None

    venue.follow(quarter.start_ns)
    assert quarter.start_usd == round(venue.price_usd, 2)
    quarter.start_usd = venue.price_usd * 2
    venue.follow(quarter.end_ns)
    assert quarter.up_won is False
    venue.follow(quarter.end_ns + 1 * S)
    resolved = [json.loads(text) for text in session.sent if "market_resolved" in text]
    assert [frame["winning_asset_id"] for frame in resolved] == [quarter.down]
    venue.closed(session)


def test_it_has_no_part_in_the_price_path() -> None:
    assert "polymarket" not in VENUES
    alone, beside = World(3), World(3)
    venue = PolymarketVenue(Settings(), beside)
    for _ in range(200):
        alone.advance()
        beside.advance()
        venue.follow(0)
    assert alone.spot() == beside.spot()
    assert alone.price("kraken") == beside.price("kraken")


@pytest.mark.parametrize(("kind", "count"), [("skip", 0), ("repeat", 2), ("cross", 1), ("unknown_symbol", 2)])
def test_faults_strike_changes_of_the_book_alone(kind: str, count: int) -> None:
    venue = PolymarketVenue(Settings(), World(1))
    session: Any = Recorder()
    venue.opened(session)
    quarter = next(iter(venue.quarters.values()))
    venue.received(session, json.dumps({"type": "market", "assets_ids": [quarter.up, quarter.down]}))
    while not any("price_change" in text for text in session.sent):
        venue.follow(quarter.start_ns + S)
    change = next(text for text in session.sent if "price_change" in text)
    assert len(venue.fault(kind, session, change) or []) == count
    assert venue.fault(kind, session, session.sent[0]) is None
    assert venue.fault("missing_ack", session, session.sent[0]) == []
    assert venue.fault("missing_ack", session, change) is None
