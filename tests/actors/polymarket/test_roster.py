import json
from typing import Any

import pytest

from actors.adapter import Get, Output, Send
from actors.drift import DriftCounter
from actors.errors import GapError
from actors.polymarket.roster import Roster
from actors.polymarket.watch import Watch
from messages import DriftSeen, PolymarketDefined
from tests.actors.polymarket.pages import SLUG, body, event

S = 1_000_000_000
START = 1_795_385_700 * S
NOW = START + 100 * S
NEXT = "btc-updown-15m-1795386600"


def sends(out: list[Output]) -> list[dict[str, Any]]:
    return [json.loads(one.data) for one in out if isinstance(one, Send)]


def found(roster: Roster, slug: str = SLUG, at_ns: int = NOW, **more: Any) -> list[Output]:
    """Ask about one and answer as it is listed."""
    out: list[Output] = []
    roster.turn_over(at_ns, out)
    roster.ask(at_ns, Watch(at_ns), out)
    (get,) = [one for one in out if isinstance(one, Get)]
    assert get == Get(f"/events?slug={slug}", slug)
    assert roster.pages.answered(get, 200, b"", 0.0, at_ns)
    out = []
    roster.take_page(get, body(event(slug, **more)), Watch(at_ns), at_ns, 7, out)
    return out


def test_the_running_quarter_hour_is_found_and_subscribed() -> None:
    roster = Roster(1.0, DriftCounter("polymarket"))
    assert roster.why_no_book(NOW) == "the running quarter hour has not been found"
    defined, send = found(roster)
    assert isinstance(defined, PolymarketDefined)
    assert (defined.slug, defined.frame, defined.start_e8) == (SLUG, 7, -1)
    (wish,) = sends([send])
    assert wish["type"] == "market"
    assert wish["assets_ids"] == ["11", "22"]
    assert wish["initial_dump"] is wish["custom_feature_enabled"] is True
    quarter = roster.of("11")
    assert quarter is not None
    assert quarter is roster.of("22")
    assert roster.of("33") is roster.of(None) is None
    assert roster.why_no_book(NOW) == "no book yet"


def test_the_next_one_is_added_before_it_starts_and_the_last_is_left_when_it_is_over() -> None:
    roster = Roster(1.0, DriftCounter("polymarket"))
    found(roster)
    quarter = roster.of("11")
    assert quarter is not None
    quarter.up.replace([], [])
    quarter.down.replace([], [])
    quarter.start_e8 = 1
    early = found(roster, NEXT, START + 790 * S, clobTokenIds='["33", "44"]', endDate="2026-11-22T22:45:00Z")
    assert sends(early) == [{"assets_ids": ["33", "44"], "operation": "subscribe"}]
    following = roster.of("33")
    assert following is not None
    following.up.replace([], [])
    following.down.replace([], [])
    out: list[Output] = []
    roster.turn_over(START + (900 + 299) * S, out)
    assert sends(out) == []
    roster.turn_over(START + (900 + 301) * S, out)
    assert sends(out) == [{"assets_ids": ["11", "22"], "operation": "unsubscribe"}]
    assert roster.of("11") is None
    assert roster.left("11")
    assert not roster.left("33")


def test_the_price_at_the_start_is_asked_for_until_it_is_told() -> None:
    roster = Roster(1.0, DriftCounter("polymarket"))
    found(roster)
    watch, out = Watch(NOW), list[Output]()
    roster.ask(NOW + 9 * S, watch, out)
    assert out == []
    roster.ask(NOW + 10 * S, watch, out)
    (get,) = out
    assert isinstance(get, Get)
    roster.pages.answered(get, 200, b"", 0.0, NOW + 10 * S)
    out = []
    told = event() | {"eventMetadata": {"priceToBeat": 84_000.5}}
    quarter = roster.take_page(get, body(told), watch, NOW + 11 * S, 8, out)
    assert quarter is roster.of("11")
    (defined,) = out
    assert isinstance(defined, PolymarketDefined)
    assert (defined.start_e8, defined.frame) == (8_400_050_000_000, 8)
    out = []
    roster.ask(NOW + 60 * S - S, Watch(NOW + 50 * S), out)
    assert out == []


def test_what_is_not_listed_yet_is_asked_again_soon() -> None:
    roster = Roster(1.0, DriftCounter("polymarket"))
    out: list[Output] = []
    roster.turn_over(NOW, out)
    roster.ask(NOW, Watch(NOW), out)
    get = out[0]
    assert isinstance(get, Get)
    roster.pages.answered(get, 200, b"", 0.0, NOW)
    assert roster.take_page(get, b"[]", Watch(NOW), NOW, 1, out) is None
    roster.ask(NOW + S, Watch(NOW), out)
    assert len(out) == 1
    roster.ask(NOW + 2 * S, Watch(NOW), out)
    assert len(out) == 2


def test_an_end_that_is_not_a_quarter_hour_after_the_slugs_start_is_told() -> None:
    out = found(Roster(1.0, DriftCounter("polymarket")), endDate="2026-11-22T22:20:00Z")
    assert [one.name for one in out if isinstance(one, DriftSeen)] == [f"{SLUG} ends elsewhere"]


def test_books_that_never_come_end_the_connection() -> None:
    roster = Roster(1.0, DriftCounter("polymarket"))
    found(roster)
    roster.turn_over(NOW + 5 * S, [])
    with pytest.raises(GapError, match=f"no books of {SLUG} in 5 s"):
        roster.turn_over(NOW + 5 * S + 1, [])


def test_fresh_books_are_asked_for_on_the_same_connection() -> None:
    roster = Roster(1.0, DriftCounter("polymarket"))
    found(roster)
    quarter = roster.of("11")
    assert quarter is not None
    out: list[Output] = []
    roster.resubscribe(quarter, NOW + S, out)
    assert [wish["operation"] for wish in sends(out)] == ["unsubscribe", "subscribe"]
    roster.turn_over(NOW + 6 * S, [])
