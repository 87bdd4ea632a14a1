"""What the page shows of the index: its values, the venues' mids, and its errors."""

from actors.logger.histogram import Histogram
from messages import BookWithdrawn, FeedGap, IndexCompared, IndexValue, OfficialIndexPublished, QuoteChanged
from replay.report.envelope import NAN, Envelope

MAIN_POINTS = 8000
OTHER_POINTS = 3000
INDEX_ID = "BRTI"


class Errors:
    """One method against the official value. sizes: of |error| in 10^-4, to 3 %."""

    def __init__(self) -> None:
        self.line = Envelope(OTHER_POINTS)
        self.sizes = Histogram()
        self.sum_bps = 0.0

    def add(self, at_ns: int, error_bps: float) -> None:
        """Take one second's error."""
        self.line.add(at_ns, error_bps)
        self.sizes.add(abs(error_bps))
        self.sum_bps += error_bps


class IndexLines:
    """Lines by method and by venue, all in dollars, and errors by method.

    chosen: name of the method that the user chose, empty until it spoke.
    """

    def __init__(self) -> None:
        self.chosen = ""
        self.methods: dict[str, Envelope] = {}
        self.venues: dict[str, Envelope] = {}
        self.official = Envelope(MAIN_POINTS)
        self.errors: dict[str, Errors] = {}

    def value(self, log: str, message: IndexValue, at_ns: int) -> None:
        """Take a value of ours; one that is withheld breaks the line."""
        if message.index_id != INDEX_ID:
            return
        line = self.methods.get(message.method)
        if line is None:
            line = self.methods[message.method] = Envelope(
                MAIN_POINTS if message.chosen else OTHER_POINTS, True
            )
        if message.chosen:
            self.chosen = message.method
        if message.value_usd > 0.0:
            line.add(message.at_ns, message.value_usd)
        else:
            line.stop(message.at_ns)

    def published(self, log: str, message: OfficialIndexPublished, at_ns: int) -> None:
        """Take an official value, at its own second."""
        if message.index_id == INDEX_ID and message.value_e6 > 0:
            self.official.add(message.source_ns, message.value_e6 / 1e6)

    def compared(self, log: str, message: IndexCompared, at_ns: int) -> None:
        """Take the errors of one second."""
        if message.index_id == INDEX_ID:
            for one in message.errors:
                self.errors.setdefault(one.method, Errors()).add(message.stamp_ns, one.error_bps)

    def quote(self, log: str, message: QuoteChanged, at_ns: int) -> None:
        """Take a venue's best bid and ask; without either there is no mid."""
        name = f"{message.venue} {message.symbol}"
        line = self.venues.get(name)
        if line is None:
            line = self.venues[name] = Envelope(OTHER_POINTS, True)
        whole = message.bid_e8 > 0 and message.ask_e8 > 0
        line.add(message.recv_ns, (message.bid_e8 + message.ask_e8) / 2e8 if whole else NAN)

    def withdrawn(self, log: str, message: BookWithdrawn, at_ns: int) -> None:
        """A venue's book is not trusted any more."""
        line = self.venues.get(f"{message.venue} {message.symbol}")
        if line is not None:
            line.stop(message.at_ns)

    def gap(self, log: str, message: FeedGap, at_ns: int) -> None:
        """A venue was not heard: no line is drawn over it."""
        if message.from_ns:
            for name, line in self.venues.items():
                if name.split()[0] == message.venue:
                    line.stop(message.from_ns)

    def ended(self, at_ns: int) -> None:
        """A session is over: nothing holds beyond it."""
        for line in [*self.methods.values(), *self.venues.values()]:
            line.stop(at_ns)
