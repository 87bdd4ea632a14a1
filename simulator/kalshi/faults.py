"""How faults look in Kalshi's format."""

import json

from simulator.kalshi.subscriptions import BOOK, Desk

_SEQUENCED = ('"type":"orderbook_delta"', '"type":"trade"', '"type":"market_lifecycle_v2"')
_FOREIGN_TICKER = "KXSIM15M-26JAN010000-00"


def misshape(kind: str, desk: Desk, text: str) -> list[str] | None:
    """What a fault makes of one frame; None: it does not touch this one."""
    if kind == "skip":
        return [] if _sequenced(text) else None
    if kind == "repeat":
        return [text, text] if _sequenced(text) else None
    if kind == "cross":
        return _and_another(desk, text, {"side": "yes", "price_dollars": "0.9990", "delta_fp": "5.00"})
    if kind == "unknown_symbol":
        return _and_another(desk, text, {"market_ticker": _FOREIGN_TICKER})
    if kind == "missing_ack":
        return [] if '"type":"subscribed"' in text[:60] else None
    if kind == "unknown_field":
        return [text.replace('"msg":{', '"sim_unknown_field":1,"msg":{"sim_unknown_field":[null],', 1)]
    return None


def _sequenced(text: str) -> bool:
    return text.startswith("{") and any(mark in text[:60] for mark in _SEQUENCED)


def _and_another(desk: Desk, text: str, differs: dict[str, str]) -> list[str] | None:
    """After a delta, one more that differs in these fields; the numbers stay consecutive."""
    subscription = desk.by_channel.get(BOOK)
    if subscription is None or _SEQUENCED[0] not in text[:60]:
        return None
    frame = json.loads(text)
    if frame["sid"] != subscription.sid:
        return None
    subscription.seq += 1
    frame["seq"] = subscription.seq
    frame["msg"] |= differs
    return [text, json.dumps(frame, separators=(",", ":"))]
