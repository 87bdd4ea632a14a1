"""LMAX Digital by its public data API: the whole book once a second, and a ticker at each trade.

What LMAX shows to the public is less than what it gives the index's administrator, and less than any
other constituent shows. Missing here, and what is done about it:

- The book between two seconds. ORDER_BOOK is sent at most once a second, as a sample; the index is
  computed from the books of every moment. A value of ours counts LMAX as it stood up to a second ago.
- How deep the book is: no document says how many levels a frame holds. All are kept; where they end
  before the index stops reading, LMAX's share of the depth is too small and nothing can tell by how much.
- Trades with a side. TICKER tells of a trade when it has happened, its price and size, not who took. No
  TradePrinted is said; its best bid and ask are evidence against a book that stands still.
- A volume of 24 hours: none in the stream, none by REST (the session's open, high and low only). No
  DayVolume is said, and the default weight of the volume-weighted proxy stands in for it.
- A sequence and a checksum: of no matter, as the next frame mends whatever one has lost.

The rules of politeness are strict. One HTTP request a second for each address of ours, else all are
refused with 429 for up to an hour; the handshake is such a request too. So REST is asked on suspicion
alone, every 3 s at most, after a 429 not for an hour, and whatever ends the feed here asks the supervisor
for 3 s before the next handshake. One request a second on the stream: there is
one, the subscription. No more than one ping of ours in 30 s, else the connection is closed: theirs, every
3 s, show that the socket lives.

Once a day most of its markets close for five minutes: the status says so, and the book is withdrawn.

Source: the LMAX Public Data API's reference (version 0.1: channels, fields, error codes, limits) and
public clients. No recording is public: numbers may be text or numbers here, `status` may be missing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from actors.adapter import Freshness, Get, Handshake, Output
from actors.errors import ActorsError, ConfigurationError, RefusedError
from actors.prices.comparing import WholeBookAdapter, levels_of
from actors.prices.numbers import either_e8
from actors.prices.venue import Ticker, dumps
from actors.prices.watch import Limits

CHANNELS = ("ORDER_BOOK", "TICKER")
OPEN = "OPEN"
STATUSES = (OPEN, "SUSPENDED", "CLOSED", "SETTLED", "WITHDRAWN")
PING_S = 35.0
APART_S = 3.0
"""Pause between two HTTP requests; also how long the stream may say nothing before REST is asked."""
AWAY_S = 30.0
"""Pause before knocking again where nobody is."""


class Venue(WholeBookAdapter):
    stream_url = "wss://public-data-api.london-digital.lmax.com/v1/web-socket"
    public_rest_url = "https://public-data-api.london-digital.lmax.com"
    # Its own ping comes every 3 s, and a book about every second.
    limits = Limits(socket_s=8, quiet_s=APART_S, rest_lag_s=2, probe_s=APART_S, refused_s=3_600)
    knows_volume = False
    lives_by_pings = True
    known: ClassVar[dict[str, str]] = {
        "ORDER_BOOK": "type instrument_id timestamp status bids asks",
        "level": "price quantity",
        "TICKER": (
            "type instrument_id timestamp best_bid best_ask trade_id last_quantity last_price session_open "
            "session_low session_high"
        ),
        "SUBSCRIPTIONS": "type channels",
        "STATUS": "type description status",
        "ERROR": "type error_code error_message",
    }

    def handshake(self, now_ns: int) -> Handshake:
        return Handshake(self.settings.url or self.stream_url, ping_s=PING_S)

    def reset(self) -> None:
        super().reset()
        self._pair = f"{self.base}-{self.quote}".lower()
        self._market = OPEN
        self._first_book_due_ns = 0

    def subscribe(self) -> list[Output]:
        for channel in CHANNELS:
            self.acks.expect(channel)
        channels = [{"name": channel, "instruments": [self._pair]} for channel in CHANNELS]
        return [dumps({"type": "SUBSCRIBE", "channels": channels})]

    def resubscribe(self) -> list[Output]:
        # Every frame is a whole book; the next one is the fresh snapshot.
        return []

    def beat(self, now_ns: int) -> list[Output]:
        if self._watch.has_book or self._questions.wants_peace(now_ns):
            return []
        begun, due_ns = self._first_book_due_ns > 0, self._first_book_due_ns
        if begun and now_ns < due_ns:
            return []
        self._first_book_due_ns = now_ns + int(APART_S * 1e9)
        return [Get(self.ticker_path(), "book")] if begun else []

    def freshness(self, now_ns: int) -> Freshness:
        freshness = super().freshness(now_ns)
        if self._market == OPEN:
            return freshness
        return Freshness(False, freshness.age_ms, f"the market is {self._market}")

    def frame(self, data: bytes, recv_ns: int, ref: int) -> list[Output]:
        with _politely():
            return super().frame(data, recv_ns, ref)

    def reply(
        self, get: Get, status: int, body: bytes, retry_after_s: float, recv_ns: int, ref: int
    ) -> list[Output]:
        with _politely():
            return super().reply(get, status, body, retry_after_s, recv_ns, ref)

    def tick(self, now_ns: int) -> list[Output]:
        with _politely():
            return super().tick(now_ns)

    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        kind = frame.get("type")
        if kind == "ORDER_BOOK":
            self._order_book(frame, ref, recv_ns, out)
        elif kind == "TICKER":
            self._ticker(frame, recv_ns, out)
        elif kind == "SUBSCRIPTIONS":
            self._subscriptions(frame, recv_ns, out)
        elif kind == "STATUS":
            self._status(frame, recv_ns, out)
        elif kind == "ERROR":
            self._error(frame, recv_ns, out)
        else:
            self.drift("type", str(kind), recv_ns, out)

    def ticker_path(self) -> str:
        # Not /v1/ticker: its touch is that of the last trade, and may be older than the book.
        return f"/v1/orderbook/{self._pair}"

    def read_ticker(self, body: Any) -> Ticker:
        bids, asks = (levels_of(_side(side).items()) for side in self._open_book(body))
        bid = max([price for price, _ in bids], default=0)
        ask = min([price for price, _ in asks], default=0)
        return Ticker(bid, ask, None)

    def other_reply(self, get: Get, body: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        # The stream has said nothing of the book so far. Once it has, it knows better.
        bids, asks = self._open_book(body)
        if not self._watch.has_book:
            venue_ns = self.rfc3339(body["timestamp"], recv_ns, out)
            self.whole_book(out, _side(bids), _side(asks), ref, recv_ns, venue_ns)

    def _open_book(self, body: Any) -> tuple[Any, Any]:
        if (status := body.get("status", OPEN)) != OPEN:
            raise RefusedError(f"{self.venue}'s market is {status!s:.20}", AWAY_S)
        return body["bids"], body["asks"]

    def _order_book(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("ORDER_BOOK", frame, recv_ns, out)
        if not self._ours(frame, recv_ns, out):
            return
        bids, asks = frame["bids"], frame["asks"]
        for level in (*bids[:1], *asks[:1]):
            self.fields("level", level, recv_ns, out)
        venue_ns = self.rfc3339(frame["timestamp"], recv_ns, out)
        self._market = str(frame.get("status", OPEN))
        if self._market not in STATUSES:
            self.drift("value", f"status {self._market:.20}", recv_ns, out)
        if self._market == OPEN:
            self.whole_book(out, _side(bids), _side(asks), ref, recv_ns, venue_ns)
            return
        # What it shows now is the closing price.
        self.book_came(recv_ns)
        self._watch.has_book = True
        self.publisher.withdraw(out, f"the market is {self._market:.20}", recv_ns)

    def _ticker(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("TICKER", frame, recv_ns, out)
        if not self._ours(frame, recv_ns, out):
            return
        self.rfc3339(frame["timestamp"], recv_ns, out)
        # A side may be empty. The book is up to a second behind, and that proves nothing.
        bid, ask = either_e8(frame["best_bid"] or "0"), either_e8(frame["best_ask"] or "0")
        self._suspect(bid, ask, recv_ns, recv_ns, lagging=True)

    def _subscriptions(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("SUBSCRIPTIONS", frame, recv_ns, out)
        for channel in frame["channels"]:
            if self._pair in channel["instruments"]:
                self.acks.came(channel["name"])

    def _status(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("STATUS", frame, recv_ns, out)
        if frame["status"] == "MAINTENANCE":
            raise RefusedError(f"{self.venue} is under maintenance", AWAY_S)
        if frame["status"] != "ONLINE":
            self.drift("value", f"STATUS {frame['status']!s:.20}", recv_ns, out)

    def _error(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("ERROR", frame, recv_ns, out)
        code = frame["error_code"]
        said = f"{frame.get('error_message')} ({code})"[:200]
        if code == "INSTRUMENT_NOT_FOUND":
            raise ConfigurationError(f"{self.venue} does not know {self._pair}: {said}")
        if code == "TOO_MANY_REQUESTS" or not self._watch.has_book:
            raise RefusedError(f"{self.venue} refuses the subscription: {said}", AWAY_S)
        self.drift("code", said, recv_ns, out)

    def _ours(self, frame: Any, recv_ns: int, out: list[Output]) -> bool:
        if frame["instrument_id"] == self._pair:
            return True
        self.drift("value", f"instrument_id {frame['instrument_id']}", recv_ns, out)
        return False


@contextmanager
def _politely() -> Iterator[None]:
    # The next handshake is a request like any other.
    try:
        yield
    except ActorsError as error:
        error.retry_after_s = max(error.retry_after_s, APART_S)
        raise


def _side(levels: Any) -> dict[str, str]:
    return {str(level["price"]): str(level["quantity"]) for level in levels}
