"""Answers of the pages, in the shape of a recorded one."""

import json
from typing import Any

SLUG = "btc-updown-15m-1795385700"


def event(slug: str = SLUG, **more: Any) -> dict[str, Any]:
    market = {
        "id": "1",
        "conditionId": "0xc",
        "slug": slug,
        "startDate": "2026-11-21T22:15:00Z",
        "endDate": "2026-11-22T22:30:00Z",
        "outcomes": '["Up", "Down"]',
        "outcomePrices": '["0.5", "0.5"]',
        "orderPriceMinTickSize": 0.01,
        "clobTokenIds": '["11", "22"]',
        **more,
    }
    return {"id": "1", "slug": slug, "startDate": "2026-11-21T22:15:00Z", "markets": [market]}


def body(*events: dict[str, Any]) -> bytes:
    return json.dumps(events).encode()
