from pathlib import Path
from typing import Any

import orjson
import pytest

from actors.polymarket.gamma import Listed, read_events
from tests.actors.polymarket.pages import SLUG, body, event

SAMPLE = Path(__file__).parents[4] / "shared/reference/samples/polymarket/gamma_event.json"
END_NS = 1_795_386_600 * 10**9


def test_a_quarter_hour_is_read_with_the_token_of_each_outcome() -> None:
    assert read_events(body(event()), SLUG) == Listed("0xc", "11", "22", 10_000, END_NS, -1, None)
    turned = read_events(body(event(outcomes='["Down", "Up"]')), SLUG)
    assert turned is not None
    assert (turned.up_token, turned.down_token) == ("22", "11")


def test_the_price_at_the_start_and_the_touch_are_read_where_they_are_told() -> None:
    told = event(bestBid=0.54, bestAsk=0.55) | {"eventMetadata": {"priceToBeat": 84_000.12}}
    listed = read_events(body(told), SLUG)
    assert listed is not None
    assert (listed.start_e8, listed.touch) == (8_400_012_000_000, (0.54, 0.55))
    for nothing in (None, {}, {"priceToBeat": None}, '{"finalPrice": 1}'):
        unknown = read_events(body(event() | {"eventMetadata": nothing}), SLUG)
        assert unknown is not None
        assert unknown.start_e8 == -1


def test_what_is_not_listed_is_none() -> None:
    assert read_events(b"[]", SLUG) is None
    assert read_events(body(event("btc-updown-15m-900")), SLUG) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcomes": '["Yes", "No"]'},
        {"clobTokenIds": '["11"]'},
        {"clobTokenIds": "11"},
        {"outcomes": None},
        {"endDate": "tomorrow"},
    ],
)
def test_another_shape_is_an_error_that_the_feed_can_name(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, LookupError, TypeError, AttributeError)):
        read_events(body(event(**wrong)), SLUG)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the recorded answer is not here")
def test_a_recorded_answer_has_the_fields_that_are_read() -> None:
    (recorded,) = orjson.loads(SAMPLE.read_bytes())
    market = recorded["markets"][0]
    ours = market | {"outcomes": '["Up", "Down"]'}
    listed = read_events(orjson.dumps([recorded | {"slug": SLUG, "markets": [ours]}]), SLUG)
    assert listed is not None
    assert listed.condition_id == market["conditionId"]
    assert [listed.up_token, listed.down_token] == orjson.loads(market["clobTokenIds"])
    assert (listed.tick_e6, listed.touch) == (1_000, (0.01, 0.011))
