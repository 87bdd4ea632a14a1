"""Deaf or quiet: a book that nothing moves is compared with what REST says it is."""

from typing import Any

import msgspec

from actors.errors import DeafError
from actors.kalshi.ladders import mirrored, read_ladder
from actors.kalshi.requests import Requests
from actors.kalshi.shelf import BookShelf
from actors.kalshi.wire import obj
from messages import Level

DEPTH = 100
AGAIN_NS = 1_000_000_000


class Doubt(msgspec.Struct):
    """changed_ns: how old the book was when it was asked about. differed: replies that did not agree."""

    changed_ns: int = 0
    due_ns: int = 0
    differed: int = 0
    agreed_ns: int = 0


class Probe:
    """Asks REST for the book of a running market that has been quiet for `quiet_ns`.

    A reply counts only if the stream stayed silent meanwhile. If it agrees, the market is quiet and the
    book as good as new. If two replies, a second apart, differ from the same untouched book, changes
    were not delivered: DeafError. (*Source* live comparisons: `/orderbook` is not cached, `/markets` is.)
    """

    def __init__(self, shelf: BookShelf, requests: Requests, quiet_ns: int) -> None:
        self._shelf = shelf
        self._requests = requests
        self._quiet_ns = quiet_ns
        self._doubts: dict[str, Doubt] = {}

    def tick(self, running: frozenset[str], now_ns: int) -> None:
        """Ask where it is due."""
        for ticker in self._doubts.keys() - running:
            del self._doubts[ticker]
        for ticker in running:
            entry = self._shelf.entries.get(ticker)
            if entry is None or not entry.live:
                continue
            doubt = self._doubts.setdefault(ticker, Doubt())
            if doubt.changed_ns != entry.changed_ns:
                doubt.differed = 0
            quiet_since_ns = max(entry.changed_ns, doubt.agreed_ns)
            due_ns = doubt.due_ns if doubt.differed else quiet_since_ns + self._quiet_ns
            tag = f"probe:{ticker}"
            if now_ns >= due_ns and not self._requests.is_pending(tag):
                doubt.changed_ns = entry.changed_ns
                self._requests.ask(f"/markets/{ticker}/orderbook?depth={DEPTH}", tag, urgent=True)

    def agreed_ns(self, ticker: str) -> int:
        """When REST last confirmed the market's book."""
        doubt = self._doubts.get(ticker)
        return doubt.agreed_ns if doubt else 0

    def take(self, ticker: str, body: dict[str, Any], recv_ns: int) -> None:
        """Compare. *Raises* ValueError, DeafError."""
        doubt = self._doubts.get(ticker)
        entry = self._shelf.entries.get(ticker)
        bids, asks = read_rest_book(body)
        if doubt is None or entry is None or not entry.live or entry.changed_ns != doubt.changed_ns:
            return
        our_bids, our_asks = entry.book.levels()
        if our_bids[:DEPTH] == bids[:DEPTH] and our_asks[:DEPTH] == asks[:DEPTH]:
            doubt.differed, doubt.agreed_ns = 0, recv_ns
            return
        doubt.differed += 1
        doubt.due_ns = recv_ns + AGAIN_NS
        if doubt.differed >= 2:
            silent_s = (recv_ns - entry.changed_ns) / 1e9
            message = (
                f"Kalshi's stream has been silent on {ticker} for {silent_s:.1f} s "
                "while its book moved: REST shows another one, twice"
            )
            raise DeafError(message)


def read_rest_book(body: dict[str, Any]) -> tuple[list[Level], list[Level]]:
    """Read `{"orderbook_fp":{"yes_dollars":[…],"no_dollars":[…]}}` into bids and asks, best first.

    REST always gives the NO side in NO prices. The old form, `orderbook` with cents, is read as well.
    *Raises* ValueError.
    """
    book = obj(body, "orderbook_fp" if "orderbook_fp" in body else "orderbook")
    bids = read_ladder(book, "yes_dollars", "yes")
    asks = mirrored(read_ladder(book, "no_dollars", "no"))
    return sorted(bids, reverse=True), sorted(asks)
