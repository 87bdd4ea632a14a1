"""What is asked by REST about a whole series and its events: listings of markets, and fees."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from actors.kalshi.requests import Requests
from actors.kalshi.wire import optional_text

SEEK_S: Final = 5.0
"""Between two searches while no market runs; the listing is cached for 15 s anyway."""
LOOK_AHEAD_S: Final = 20.0
"""Between two searches while only the next market is missing."""
REVIEW_S: Final = 300.0
"""Between two searches while all is known: a market may have been added or called off, a fee changed."""
LOOK_BACK_S: Final = 3600.0
"""What has closed so recently is read at the start: it may have settled while nobody watched."""
MOST_PAGES: Final = 10
SECOND_NS: Final = 1_000_000_000


class Listings:
    """Asks again when it is time. wait_ns: how long so many market seconds really last."""

    def __init__(self, series: Iterable[str], requests: Requests, wait_ns: Callable[[float], int]) -> None:
        self._requests = requests
        self._wait_ns = wait_ns
        self._due_ns = dict.fromkeys(series, 0)
        self._looked_back: set[str] = set()
        self._fees_due_ns: dict[str, int] = {}
        self._pages: dict[str, int] = {}
        self._since_s = 0

    def tick(self, series: str, role: tuple[str, str], events: Iterable[str], now_ns: int) -> None:
        """Ask for what is due of one series. events: of its running and its next market."""
        if now_ns >= self._due_ns[series]:
            wait_s = REVIEW_S if all(role) else LOOK_AHEAD_S if role[0] else SEEK_S
            self._due_ns[series] = now_ns + self._wait_ns(wait_s)
            self._ask(f"open:{series}", "")
            self._ask(f"unopened:{series}", "")
        if self._is_due(series, now_ns):
            self._requests.ask(f"/series/{series}", f"series:{series}")
            self._requests.ask(f"/series/fee_changes?series_ticker={series}", f"fees:{series}")
        for event in events:
            if event and self._is_due(event, now_ns):
                self._requests.ask(f"/events/fee_changes?event_ticker={event}&limit=1000", f"event:{event}")
        if series not in self._looked_back:
            self._looked_back.add(series)
            self._since_s = (now_ns - self._wait_ns(LOOK_BACK_S)) // SECOND_NS
            self._ask(f"closed:{series}", "")
            self._ask(f"settled:{series}", "")

    def again(self) -> None:
        """Read all listings at the next turn."""
        self._due_ns = dict.fromkeys(self._due_ns, 0)
        self._looked_back.clear()

    def take_page(self, name: str, body: dict[str, Any]) -> None:
        """Go on to the next page of a listing, if there is one. *Raises* ValueError."""
        cursor, page = optional_text(body, "cursor"), self._pages.get(name, 0)
        self._pages[name] = page + 1 if cursor and page < MOST_PAGES else 0
        if self._pages[name]:
            self._ask(name, cursor)

    def _is_due(self, name: str, now_ns: int) -> bool:
        """Tell whether the fees of a series or event are to be asked for; once each time."""
        if now_ns < self._fees_due_ns.get(name, 0):
            return False
        self._fees_due_ns = {n: due_ns for n, due_ns in self._fees_due_ns.items() if due_ns > now_ns}
        self._fees_due_ns[name] = now_ns + self._wait_ns(REVIEW_S)
        return True

    def _ask(self, name: str, cursor: str) -> None:
        status, _, series = name.partition(":")
        path = f"/markets?series_ticker={series}&status={status}&limit=200"
        if status in ("closed", "settled"):
            path += f"&min_close_ts={self._since_s}"
        self._requests.ask(path + (f"&cursor={cursor}" if cursor else ""), f"markets:{name}")
