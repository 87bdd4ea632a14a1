"""itBit, the exchange of Paxos: its book on connecting, then one changed level a frame; volume by REST.

Nothing is subscribed to: the address names the market. The first frame holds the whole book (or the
first frames, where the last one says `final_snapshot`), each later one an absolute size, 0 for gone. A
fresh book comes with a fresh connection and not otherwise, so whatever is wrong with it ends the feed.

What the stream does not have, and what stands in for it:

- No sequence, no checksum: a lost frame is found by comparing with the REST book; see LossCheck. Should
  that not show what the stream shows, which nobody has recorded, it is told as drift and left alone.
- No heartbeat: our own pings and their answers show that the socket lives.
- No stamps: the latency of this venue is not known.
- No trades: they have an address of their own (/executiondata), one connection has one address, and
  neither there nor by REST (recent-executions) does a trade say which side took. No TradePrinted is said.

Source: docs.paxos.com/api-reference/websockets, as four public clients read it; no recording is public,
so numbers may be text or numbers here. No limit of the REST host is published: it is asked twice in ten
seconds, and every three while there is a doubt.
"""

from typing import Any, ClassVar

from actors.adapter import Get, Handshake, Output
from actors.errors import GapError, RefusedError
from actors.prices.loss import LossCheck
from actors.prices.numbers import either_e8
from actors.prices.publisher import Standing
from actors.prices.venue import WRONG_SHAPE, Ticker, VenueAdapter
from actors.prices.watch import Limits
from messages import Level

COMPARE_NS = 10_000_000_000
CONFIRM_NS = 3_000_000_000
"""Pauses between two comparisons: usually, and as long as there is a doubt. REST may be 2 s old."""


class Venue(VenueAdapter):
    stream_url = "wss://ws.paxos.com/marketdata/BTCUSD"
    public_rest_url = "https://api.paxos.com"
    # We ping every 5 s, and an answer is all that a quiet market sends.
    limits = Limits(socket_s=8, quiet_s=3, rest_lag_s=2, probe_s=3)
    changes_by_level = True
    lives_by_pings = True
    known: ClassVar[dict[str, str]] = {
        "SNAPSHOT": "type market bids asks final_snapshot",
        "UPDATE": "type market side price amount",
        "level": "price amount",
    }

    def handshake(self, now_ns: int) -> Handshake:
        host = (self.settings.url or self.stream_url).partition("/marketdata")[0]
        return Handshake(f"{host}/marketdata/{self._pair}")

    def reset(self) -> None:
        self._pair = f"{self.base}{self.quote}"
        # The parts of a snapshot whose last part has not come; None: all have.
        self._parts: tuple[dict[int, int], dict[int, int]] | None = None
        self._loss = LossCheck()
        self._compares = True
        self._compare_due_ns = 0

    def subscribe(self) -> list[Output]:
        return []

    def resubscribe(self) -> list[Output]:
        raise GapError(f"{self.venue} gives a fresh book to a fresh connection only: {self.healing.reason}")

    def beat(self, now_ns: int) -> list[Output]:
        due = now_ns >= self._compare_due_ns and not self._questions.wants_peace(now_ns)
        if not due or not self._compares or self.publisher.standing is not Standing.STANDS:
            return []
        self._compare_due_ns = now_ns + COMPARE_NS
        self._loss.asked()
        return [Get(f"/v2/markets/{self._pair}/order-book", "book")]

    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        kind = frame.get("type")
        if kind == "UPDATE":
            self._update(frame, ref, recv_ns, out)
        elif kind == "SNAPSHOT":
            self._snapshot(frame, ref, recv_ns, out)
        elif "error" in frame:
            self._error(str(frame["error"])[:200], recv_ns, out)
        else:
            self.drift("type", str(kind), recv_ns, out)

    def ticker_path(self) -> str:
        return f"/v2/markets/{self._pair}/ticker"

    def read_ticker(self, body: Any) -> Ticker:
        bid, ask = either_e8(body["best_bid"]["price"]), either_e8(body["best_ask"]["price"])
        volume_e8 = either_e8(body["last_day"]["volume"])
        return Ticker(bid, ask, volume_e8, self._is_current(body.get("snapshot_at")))

    def other_reply(self, get: Get, body: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        bids, asks = _levels(body["bids"]), _levels(body["asks"])
        if self.publisher.standing is not Standing.STANDS:
            return
        wrong = self._loss.compare(self.publisher.book, bids, asks)
        shown = f"{len(wrong)} levels: " + ", ".join([f"{price / 1e8:.2f}" for price in wrong[:5]])
        if wrong and self._loss.trusted:
            self.heal(f"the REST book contradicts it twice in {shown}", recv_ns, out)
        elif wrong:
            self._compares = False
            self.drift("value", f"another REST book in {shown}", recv_ns, out)
        if self._loss.doubts or not self._loss.trusted:
            self._compare_due_ns = min(self._compare_due_ns, recv_ns + CONFIRM_NS)

    def _is_current(self, snapshot_at: Any) -> bool:
        # How old its pages may be, Paxos does not say; without a readable stamp 2 s are assumed.
        try:
            return self._stamps.ns(snapshot_at) > self._watch.book_ns
        except WRONG_SHAPE:
            return True

    def _snapshot(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("SNAPSHOT", frame, recv_ns, out)
        if not self._ours(frame, recv_ns, out):
            return
        bids, asks = self._parts or ({}, {})
        for side, name in ((bids, "bids"), (asks, "asks")):
            levels = frame[name] or ()
            for level in levels[:1]:
                self.fields("level", level, recv_ns, out)
            side.update(_levels(levels))
        if frame.get("final_snapshot") is False:
            self._parts = (bids, asks)
            self.book_came(recv_ns)
            return
        self._parts = None
        self._loss = LossCheck()
        self._compare_due_ns = recv_ns + CONFIRM_NS
        self.snapshot(out, list(bids.items()), list(asks.items()), ref, recv_ns, 0)

    def _update(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("UPDATE", frame, recv_ns, out)
        if not self._ours(frame, recv_ns, out):
            return
        side = frame["side"]
        if side not in ("BUY", "SELL"):
            raise ValueError(f"side {side!r:.20}")
        buys = side == "BUY"
        price_e8, size_e8 = either_e8(frame["price"]), either_e8(frame["amount"])
        if self._parts is not None:
            self._parts[0 if buys else 1][price_e8] = size_e8
        book = self.publisher.book
        self._loss.touched(book.bids if buys else book.asks, price_e8)
        level = [(price_e8, size_e8)]
        self.change(out, level if buys else [], [] if buys else level, ref, recv_ns, 0)

    def _error(self, said: str, recv_ns: int, out: list[Output]) -> None:
        if self.publisher.standing is Standing.AWAITED:
            raise RefusedError(f"{self.venue} refuses the market {self._pair}: {said}")
        self.drift("code", said, recv_ns, out)

    def _ours(self, frame: Any, recv_ns: int, out: list[Output]) -> bool:
        if frame["market"] == self._pair:
            return True
        self.drift("value", f"market {frame['market']}", recv_ns, out)
        return False


def _levels(levels: Any) -> list[Level]:
    return [(either_e8(level["price"]), either_e8(level["amount"])) for level in levels or ()]
