"""Which quarter hours there are, and what is known of each."""

from actors.market_seconds import MarketSeconds
from actors.polymarket.book import NOTHING, TokenBook, Touch
from actors.polymarket.gamma import Listed
from messages import PolymarketDefined

QUARTER_S = 900
AHEAD_S = 120.0
"""Of market time: how long before its start a quarter hour is subscribed."""
AFTER_S = 300.0
"""And how long after its end it is kept, for its result."""


class Quarter:
    """One quarter hour.

    listed: None until it is found. ref: of the frame that its definition came from. book_ref, recv_ns,
    venue_ns: of the last frame of its books. said: the touch of its last quote; stands: whether that holds.
    """

    def __init__(self, number: int, seconds: MarketSeconds) -> None:
        self.number = number
        self.slug = f"btc-updown-15m-{number * QUARTER_S}"
        self.start_ns = seconds.begin_ns(number * QUARTER_S)
        self.end_ns = seconds.begin_ns((number + 1) * QUARTER_S)
        self.listed: Listed | None = None
        self.tick_e6 = 0
        self.start_e8 = -1
        self.up = TokenBook()
        self.down = TokenBook()
        self.ref = 0
        self.book_ref = 0
        self.recv_ns = 0
        self.venue_ns = 0
        self.asked_ns = 0
        self.subscribed_ns = 0
        self.said: Touch = NOTHING
        self.stands = False
        self.resolved = False

    def runs(self, now_ns: int) -> bool:
        """Whether it has begun and is not over."""
        return self.start_ns <= now_ns < self.end_ns

    def whole(self) -> bool:
        """Whether both books are there."""
        return self.up.came and self.down.came

    def tokens(self) -> list[str]:
        """Ids of both tokens; empty until it is found."""
        return [self.listed.up_token, self.listed.down_token] if self.listed else []

    def book(self, token: str) -> TokenBook:
        """The book of one of its tokens."""
        return self.up if self.listed is not None and token == self.listed.up_token else self.down

    def doubt(self) -> str:
        """Why its books cannot be true as they are; empty when all is well."""
        return self.up.doubt or self.down.doubt

    def find(self, listed: Listed, ref: int) -> None:
        """Take how it is listed."""
        self.listed = listed
        self.ref = ref
        self.tick_e6 = listed.tick_e6
        self.start_e8 = listed.start_e8

    def defined(self, at_ns: int) -> list[PolymarketDefined]:
        """What is known of it, as a message; none until it is found."""
        listed = self.listed
        if listed is None:
            return []
        defined = PolymarketDefined(
            self.slug, self.ref, at_ns, self.start_ns, self.end_ns, listed.condition_id, listed.up_token,
            listed.down_token, self.tick_e6, self.start_e8,
        )  # fmt: skip
        return [defined]


class Calendar:
    """The quarter hours by the market's clock alone: their slugs name their starts."""

    def __init__(self, speed: float) -> None:
        self.seconds = MarketSeconds(speed)
        self._ahead_ns = round(AHEAD_S * 1e9 / speed)
        self._after_ns = round(AFTER_S * 1e9 / speed)

    def wanted(self, now_ns: int) -> list[int]:
        """Numbers of those to watch now: the running one, and its neighbours while they are near."""
        first = self.seconds.begun(now_ns - self._after_ns) // QUARTER_S
        last = self.seconds.begun(now_ns + self._ahead_ns) // QUARTER_S
        return list(range(first, last + 1))

    def running(self, now_ns: int) -> int:
        """Number of the one that runs now; there always is one."""
        return self.seconds.begun(now_ns) // QUARTER_S
