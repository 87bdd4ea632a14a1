"""Finding the quarter hours, subscribing them ahead of their start, leaving them when they are decided."""

from collections import deque
from collections.abc import Iterable
from typing import Any, Final

import orjson

from actors.adapter import Get, Output, Send
from actors.drift import DriftCounter
from actors.errors import GapError
from actors.polymarket.gamma import read_events
from actors.polymarket.pages import Pages
from actors.polymarket.quarters import Calendar, Quarter
from actors.polymarket.watch import Watch

SECOND_NS: Final = 1_000_000_000
FIND_NS: Final = 2 * SECOND_NS
PROBE_NS: Final = 5 * SECOND_NS
START_S: Final = 10.0
"""Of market time, between two questions for the price at the start."""
BOOK_NS: Final = 5 * SECOND_NS
"""A subscription without its books for longer ends the connection."""


class Roster:
    """The quarter hours that are near, and the way from a token to its quarter hour."""

    def __init__(self, speed: float, drift: DriftCounter) -> None:
        self.pages = Pages()
        self._calendar = Calendar(speed)
        self._drift = drift
        self._start_ns = max(SECOND_NS, round(START_S * SECOND_NS / speed))
        self._quarters: dict[int, Quarter] = {}
        self._of_token: dict[str, Quarter] = {}
        self._left: deque[str] = deque(maxlen=16)  # tokens whose last frames may still be under way
        self._subscribed = False

    def all(self) -> Iterable[Quarter]:
        """Those that are near, oldest first."""
        return self._quarters.values()

    def of(self, token: object) -> Quarter | None:
        """The quarter hour of a token; None for one that is not ours."""
        return self._of_token.get(token) if isinstance(token, str) else None

    def left(self, token: object) -> bool:
        """Whether this token was ours until a moment ago."""
        return token in self._left

    def why_no_book(self, now_ns: int) -> str:
        """Why the running quarter hour's book must not be used; empty if it may."""
        quarter = self._quarters.get(self._calendar.running(now_ns))
        if quarter is None or quarter.listed is None:
            slug = quarter.slug if quarter is not None else "the running quarter hour"
            return f"{slug} has not been found" + (f" ({self.pages.trouble})" if self.pages.trouble else "")
        return quarter.doubt() if quarter.whole() else "no book yet"

    def turn_over(self, now_ns: int, out: list[Output]) -> None:
        """Take up what is near now, leave what is long over. Raises GapError for books that never came."""
        wanted = self._calendar.wanted(now_ns)
        for number in [number for number in self._quarters if number not in wanted]:
            self._leave(self._quarters.pop(number), out)
        for number in wanted:
            if number not in self._quarters:
                quarter = Quarter(number, self._calendar.seconds)
                if now_ns < quarter.end_ns:
                    self._quarters[number] = quarter
        for quarter in self._quarters.values():
            late = quarter.subscribed_ns and not quarter.whole() and now_ns > quarter.subscribed_ns + BOOK_NS
            if late and now_ns < quarter.end_ns:
                raise GapError(f"Polymarket has sent no books of {quarter.slug} in {BOOK_NS // SECOND_NS} s")

    def ask(self, now_ns: int, watch: Watch, out: list[Output]) -> None:
        """Ask the pages what must be known: tokens, the price at the start, or whether anything moves."""
        for quarter in self._quarters.values():
            if quarter.listed is None:
                pause_ns = FIND_NS
            elif not quarter.runs(now_ns):
                continue
            elif watch.quiet(now_ns):
                pause_ns = PROBE_NS
            elif quarter.start_e8 < 0:
                pause_ns = self._start_ns
            else:
                continue
            if now_ns - quarter.asked_ns < pause_ns:
                continue
            get = self.pages.ask(quarter.slug, now_ns)
            if get is not None:
                quarter.asked_ns = now_ns
                out.append(get)

    def take_page(
        self, get: Get, body: bytes, watch: Watch, recv_ns: int, ref: int, out: list[Output]
    ) -> Quarter | None:
        """Read an answer; the quarter hour whose price at the start is now known and was not before.

        Raises DeafError, and what an answer of the wrong shape makes Python raise.
        """
        quarter = next((one for one in self._quarters.values() if one.slug == get.tag), None)
        listed = read_events(body, quarter.slug) if quarter is not None else None
        if quarter is None or listed is None:
            return None
        if quarter.runs(recv_ns):
            watch.seen(listed.touch, self.pages.asked_ns)
        if quarter.listed is None:
            quarter.find(listed, ref)
            if listed.end_ns and abs(listed.end_ns - quarter.end_ns) > SECOND_NS:
                out += self._drift.seen("value", f"{quarter.slug} ends elsewhere", recv_ns)
            out += quarter.defined(recv_ns)
            self._of_token.update(dict.fromkeys(quarter.tokens(), quarter))
            self.subscribe(quarter, recv_ns, out)
        elif listed.start_e8 >= 0 and listed.start_e8 != quarter.start_e8:
            quarter.ref = ref
            quarter.start_e8 = listed.start_e8
            out += quarter.defined(recv_ns)
            return quarter
        return None

    def subscribe(self, quarter: Quarter, now_ns: int, out: list[Output]) -> None:
        """Ask for the books of both tokens."""
        quarter.subscribed_ns = now_ns
        if self._subscribed:
            out.append(_send({"assets_ids": quarter.tokens(), "operation": "subscribe"}))
            return
        self._subscribed = True
        wish = {"initial_dump": True, "level": 2, "custom_feature_enabled": True}
        out.append(_send({"type": "market", "assets_ids": quarter.tokens(), **wish}))

    def resubscribe(self, quarter: Quarter, now_ns: int, out: list[Output]) -> None:
        """Ask for fresh books on the same connection."""
        out.append(_send({"assets_ids": quarter.tokens(), "operation": "unsubscribe"}))
        self.subscribe(quarter, now_ns, out)

    def _leave(self, quarter: Quarter, out: list[Output]) -> None:
        if quarter.listed is None:
            return
        out.append(_send({"assets_ids": quarter.tokens(), "operation": "unsubscribe"}))
        for token in quarter.tokens():
            self._of_token.pop(token, None)
            self._left.append(token)


def _send(wish: dict[str, Any]) -> Send:
    return Send(orjson.dumps(wish))
