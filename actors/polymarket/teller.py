"""What is said of the books: quotes while they hold, withdrawals when they do not."""

from collections import deque
from typing import Final

from actors.adapter import Output
from actors.errors import GapError
from actors.polymarket.book import NOTHING, TokenBook
from actors.polymarket.quarters import Quarter
from messages import PolymarketQuote, PolymarketWithdrawn

HEAL_PERIOD_NS: Final = 60_000_000_000
MOST_HEALINGS: Final = 3


class Teller:
    """healings: how often a book had to be asked for anew."""

    def __init__(self) -> None:
        self.healings = 0
        self._healed: deque[int] = deque()

    def judge(
        self, quarter: Quarter, book: TokenBook, best: tuple[int, int], now_ns: int, out: list[Output]
    ) -> bool:
        """Hold a book against the best bid and ask that Polymarket names; say whether to ask for a fresh one.

        Raises GapError if that happens too often.
        """
        if not book.judge(*best):
            return False
        self.healings += 1
        self._healed.append(now_ns)
        while self._healed[0] < now_ns - HEAL_PERIOD_NS:
            self._healed.popleft()
        if len(self._healed) > MOST_HEALINGS:
            raise GapError(f"Polymarket: {book.doubt}, and {MOST_HEALINGS} fresh books did not mend it")
        self.withdraw(quarter, book.doubt, now_ns, out)
        quarter.up.await_book()
        quarter.down.await_book()
        return True

    def show(self, quarter: Quarter, now_ns: int, out: list[Output]) -> None:
        """Say the quote of a running quarter hour if it is news; take it back if its book is in doubt."""
        doubt = quarter.doubt()
        if doubt:
            self.withdraw(quarter, doubt, now_ns, out)
            return
        if not quarter.runs(now_ns) or not quarter.whole():
            return
        touch = quarter.up.touch()
        if not quarter.stands or touch != quarter.said:
            quarter.stands = True
            quarter.said = touch
            self.repeat(quarter, out)

    def repeat(self, quarter: Quarter, out: list[Output]) -> None:
        """Say again what stands, with the stamp that it had."""
        if quarter.stands:
            quote = PolymarketQuote(
                quarter.slug, quarter.book_ref, quarter.recv_ns, quarter.venue_ns, quarter.end_ns,
                *quarter.said, quarter.start_e8,
            )  # fmt: skip
            out.append(quote)

    def withdraw(self, quarter: Quarter, reason: str, now_ns: int, out: list[Output]) -> None:
        """Take back what stands."""
        if quarter.stands:
            quarter.stands = False
            quarter.said = NOTHING
            out.append(PolymarketWithdrawn(quarter.slug, quarter.book_ref, now_ns, reason))
