"""A scripted Kalshi for the adapters: a clock that tests turn, REST from a table, frames by hand."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from actors.adapter import Get, Output, Send
from actors.kalshi.poller import KalshiPoller
from actors.kalshi.settings import KalshiSettings, Subscribe
from actors.kalshi.signing import Signer
from actors.kalshi.stream import KalshiStream
from messages import DriftSeen

S = 1_000_000_000
OPEN_NS = 1_786_941_900 * S  # 2026-08-17T04:45:00Z
CLOSE_NS = OPEN_NS + 900 * S
TICKER = "KXBTC15M-26AUG170100-00"
NEXT = "KXBTC15M-26AUG170115-15"

Answer = tuple[int, dict[str, Any]]
M = TypeVar("M")


def iso(at_ns: int) -> str:
    return (
        datetime.fromtimestamp(at_ns // S, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{at_ns % S // 1000:06d}Z"
    )


def market(ticker: str = TICKER, open_ns: int = OPEN_NS, **more: Any) -> dict[str, Any]:
    """A market as REST gives it, in the documented shape."""
    length_ns = more.pop("length_ns", 900 * S)
    return {
        "ticker": ticker,
        "event_ticker": ticker.rpartition("-")[0],
        "open_time": iso(open_ns),
        "close_time": iso(open_ns + length_ns),
        "status": "active",
        "result": "",
        "expiration_value": "",
        "exchange_index": 2,
        "price_level_structure": "tapered_deci_cent",
        **more,
    }


def of(outputs: list[Output], kind: type[M]) -> list[M]:
    return [output for output in outputs if isinstance(output, kind)]


class Venue:
    """Answers REST from `markets`, `books` and `trades`; counts what is asked."""

    def __init__(self) -> None:
        self.markets: dict[str, dict[str, Any]] = {}
        self.books: dict[str, dict[str, Any]] = {}
        self.trades: dict[str, list[dict[str, Any]]] = {}
        self.status: dict[str, Any] = {"exchange_active": True, "trading_active": True}
        self.asked: list[str] = []
        self.refuse: Callable[[Get], Answer | None] = lambda get: None
        self.now_ns = 0

    def answer(self, get: Get) -> Answer:
        self.asked.append(get.path)
        refused = self.refuse(get)
        if refused is not None:
            return refused
        path, _, query = get.path.partition("?")
        parts = path.strip("/").split("/")
        if path == "/exchange/status":
            return 200, self.status
        if path == "/exchange/schedule":
            return 200, {"schedule": {"standard_hours": [], "maintenance_windows": []}}
        if parts[0] == "series":
            return 200, {"series": {"ticker": parts[1], "fee_type": "quadratic", "fee_multiplier": 1}}
        if path == "/markets":
            fields = dict(pair.split("=") for pair in query.split("&"))
            wanted = "active" if fields["status"] == "open" else "initialized"
            rows = [row for row in self.markets.values() if row["status"] == wanted]
            return 200, {"markets": rows, "cursor": ""}
        if path == "/markets/trades":
            ticker = dict(pair.split("=") for pair in query.split("&"))["ticker"]
            return 200, {"trades": self.trades.get(ticker, []), "cursor": ""}
        if parts[-1] == "orderbook":
            empty: dict[str, Any] = {"yes_dollars": [], "no_dollars": []}
            return 200, {"orderbook_fp": self.books.get(parts[1], empty)}
        if parts[1] in self.markets:
            return 200, {"market": self.markets[parts[1]]}
        return 404, {"error": {"code": "not_found", "message": "not found"}}


class Rig:
    """An adapter, a venue and a clock. Everything said is kept in `said`, commands sent in `sent`."""

    def __init__(self, adapter: KalshiStream | KalshiPoller, venue: Venue, now_ns: int) -> None:
        self.adapter = adapter
        self.venue = venue
        self.now_ns = now_ns
        self.said: list[Output] = []
        self.sent: list[dict[str, Any]] = []
        self.seq = 0
        self.ref = 0
        self.take(adapter.opened(1, now_ns))

    def take(self, outputs: list[Output]) -> list[Output]:
        """Carry out what the adapter wants; replies come at once, at the same time."""
        for output in outputs:
            if isinstance(output, Send):
                self.sent.append(json.loads(output.data))
            elif isinstance(output, Get):
                status, body = self.venue.answer(output)
                self.ref += 1
                raw = body["raw"].encode() if "raw" in body else json.dumps(body).encode()
                more = self.adapter.reply(
                    output, status, raw, body.get("after_s", 0.0), self.now_ns, self.ref
                )
                self.take(more)
            else:
                self.said.append(output)
        return outputs

    def run(self, seconds: float, step_s: float = 0.1) -> None:
        """Turn the clock on, ticking."""
        end_ns = self.now_ns + round(seconds * S)
        while self.now_ns < end_ns:
            self.now_ns = min(end_ns, self.now_ns + round(step_s * S))
            self.venue.now_ns = self.now_ns
            self.take(self.adapter.tick(self.now_ns))

    def frame(self, fields: dict[str, Any] | bytes) -> list[Output]:
        raw = fields if isinstance(fields, bytes) else json.dumps(fields, separators=(",", ":")).encode()
        self.ref += 1
        return self.take(self.adapter.frame(raw, self.now_ns, self.ref))

    def ack_all(self) -> None:
        """Acknowledge every open subscribe and update, in the documented way."""
        sids = {"orderbook_delta": 1, "trade": 2, "ticker": 3, "market_lifecycle_v2": 4}
        sids |= {"cfbenchmarks_value": 5, "cfbenchmarks_value_5hz": 6}
        for command in [c for c in self.sent if not c.get("acked")]:
            command["acked"] = True
            if command["cmd"] == "subscribe":
                channel = command["params"]["channels"][0]
                reply = {"id": command["id"], "type": "subscribed", "msg": {"channel": channel}}
                reply["msg"]["sid"] = sids[channel]
                self.frame(reply)
            elif command["params"]["action"] != "get_snapshot":
                tickers = command["params"]["market_tickers"]
                self.frame({"id": command["id"], "sid": command["params"]["sid"], "type": "ok",
                            "msg": {"market_tickers": tickers}})  # fmt: skip

    def snapshot(self, ticker: str = TICKER, seq: int | None = None, **more: Any) -> list[Output]:
        """yes and no ladders in YES prices; `id` for an answer."""
        self.seq = self.seq + 1 if seq is None else seq
        msg: dict[str, Any] = {"market_ticker": ticker, "market_id": "x"}
        msg |= {"yes_dollars_fp": more.pop("yes", [["0.4000", "10.00"], ["0.4500", "5.00"]])}
        msg |= {"no_dollars_fp": more.pop("no", [["0.5000", "7.00"], ["0.9000", "20.00"]])}
        return self.frame({"type": "orderbook_snapshot", "sid": 1, "seq": self.seq, **more, "msg": msg})

    def delta(self, price: str, change: str, side: str = "yes", ticker: str = TICKER, seq: int | None = None,
              **more: Any) -> list[Output]:  # fmt: skip
        self.seq = self.seq + 1 if seq is None else seq
        msg: dict[str, Any] = {
            "market_ticker": ticker,
            "market_id": "x",
            "price_dollars": price,
            "delta_fp": change,
        }
        msg |= {"side": side, "ts_ms": self.now_ns // 1_000_000, **more}
        return self.frame({"type": "orderbook_delta", "sid": 1, "seq": self.seq, "msg": msg})

    def commands(self, action: str) -> list[dict[str, Any]]:
        return [c for c in self.sent if c["params"].get("action", c["cmd"]) == action]


def signer() -> Signer:
    return Signer("key-1", Ed25519PrivateKey.generate())


def settings(**more: Any) -> KalshiSettings:
    return KalshiSettings(**{"subscribe": Subscribe(["KXBTC15M"]), **more})


def stream(now_ns: int = OPEN_NS + 60 * S, venue: Venue | None = None, **more: Any) -> Rig:
    """A stream with one running market and the next one known."""
    return Rig(KalshiStream(settings(**more), signer()), venue or usual_venue(), now_ns)


def live(**more: Any) -> Rig:
    """A stream whose running market has its book."""
    rig = stream(**more)
    rig.run(2)
    rig.ack_all()
    rig.snapshot()
    return rig


def poller(now_ns: int = OPEN_NS + 60 * S, venue: Venue | None = None, **more: Any) -> Rig:
    return Rig(KalshiPoller(settings(**more)), venue or usual_venue(), now_ns)


def usual_venue() -> Venue:
    venue = Venue()
    venue.markets[TICKER] = market(floor_strike=63441.03, strike_type="greater_or_equal")
    venue.markets[NEXT] = market(NEXT, CLOSE_NS, status="initialized")
    return venue


def drifts(rig: Rig) -> set[tuple[str, str]]:
    """(what, name) of all drift that was said."""
    return {(message.what, message.name) for message in of(rig.said, DriftSeen)}


BOOK: dict[str, Any] = {
    "yes_dollars": [["0.4000", "10.00"], ["0.4500", "5.00"]],
    "no_dollars": [["0.1000", "20.00"], ["0.5000", "7.00"]],
}
"""The book of Rig.snapshot, as REST gives it."""
