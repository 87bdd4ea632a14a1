"""Reading what Polymarket's REST pages tell of one quarter hour.

Source: `GET /events?slug=…` as public clients and recorded answers have it. Lists inside of a market are
JSON written as text; `clobTokenIds` stand in the order of `outcomes`.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from actors.polymarket.numbers import DOLLAR_E6

OUTCOMES = ["Up", "Down"]
_USUAL_TICK = 0.01


class Listed(NamedTuple):
    """One quarter hour as it is listed. end_ns: as the page says it, 0 where it does not; the round begins
    at its slug's time, not at the page's `startDate`. start_e8: -1 while not told. touch: best bid and
    ask of Up as the page has them, None where it has none."""

    condition_id: str
    up_token: str
    down_token: str
    tick_e6: int
    end_ns: int
    start_e8: int
    touch: tuple[float, float] | None


def read_events(body: bytes, slug: str) -> Listed | None:
    """Read the answer about one slug; None where it is not listed. Raises ValueError, LookupError, TypeError
    or AttributeError for an answer of another shape."""
    events = [event for event in orjson.loads(body) if event["slug"] == slug]
    if not events:
        return None
    event = events[0]
    (market,) = event["markets"]
    outcomes, tokens = _list(market["outcomes"]), _list(market["clobTokenIds"])
    if sorted(outcomes) != sorted(OUTCOMES) or len(tokens) != 2:
        raise ValueError(f"outcomes are {outcomes!r:.60}")
    by_outcome = dict(zip(outcomes, tokens, strict=True))
    return Listed(
        str(market["conditionId"]),
        str(by_outcome["Up"]),
        str(by_outcome["Down"]),
        round(float(market.get("orderPriceMinTickSize") or _USUAL_TICK) * DOLLAR_E6),
        _rfc3339_ns(market.get("endDate")),
        _start_e8(event.get("eventMetadata")),
        _touch(market),
    )


def _list(value: Any) -> list[str]:
    listed = orjson.loads(value) if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise ValueError(f"no list: {value!r:.60}")
    return [str(entry) for entry in listed]


def _start_e8(metadata: Any) -> int:
    """`priceToBeat`: the stream's price at the start, where Polymarket has put it there already."""
    metadata = orjson.loads(metadata) if isinstance(metadata, str) else metadata
    price = (metadata or {}).get("priceToBeat")
    return round(float(price) * 1e8) if price else -1


def _touch(market: dict[str, Any]) -> tuple[float, float] | None:
    bid, ask = market.get("bestBid"), market.get("bestAsk")
    return None if bid is None or ask is None else (float(bid), float(ask))


def _rfc3339_ns(text: Any) -> int:
    if not isinstance(text, str):
        return 0
    at = datetime.fromisoformat(text)
    # In whole microseconds: a float of seconds is too coarse.
    since = at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds) * 1_000
