"""What is known of each venue: its book or quote, its volume, and whether they stand."""

from typing import Final

from actors.brti.consolidated import VenueBook
from actors.brti.screens import Touch, erroneous
from actors.standing import Standing
from messages import BookChanged, BookSnapshot, DayVolume, QuoteChanged

ONE_E8: Final = 100_000_000


class Source:
    """A venue whose touch is known. default_volume_btc: its weight until it tells its 24-hour volume.

    at_ns, seq: receive stamp and sequence number of the newest record that its price rests on.
    """

    def __init__(self, name: str, default_volume_btc: float) -> None:
        self.name = name
        self.standing = Standing()
        self.touch = Touch(0, 0)
        self.at_ns = 0
        self.seq = 0
        self.volume_e8 = round(default_volume_btc * ONE_E8)
        self.default_volume = True

    def trouble(self, now_ns: int, limit_ns: int) -> str:
        """Say why this venue must stay out, as LeftOut.why does; empty if it is in."""
        return self.standing.trouble(now_ns, limit_ns) or erroneous(self.touch)

    def age_ms(self, now_ns: int) -> int:
        """How old the price is; -1 where there is none."""
        return (now_ns - self.at_ns) // 1_000_000 if self.at_ns else -1

    def take_quote(self, quote: QuoteChanged, seq: int) -> bool:
        """Take the touch from a quote; say whether anything but its age is new."""
        back = self.standing.quoted(quote.recv_ns)
        touch = Touch(quote.bid_e8, quote.ask_e8)
        changed = back or touch != self.touch
        self.touch = touch
        self.at_ns = quote.recv_ns
        self.seq = seq
        return changed

    def take_volume(self, volume: DayVolume) -> bool:
        """Take the 24-hour volume; say whether it is new. One of zero would be no weight at all."""
        if volume.volume_e8 <= 0 or (volume.volume_e8 == self.volume_e8 and not self.default_volume):
            return False
        self.volume_e8 = volume.volume_e8
        self.default_volume = False
        return True


class Constituent(Source):
    """A venue of the published index: its whole book is kept. slot: its place in the consolidated book."""

    def __init__(self, name: str, default_volume_btc: float, slot: int) -> None:
        super().__init__(name, default_volume_btc)
        self.slot = slot
        self.book = VenueBook()

    def take_snapshot(self, snapshot: BookSnapshot, seq: int) -> bool:
        """Take a whole book; say whether it is another one than was held.

        A checkpoint says again what the changes have led to already.
        """
        held = self.standing.stands()
        self.standing.quoted(snapshot.recv_ns)
        self.seq = seq
        if held and snapshot.checkpoint:
            return False
        self.book.replace(snapshot.bids, snapshot.asks)
        self.touch = self.book.touch()
        self.at_ns = snapshot.recv_ns
        return True

    def take_change(self, change: BookChanged, seq: int) -> bool:
        """Take changed levels; say whether there is a book that they change."""
        if not self.standing.held():
            return False
        self.standing.quoted(change.recv_ns)
        self.at_ns = change.recv_ns
        self.seq = seq
        book = self.book
        if change.bids:
            book.bids.set(change.bids)
        if change.asks:
            book.asks.set(change.asks, -1)
        self.touch = book.touch()
        return True
