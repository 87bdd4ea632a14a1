"""What one client is subscribed to: one sid per channel, each with its own sequence."""

import time
from dataclasses import dataclass, field

from simulator.kalshi.frames import text
from simulator.session import Session
from simulator.settings import KalshiSettings

BOOK = "orderbook_delta"
TICKER = "ticker"
TRADE = "trade"
LIFECYCLE = "market_lifecycle_v2"
INDEX = "cfbenchmarks_value"
INDEX_FAST = "cfbenchmarks_value_5hz"
# Accepted, and silent here: they carry a member's own orders, or products that are not simulated.
SILENT = frozenset(
    {
        "fill",
        "market_positions",
        "multivariate_market_lifecycle",
        "communications",
        "order_group_updates",
        "user_orders",
        "pyth_value",
    }
)
CHANNELS = SILENT | {BOOK, TICKER, TRADE, LIFECYCLE, INDEX, INDEX_FAST}
BY_MARKET = frozenset({BOOK, TICKER, TRADE})
BY_INDEX = frozenset({INDEX, INDEX_FAST})


@dataclass
class Subscription:
    """One channel of one client. markets: in the order added; every=True: no filter, all markets."""

    session: Session
    channel: str
    sid: int
    sequenced: bool
    every: bool = False
    use_yes_price: bool = False
    quiet_ack: bool = False
    seq: int = 0
    markets: dict[str, None] = field(default_factory=dict)
    indices: dict[str, None] = field(default_factory=dict)

    def wants(self, ticker: str) -> bool:
        return self.every or ticker in self.markets

    def send(self, kind: str, body: str, command_id: int = 0) -> None:
        """Send one message of this subscription, numbered where the channel is."""
        seq = ""
        if self.sequenced:
            self.seq += 1
            seq = f'"seq":{self.seq},'
        answer = f'"id":{command_id},' if command_id else ""
        self.session.send(
            f'{{{answer}"type":"{kind}","sid":{self.sid},{seq}"msg":{body},'
            f'"sending_ts_ms":{time.time_ns() // 1_000_000}}}'
        )


class Desk:
    """All subscriptions of one client, and the replies to its commands."""

    def __init__(self, session: Session, settings: KalshiSettings) -> None:
        self.by_channel: dict[str, Subscription] = {}
        self.session = session
        self.commands = 0  # in the running second, for error 27
        self.commands_since_ns = 0
        self._settings = settings
        self._last_sid = 0

    def open(self, channel: str) -> Subscription:
        """A new subscription with the next sid."""
        self._last_sid += 1
        sequenced = channel != TICKER or self._settings.ticker_has_seq
        subscription = Subscription(self.session, channel, self._last_sid, sequenced)
        self.by_channel[channel] = subscription
        return subscription

    def by_sid(self, sid: int) -> Subscription | None:
        return next((s for s in self.by_channel.values() if s.sid == sid), None)

    def drop(self, subscription: Subscription) -> None:
        del self.by_channel[subscription.channel]

    def subscribed(self, subscription: Subscription, command_id: int) -> None:
        self._reply(command_id, {"type": "subscribed", "msg": _place(subscription)})

    def unsubscribed(self, subscription: Subscription, command_id: int) -> None:
        self._reply(command_id, {**self._numbers(subscription), "type": "unsubscribed"})

    def ok(self, subscription: Subscription, command_id: int) -> None:
        """Acknowledge a change, with all that the subscription now holds."""
        held: dict[str, object] = {}
        if subscription.channel in BY_INDEX:
            held = {"index_ids": list(subscription.indices)}
        elif not subscription.quiet_ack:
            held = {"market_tickers": list(subscription.markets)}
        fields = {**self._numbers(subscription), "type": "ok"}
        self._reply(command_id, {**fields, **(held if self._settings.legacy_ok else {"msg": held})})

    def listed(self, command_id: int) -> None:
        places = [_place(subscription) for subscription in self.by_channel.values()]
        key = "subscriptions" if self._settings.legacy_ok else "msg"
        self._reply(command_id, {"type": "ok", key: places})

    def error(self, command_id: int, code: int, message: str) -> None:
        self._reply(command_id, {"type": "error", "msg": {"code": code, "msg": message}})

    def overflowed(self, subscription: Subscription) -> None:
        """End a subscription whose client reads too slowly."""
        self.drop(subscription)
        error = {"code": 25, "msg": "Subscription buffer overflow"}
        self._reply(0, {**self._numbers(subscription), "type": "error", "msg": error})

    def _numbers(self, subscription: Subscription) -> dict[str, object]:
        if not subscription.sequenced:
            return {"sid": subscription.sid}
        subscription.seq += self._settings.ok_takes_seq
        return {"sid": subscription.sid, "seq": subscription.seq}

    def _reply(self, command_id: int, fields: dict[str, object]) -> None:
        answer = {"id": command_id} if command_id else {}
        self.session.send(text({**answer, **fields, "sending_ts_ms": time.time_ns() // 1_000_000}))


def _place(subscription: Subscription) -> dict[str, object]:
    return {"channel": subscription.channel, "sid": subscription.sid}
