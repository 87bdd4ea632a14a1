import json

from simulator.server import Request
from simulator.settings import Settings
from simulator.venues.itbit import ItbitVenue
from simulator.venues.itbit_rest import ItbitPages, execution
from simulator.world import World

MARKET = ItbitVenue(Settings(), World(1)).market
NOON_NS = 1_795_392_000_000_000_000


def test_today_has_the_part_of_the_days_volume_that_has_passed() -> None:
    body = json.loads(ItbitPages(MARKET)(Request("/v2/markets/BTCUSD/ticker", [], {}), NOON_NS).body)
    assert body["today"]["range"]["begin"].endswith("T00:00:00.000Z")
    hours = NOON_NS // 3_600_000_000_000 % 24
    part = float(body["today"]["volume"]) / float(body["last_day"]["volume"])
    assert abs(part - hours / 24) < 1e-6


def test_match_numbers_are_texts_that_rise() -> None:
    numbers = [execution(deal)["match_number"] for deal in MARKET.deals]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)
    assert {len(number) for number in numbers} == {12}
