import json
from typing import Any

import pytest

from simulator.server import Request
from simulator.settings import Settings
from simulator.venues.lmax import LmaxVenue
from simulator.venues.lmax_rest import LmaxPages
from simulator.world import World

S = 1_000_000_000
AT_NS = 1_795_380_000 * S
WORLD = World(1)
VENUE = LmaxVenue(Settings(), WORLD)


def asked(pages: LmaxPages, path: str, at_ns: int = AT_NS) -> tuple[int, Any]:
    reply = pages(Request(path, [], {}), at_ns)
    return reply.status, json.loads(reply.body)


def test_pages_have_the_documented_fields() -> None:
    fields = {
        "/v1/orderbook/btc-usd": "instrument_id timestamp status bids asks",
        "/v1/ticker/btc-usd": (
            "instrument_id timestamp best_bid best_ask trade_id last_quantity last_price session_open "
            "session_low session_high"
        ),
        "/v1/time": "epoch_millis timestamp",
        "/v1/instruments/btc-usd": (
            "instrument_id symbol security_id currency unit_of_measure asset_class quantity_increment "
            "price_increment ticker_enabled"
        ),
    }
    for path, names in fields.items():
        status, body = asked(LmaxPages(VENUE.market), path)
        assert status == 200
        assert list(body) == names.split()
    assert asked(LmaxPages(VENUE.market), "/v1/instruments")[1][0]["instrument_id"] == "btc-usd"


@pytest.mark.parametrize("path", ["/v1/orderbook/nope-usd", "/v1/trades/btc-usd", "/"])
def test_what_is_not_there_is_said_so(path: str) -> None:
    assert asked(LmaxPages(VENUE.market), path) == (404, {"error_message": "Not found"})


def test_one_request_a_second_is_answered() -> None:
    pages = LmaxPages(VENUE.market)
    assert {asked(pages, "/v1/time", AT_NS + n * S)[0] for n in range(20)} == {200}


def test_two_in_a_second_are_followed_by_half_a_minute_of_refusals() -> None:
    pages = LmaxPages(VENUE.market)
    statuses = [asked(pages, "/v1/time", AT_NS + int(s * S))[0] for s in (0, 0.5, 5, 30, 30.5, 32)]
    assert statuses == [200, 429, 429, 429, 200, 200]


def test_the_book_is_made_anew_once_a_second() -> None:
    pages = LmaxPages(VENUE.market)
    first = asked(pages, "/v1/orderbook/btc-usd")[1]
    for _ in range(50):
        WORLD.advance()
        VENUE.market.move(AT_NS, WORLD)
    assert asked(pages, "/v1/orderbook/btc-usd", AT_NS + S)[1]["bids"] != first["bids"]
