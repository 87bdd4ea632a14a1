"""What all exchange adapters share; a venue's own file adds its wire format and nothing else."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
import orjson

from actors.adapter import AdapterCounts, Freshness, Get, Handshake, LatencySummary, Output, Send
from actors.errors import FrameError
from actors.latency import LatencyMeter
from actors.prices.acks import Acknowledgements
from actors.prices.healing import Healing
from actors.prices.publisher import BookPublisher, Standing
from actors.prices.questions import TickerQuestions
from actors.prices.settings import PricesSettings
from actors.prices.shape import ShapeWatch
from actors.prices.stamps import Rfc3339, sane_ns
from actors.prices.touch import TouchCheck
from actors.prices.volume import VolumeTeller
from actors.prices.watch import DeafWatch, Limits
from messages import Level, TradePrinted

TICK_NS = 100_000_000

# What a frame of the wrong shape makes Python raise. Everything else is a mistake of ours and looks like one.
WRONG_SHAPE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


class Ticker(msgspec.Struct, frozen=True):
    """What a venue's REST ticker tells: the touch and the volume of 24 hours, None where it has none.

    is_current: False where it may be older than the book, and so no evidence against it.
    """

    bid_e8: int
    ask_e8: int
    volume_e8: int | None
    is_current: bool = True


class VenueAdapter(ABC):
    """The adapter of one exchange and one symbol, for one connection; see actors.adapter.Adapter.

    A venue's class sets the constants, and says how to subscribe, take a frame and read the ticker.
    """

    stream_url: ClassVar[str]
    public_rest_url: ClassVar[str]
    limits: ClassVar[Limits]
    known: ClassVar[dict[str, str]]
    """Documented fields by kind of record, with spaces between; others are counted as drift."""
    sends_volume: ClassVar[bool] = False
    sends_whole_book: ClassVar[bool] = False
    knows_volume: ClassVar[bool] = True
    """False: nothing public tells the volume of 24 hours, so REST is asked on suspicion alone."""
    changes_by_level: ClassVar[bool] = False
    """Each frame changes one level, so that a true book may look crossed for several of them."""
    lives_by_pings: ClassVar[bool] = False
    """The stream has no sign of life of its own: its pings, and answers to ours, are taken for one."""

    drift: Callable[[str, str, int, list[Output]], None]
    """Count what the venue says beyond its documents: what, name, when, where to say so."""
    fields: Callable[[str, dict[str, Any], int, list[Output]], None]
    """Count the fields that a kind of record is not known to have."""
    _checkpoint_due_ns: int

    def __init__(self, settings: PricesSettings) -> None:
        self.settings = settings
        self.venue = settings.venue
        self.symbol = settings.symbol
        self.base, _, self.quote = settings.symbol.partition("-")
        self.rest_url = settings.rest_url or self.public_rest_url
        # A tick early, so that two checkpoints are never further apart than was set.
        self._checkpoint_ns = int(settings.checkpoint_s * 1e9) - TICK_NS
        self._meter = LatencyMeter()
        self._reset(0)

    def depth(self) -> int:
        """Levels a side that the venue keeps for us; 0: all."""
        return 0

    @abstractmethod
    def subscribe(self) -> list[Output]:
        """Ask for everything; name each expected acknowledgement to `acks`."""

    @abstractmethod
    def resubscribe(self) -> list[Output]:
        """Ask for a fresh snapshot of the book on the same connection."""

    @abstractmethod
    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        """Take one decoded frame in. May raise whatever a frame of the wrong shape makes Python raise."""

    @abstractmethod
    def ticker_path(self) -> str:
        """Path of the REST ticker."""

    @abstractmethod
    def read_ticker(self, body: Any) -> Ticker:
        """Read a decoded REST ticker."""

    @abstractmethod
    def reset(self) -> None:
        """Set the venue's own state to that of a connection just made."""

    def beat(self, now_ns: int) -> list[Output]:
        """Send what the venue's session wants, or what makes a silent socket speak."""
        return []

    def other_reply(self, get: Get, body: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        """Take the decoded answer to a question of the venue's own."""
        raise ValueError(f"nobody asked for {get.tag}")

    # -- the seam ------------------------------------------------------------------------------------

    def handshake(self, now_ns: int) -> Handshake | None:
        return Handshake(self.settings.url or self.stream_url)

    def opened(self, conn: int, now_ns: int) -> list[Output]:
        self._reset(now_ns)
        self._watch.opened(now_ns)
        out = self.subscribe()
        self._ask_ticker(now_ns, out)
        return out

    def frame(self, data: bytes, recv_ns: int, ref: int) -> list[Output]:
        out: list[Output] = []
        self._watch.frame_ns = recv_ns
        try:
            self.take(orjson.loads(data), ref, recv_ns, out)
        except WRONG_SHAPE as error:
            raise FrameError(self.venue, data, f"{type(error).__name__} {error}") from error
        return out

    def reply(
        self, get: Get, status: int, body: bytes, retry_after_s: float, recv_ns: int, ref: int
    ) -> list[Output]:
        out: list[Output] = []
        if get.tag == "ticker":
            self._questions.answered()
        if status != 200:
            self._questions.refused(status, retry_after_s, recv_ns)
            if status:
                self.drift("code", f"GET {get.tag} {status}", recv_ns, out)
            return out
        # The stream carries the feed; a REST body that nobody can read is told, and is not its end.
        try:
            decoded = orjson.loads(body)
            if get.tag == "ticker":
                self._take_ticker(self.read_ticker(decoded), ref, recv_ns, out)
            else:
                self.other_reply(get, decoded, ref, recv_ns, out)
        except WRONG_SHAPE as error:
            self.drift("value", f"GET {get.tag}: {type(error).__name__} {error}", recv_ns, out)
        return out

    def tick(self, now_ns: int) -> list[Output]:
        out: list[Output] = []
        self._watch.check(now_ns)
        self.publisher.overdue(now_ns)
        self.healing.check(now_ns)
        for name in self.acks.late(now_ns):
            self.drift("ack", name, now_ns, out)
        if self.publisher.off_center():
            self.heal("the price has left the middle of the kept band", now_ns, out)
        self._touch.follow(self.publisher.quote)
        self._ask_ticker(now_ns, out)
        out += self.beat(now_ns)
        if now_ns >= self._checkpoint_due_ns:
            self._checkpoint_due_ns = now_ns + self._checkpoint_ns
            self.publisher.checkpoint(out)
            self.volume.tell(out, now_ns)
        return out

    def round_trip(self, rtt_ns: int, now_ns: int) -> None:
        self._meter.round_trip(rtt_ns, now_ns)
        self.pinged(now_ns)

    def pinged(self, now_ns: int) -> None:
        if self.lives_by_pings:
            self._watch.frame_ns = now_ns

    def freshness(self, now_ns: int) -> Freshness:
        newest_ns = max(self.publisher.last_ns, self._trade_ns)
        age_ms = max(0, now_ns - newest_ns) // 1_000_000 if newest_ns else -1
        suspicion = self._watch.suspicion(now_ns)
        if self.publisher.standing is Standing.STANDS and not suspicion:
            return Freshness(True, age_ms)
        if suspicion:
            why_not = f"the book stands still while {suspicion}"
        elif self.publisher.standing is Standing.CROSSED:
            why_not = "the book is crossed"
        else:
            why_not = self.healing.reason or "no book yet"
        return Freshness(False, age_ms, why_not)

    def latency(self, now_ns: int) -> LatencySummary:
        return self._meter.summary(now_ns)

    def counts(self) -> AdapterCounts:
        return AdapterCounts(self.publisher.withdrawals, self._shape.total())

    # -- for the venues ------------------------------------------------------------------------------

    def snapshot(
        self, out: list[Output], bids: list[Level], asks: list[Level], ref: int, recv_ns: int, venue_ns: int
    ) -> None:
        """Take the venue's whole book."""
        self._watch.book_moved(recv_ns)
        self._watch.has_book = True
        self.healing.done()
        self.publisher.snapshot(out, bids, asks, ref, recv_ns, venue_ns)

    def change(
        self, out: list[Output], bids: list[Level], asks: list[Level], ref: int, recv_ns: int, venue_ns: int
    ) -> None:
        """Take changed levels; of no use while a snapshot is awaited."""
        if self.book_came(recv_ns):
            bids, asks = self.publisher.apply(bids, asks)
            self.publisher.tell(out, bids, asks, ref, recv_ns, venue_ns)

    def book_came(self, recv_ns: int) -> bool:
        """Note that the book's channel speaks; whether a book is there that can be changed."""
        self._watch.book_moved(recv_ns)
        return self.publisher.standing is not Standing.AWAITED

    def trade(
        self, out: list[Output], trade_id: object, price_e8: int, size_e8: int, taker_buys: bool,
        ref: int, recv_ns: int, venue_ns: int,
    ) -> None:  # fmt: skip
        """Take one trade; one that the book does not follow is evidence against it."""
        if type(trade_id) is not int and type(trade_id) is not str:
            raise ValueError(f"no trade id: {trade_id!r:.40}")
        self._trade_ns = recv_ns
        if self._book_stands() and self._watch.counts(recv_ns, lagging=False):
            self._watch.evidence("trades go on", recv_ns)
        out.append(
            TradePrinted(
                self.venue, self.symbol, ref, recv_ns, venue_ns, str(trade_id), price_e8, size_e8, taker_buys
            )
        )

    def ticker_seen(self, bid_e8: int, ask_e8: int, recv_ns: int, out: list[Output]) -> None:
        """Compare the book with the touch on a ticker of the stream."""
        if not self._book_stands():
            return
        self._suspect(bid_e8, ask_e8, recv_ns, recv_ns, lagging=False)
        wrong = self._touch.compare(self.publisher.quote, bid_e8, ask_e8, recv_ns)
        if wrong and not self._watch.suspicion(recv_ns):
            self.heal("the touch is not the ticker's", recv_ns, out)

    def heal(self, reason: str, now_ns: int, out: list[Output]) -> None:
        """Withdraw the book and ask for a fresh one. Raises GapError if that happens too often."""
        self.healing.begin(reason, now_ns)
        self.publisher.withdraw(out, reason, now_ns)
        out += self.resubscribe()

    def rfc3339(self, text: Any, recv_ns: int, out: list[Output]) -> int:
        """Read a stamp and measure the latency; 0 and drift for what is none."""
        try:
            venue_ns = self._stamps.ns(text)
        except WRONG_SHAPE:
            self.drift("value", f"stamp {text!r:.40}", recv_ns, out)
            return 0
        if venue_ns:
            self._meter.stamped(venue_ns, recv_ns)
        return venue_ns

    def count_ns(self, number: Any, unit_ns: int, recv_ns: int, out: list[Output]) -> int:
        """Read a stamp that counts units since the epoch and measure the latency; 0 and drift for none."""
        if type(number) is not int:
            self.drift("value", f"stamp {number!r:.40}", recv_ns, out)
            return 0
        venue_ns = sane_ns(number * unit_ns)
        self.stamped(venue_ns, recv_ns)
        return venue_ns

    def stamped(self, venue_ns: int, recv_ns: int) -> None:
        """Measure the latency of a stamp that the venue itself has read."""
        if venue_ns:
            self._meter.stamped(venue_ns, recv_ns)

    # -- own ----------------------------------------------------------------------------------------

    def _reset(self, now_ns: int) -> None:
        self.publisher = BookPublisher(
            self.venue,
            self.symbol,
            self.depth(),
            self.settings.band_pct / 100 if self.sends_whole_book else 0.0,
            patient=self.changes_by_level,
        )
        self.volume = VolumeTeller(self.venue, self.symbol)
        self._shape = ShapeWatch(self.venue, self.known)
        self._watch = DeafWatch(self.venue, self.limits)
        poll_s = 0.0 if self.sends_volume else self.settings.volume_poll_s
        self._questions = TickerQuestions(
            poll_s if self.knows_volume else None, self.limits.probe_s, self.limits.refused_s
        )
        self._touch = TouchCheck()
        self._stamps = Rfc3339()
        self.acks = Acknowledgements(now_ns)
        self.healing = Healing(self.venue)
        self._checkpoint_due_ns = now_ns + self._checkpoint_ns
        self._trade_ns = 0
        # Bound once: they are called for every frame.
        self.drift = self._shape.drift
        self.fields = self._shape.fields
        self.reset()

    def _book_stands(self) -> bool:
        return self.publisher.standing is Standing.STANDS

    def _ask_ticker(self, now_ns: int, out: list[Output]) -> None:
        if self._questions.due(now_ns, self._book_stands() and self._watch.quiet(now_ns)):
            out.append(Get(self.ticker_path(), "ticker"))

    def _take_ticker(self, ticker: Ticker, ref: int, recv_ns: int, out: list[Output]) -> None:
        if ticker.volume_e8 is not None:
            self.volume.take(out, ticker.volume_e8, ref, recv_ns)
        if ticker.is_current:
            self._suspect(ticker.bid_e8, ticker.ask_e8, self._questions.asked_ns, recv_ns, lagging=True)

    def _suspect(self, bid_e8: int, ask_e8: int, seen_ns: int, now_ns: int, *, lagging: bool) -> None:
        # Evidence against a book that stands still: the touch as the venue shows it elsewhere.
        bid, _, ask, _ = self.publisher.quote
        differs = (bid_e8, ask_e8) != (bid, ask)
        if differs and self._book_stands() and self._watch.counts(seen_ns, lagging):
            theirs = f"{bid_e8 / 1e8:.2f}/{ask_e8 / 1e8:.2f}"
            self._watch.evidence(f"the ticker shows {theirs}, not {bid / 1e8:.2f}/{ask / 1e8:.2f}", now_ns)


def dumps(frame: Any) -> Send:
    """Write a frame to send."""
    return Send(orjson.dumps(frame))
