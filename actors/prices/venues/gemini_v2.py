"""Gemini's older /v2/marketdata: l2 with its trades; chosen by the setting `protocol: v2`.

Archived in the documents, still served in September 2026; kept because other people's clients and
recordings speak it, and as a way back. It has no sequence, no stamp on the book and no acknowledgement.

Source: archived docs.gemini.com/websocket-api/#market-data-version-2; shapes as recorded on 2021-04-17.
"""

from typing import Any, ClassVar

from actors.adapter import Output
from actors.errors import RefusedError
from actors.prices.numbers import sided_levels, text_e8
from actors.prices.publisher import Standing
from actors.prices.stamps import sane_ns
from actors.prices.venue import Ticker, VenueAdapter, dumps
from actors.prices.watch import Limits


class Venue(VenueAdapter):
    stream_url = "wss://api.gemini.com/v2/marketdata"
    public_rest_url = "https://api.gemini.com"
    # A heartbeat every 5 s.
    limits = Limits(socket_s=8, quiet_s=3, rest_lag_s=2, probe_s=2)
    sends_whole_book = True
    known: ClassVar[dict[str, str]] = {
        "l2_updates": "type symbol changes trades auction_events",
        "trade": "type symbol event_id timestamp price quantity side",
        "heartbeat": "type timestamp",
    }

    def reset(self) -> None:
        self._pair = f"{self.base}{self.quote}"
        self._had_book = False

    def subscribe(self) -> list[Output]:
        return [self._subscription("subscribe")]

    def resubscribe(self) -> list[Output]:
        return [self._subscription("unsubscribe"), self._subscription("subscribe")]

    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        kind = frame.get("type")
        if kind == "l2_updates":
            self._l2_updates(frame, ref, recv_ns, out)
        elif kind == "trade":
            self._trade(frame, ref, recv_ns, out)
        elif kind == "heartbeat":
            self.fields("heartbeat", frame, recv_ns, out)
        elif frame.get("result") == "error":
            raise RefusedError(f"{self.venue} refuses the subscription: {str(frame.get('reason'))[:200]}")
        else:
            self.drift("type", str(kind), recv_ns, out)

    def ticker_path(self) -> str:
        return f"/v1/pubticker/{self._pair.lower()}"

    def read_ticker(self, body: Any) -> Ticker:
        return Ticker(text_e8(body["bid"]), text_e8(body["ask"]), text_e8(body["volume"][self.base]))

    def _l2_updates(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("l2_updates", frame, recv_ns, out)
        if frame["symbol"] != self._pair:
            self.drift("value", f"symbol {frame['symbol']}", recv_ns, out)
            return
        bids, asks = sided_levels(frame["changes"])
        if self.publisher.standing is not Standing.AWAITED:
            self.change(out, bids, asks, ref, recv_ns, 0)
        elif "trades" in frame or not self._had_book:
            # The first frame of a subscription holds the whole book, and trades from before it.
            self._had_book = True
            self.snapshot(out, bids, asks, ref, recv_ns, 0)

    def _trade(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("trade", frame, recv_ns, out)
        if frame["symbol"] != self._pair:
            self.drift("value", f"symbol {frame['symbol']}", recv_ns, out)
            return
        side = frame["side"]
        if side == "block":  # agreed elsewhere: nobody took anything from this book
            return
        if side not in ("buy", "sell"):
            raise ValueError(f"side {side!r:.20}")
        venue_ns = sane_ns(int(frame["timestamp"]) * 1_000_000)
        self.stamped(venue_ns, recv_ns)
        price_e8, size_e8 = text_e8(frame["price"]), text_e8(frame["quantity"])
        self.trade(out, frame["event_id"], price_e8, size_e8, side == "buy", ref, recv_ns, venue_ns)

    def _subscription(self, kind: str) -> Output:
        return dumps({"type": kind, "subscriptions": [{"name": "l2", "symbols": [self._pair]}]})
