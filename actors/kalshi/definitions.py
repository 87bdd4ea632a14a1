"""One market's definition, put together from lifecycle messages and REST, whichever knows more."""

from typing import Any, Final

import msgspec

from actors.kalshi.numbers import dollars_e6, level_amount_e6, rfc3339_ns
from actors.kalshi.wire import obj, optional_text, rows, stamp_ns, text
from messages import MarketDefined

SECOND_NS: Final = 1_000_000_000
STATUSES: Final = frozenset(
    {"initialized", "inactive", "active", "closed", "determined", "disputed", "amended", "finalized"}
)
DONE: Final = frozenset({"determined", "disputed", "amended", "finalized"})
RESULTS: Final = frozenset({"", "yes", "no", "scalar"})
LIFECYCLE_STATUS: Final = {
    "created": "initialized",
    "activated": "active",
    "deactivated": "inactive",
    "determined": "determined",
    "settled": "finalized",
}
KNOWN_EVENTS: Final = frozenset(
    {*LIFECYCLE_STATUS, "close_date_updated", "price_level_structure_updated", "metadata_updated"}
)
STRUCTURES: Final[dict[str, list[tuple[int, int, int]]]] = {
    "linear_cent": [(0, 1_000_000, 10_000)],
    "deci_cent": [(0, 1_000_000, 1_000)],
    "tapered_deci_cent": [(0, 100_000, 1_000), (100_000, 900_000, 10_000), (900_000, 1_000_000, 1_000)],
}
BITCOIN_STRIKES_E6: Final = range(1_000_000_000, 100_000_000_000_000)
"""A bitcoin strike outside of $1,000 to $100 million is a mistake of the venue's; about $7 was seen."""

Odd = list[tuple[str, str]]
"""What was odd: (what, name) pairs for the drift counter."""


class Market(msgspec.Struct):
    """What is known of one market; see MarketDefined. updated_ns: of the newest REST object taken in.

    contradictions: what was said twice and differently, with both figures. complete_ns: when nothing more was
    to be learnt; 0 before. checked: it was read once more after that.
    """

    ticker: str
    event_ticker: str = ""
    open_ns: int = 0
    close_ns: int = 0
    status: str = ""
    strike_type: str = ""
    strike_e6: int = -1
    strike_source: str = ""
    strike_ns: int = 0
    result: str = ""
    expiration_e6: int = -1
    ticks: list[tuple[int, int, int]] = []
    fee_type: str = ""
    fee_multiplier: str = ""
    fee_source: str = ""
    exchange_index: int = 0
    updated_ns: int = 0
    done_ns: int = 0
    contradictions: list[str] = []
    complete_ns: int = 0
    checked: bool = False

    @property
    def series(self) -> str:
        return self.ticker.partition("-")[0]

    @property
    def group(self) -> tuple[str, int]:
        """What it shares with the other strikes of its event; in a shortened hour windows share one too."""
        return self.event_ticker or self.ticker, self.close_ns

    def is_bitcoin(self) -> bool:
        return "BTC" in self.series

    def is_newest(self, body: dict[str, Any]) -> bool:
        """Tell whether a REST object is no older than the newest one seen. *Raises* ValueError."""
        return not body.get("updated_time") or rfc3339_ns(body["updated_time"]) >= self.updated_ns

    def settled(self) -> bool:
        """Decided, so that nobody trades it any more."""
        return self.status in DONE or self.result != ""

    def complete(self) -> bool:
        """Nothing more will be learnt about it."""
        return self.result != "" and self.expiration_e6 >= 0 and self.status == "finalized"

    def defined(self, at_ns: int, frame: int) -> MarketDefined:
        return MarketDefined(
            self.ticker, self.event_ticker, self.series, at_ns, self.open_ns, self.close_ns, self.status,
            self.strike_type, self.strike_e6, self.strike_source, self.result, self.expiration_e6,
            self.ticks, self.fee_type, self.fee_multiplier, frame, self.fee_source,
        )  # fmt: skip

    def take_rest(self, body: dict[str, Any]) -> Odd:
        """Take a market object of REST. An older one than the last (from a cache) changes nothing.

        *Raises* ValueError.
        """
        odd: Odd = []
        updated_ns = rfc3339_ns(body["updated_time"]) if body.get("updated_time") else self.updated_ns
        if updated_ns < self.updated_ns:
            return odd
        self.updated_ns = updated_ns
        self.event_ticker = optional_text(body, "event_ticker") or self.event_ticker
        if body.get("open_time"):
            self.open_ns = rfc3339_ns(body["open_time"])
        if body.get("close_time"):
            self.close_ns = rfc3339_ns(body["close_time"])
        index = body.get("exchange_index")
        self.exchange_index = index if index.__class__ is int else self.exchange_index
        odd += self._take_status(optional_text(body, "status"), updated_ns)
        odd += self._take_result(optional_text(body, "result"))
        odd += self._take_strike(body, "rest", updated_ns)
        odd += self._take_expiration(body)
        odd += self._take_ticks(body)
        return odd

    def take_lifecycle(self, body: dict[str, Any], recv_ns: int) -> Odd:
        """Take the `msg` of a market_lifecycle_v2. *Raises* ValueError."""
        odd: Odd = []
        event = text(body, "event_type")
        if event not in KNOWN_EVENTS:
            odd.append(("value", f"event_type {event}"))
        self.open_ns = stamp_ns(body, "open_ts", SECOND_NS) or self.open_ns
        self.close_ns = stamp_ns(body, "close_ts", SECOND_NS) or self.close_ns
        index = body.get("exchange_index")
        self.exchange_index = index if index.__class__ is int else self.exchange_index
        if event in ("activated", "deactivated") and body.get("is_deactivated") in (True, False):
            event = "deactivated" if body["is_deactivated"] else "activated"
        odd += self._take_status(LIFECYCLE_STATUS.get(event, ""), recv_ns)
        odd += self._take_result(optional_text(body, "result"))
        if body.get("additional_metadata") is not None:
            more = obj(body, "additional_metadata")
            self.event_ticker = optional_text(more, "event_ticker") or self.event_ticker
            odd += self._take_strike(more, "lifecycle", recv_ns)
        odd += self._take_strike(body, "lifecycle", recv_ns)
        odd += self._take_ticks(body)
        return odd

    def take_previous(self, expiration_e6: int) -> None:
        """Take the settlement of the market before as strike, for as long as nothing better is known."""
        if self.strike_source in ("", "previous"):
            self.strike_e6, self.strike_source = expiration_e6, "previous"

    def _take_status(self, status: str, stamp_ns: int) -> Odd:
        if not status or (self.status in DONE and status not in DONE and stamp_ns <= self.done_ns):
            return []
        if status in DONE and self.status not in DONE:
            self.done_ns = stamp_ns
        if not (self.status == "finalized" and status in DONE):
            self.status = status
        return [] if status in STATUSES else [("value", f"status {status}")]

    def _take_result(self, result: str) -> Odd:
        odd: Odd = [] if result in RESULTS else [("value", f"result {result}")]
        if result and self.result and result != self.result:
            odd += self._contradicted("result", self.result, result)
        self.result = result or self.result
        return odd

    def _take_expiration(self, body: dict[str, Any]) -> Odd:
        if body.get("expiration_value") in (None, ""):
            return []
        was_e6, self.expiration_e6 = self.expiration_e6, level_amount_e6(body["expiration_value"])
        if was_e6 in (-1, self.expiration_e6):
            return []
        return self._contradicted("settlement", dollars(was_e6), dollars(self.expiration_e6))

    def _take_strike(self, body: dict[str, Any], source: str, stamp_ns: int) -> Odd:
        self.strike_type = optional_text(body, "strike_type") or self.strike_type
        if body.get("floor_strike") is None:
            return []
        strike_e6 = level_amount_e6(body["floor_strike"])
        if self.is_bitcoin() and strike_e6 not in BITCOIN_STRIKES_E6:
            return [("value", "absurd strike")]
        own = self.strike_source in ("lifecycle", "rest")
        if own and strike_e6 == self.strike_e6:
            return []
        if own and stamp_ns < self.strike_ns:
            return [("value", "older strike")]
        odd: Odd = []
        if self.strike_source and strike_e6 != self.strike_e6:
            was = f"{dollars(self.strike_e6)} ({self.strike_source})"
            odd = self._contradicted("strike", was, f"{dollars(strike_e6)} ({source})")
        self.strike_e6, self.strike_source, self.strike_ns = strike_e6, source, stamp_ns
        return odd

    def _contradicted(self, what: str, was: str, now: str) -> Odd:
        self.contradictions.append(f"{what} was {was}, is {now}")
        return [("value", f"{what} differs from before")]

    def _take_ticks(self, body: dict[str, Any]) -> Odd:
        ranges = rows(body, "price_ranges")
        structure = optional_text(body, "price_level_structure")
        if ranges:
            self.ticks = [_tick(row) for row in ranges]
        elif structure in STRUCTURES:
            self.ticks = STRUCTURES[structure]
        elif structure and not self.ticks:
            return [("value", f"price_level_structure {structure}")]
        return []


def dollars(amount_e6: int) -> str:
    """`63441.03`: cents, and more digits only where there are more."""
    whole, part = divmod(amount_e6, 1_000_000)
    digits = f"{part:06d}"
    return f"{whole}.{digits[:2]}{digits[2:].rstrip('0')}"


def _tick(row: Any) -> tuple[int, int, int]:
    if not isinstance(row, dict):
        message = f"price_ranges has {row!r}"
        raise ValueError(message)
    return dollars_e6(row.get("start")), dollars_e6(row.get("end")), dollars_e6(row.get("step"))
