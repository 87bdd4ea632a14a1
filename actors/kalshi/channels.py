"""The channels of one connection: commands, answers, sequence numbers other than the books'."""

from typing import Any

from actors.adapter import Output
from actors.drift import DriftCounter
from actors.errors import ConfigurationError, DeafError, GapError, RefusedError, VenueError
from actors.kalshi.commands import Command, CommandLedger
from actors.kalshi.sequence import SequenceCounter, Verdict
from actors.kalshi.shelf import CHANNEL as BOOKS
from actors.kalshi.shelf import BookShelf
from actors.kalshi.subscription import Subscription
from actors.kalshi.wire import integer, obj, optional_integer, optional_text, text

LIFECYCLE = "market_lifecycle_v2"
MOST_TRIES = 3
AUTHENTICATION_REQUIRED = 9
CHANNEL_ERROR = 10
PASSING = frozenset({18, 27})
"""Command timeout, too many commands: the same command may do a little later."""
ALREADY_SUBSCRIBED = 6
BUFFER_OVERFLOW = 25


class Channels:
    """Keeps every channel subscribed as wanted. Only the books' channel is essential.

    Another channel that is refused, or never answers, is noted as unavailable and counted as drift. What
    ends the books' subscription is raised.
    """

    def __init__(
        self, commands: CommandLedger, shelf: BookShelf, drift: DriftCounter,
        index_ids: list[str], use_yes_price: bool,
    ) -> None:  # fmt: skip
        self._commands = commands
        self._shelf = shelf
        self._drift = drift
        self._counters: dict[int, SequenceCounter] = {}
        self._refusals: dict[str, int] = {}
        found = [Subscription(LIFECYCLE, {}, takes_markets=False)]
        if index_ids:
            params = {"index_ids": index_ids}
            found.append(Subscription("cfbenchmarks_value", params, takes_markets=False))
            found.append(Subscription("cfbenchmarks_value_5hz", params, takes_markets=False))
        found.append(Subscription(BOOKS, {"use_yes_price": use_yes_price}, takes_markets=True))
        found += [Subscription(name, {}, takes_markets=True) for name in ("trade", "ticker")]
        self.by_name = {subscription.channel: subscription for subscription in found}
        self.gaps = 0

    def reconcile(self, wanted: list[str], now_ns: int) -> list[Output]:
        """Send what is needed to have exactly these markets. A snapshot of each new one is owed then."""
        out: list[Output] = []
        # Books that came before their acknowledgement tell the number of the subscription as well.
        self.by_name[BOOKS].sid = self._shelf.sid
        for subscription in self.by_name.values():
            out += subscription.reconcile(wanted, self._commands, now_ns)
        told = self.by_name[BOOKS].told
        for ticker in wanted:
            if ticker in told:
                self._shelf.expect(ticker, now_ns)
        return out

    def count(self, kind: str, sid: int, seq: int, now_ns: int) -> Verdict:
        """Judge the number of a message that is not of the books' subscription."""
        subscription = self.by_name.get(kind)
        if subscription is not None and subscription.sid < 0:
            subscription.sid = sid
        verdict = self._counters.setdefault(sid, SequenceCounter()).data(seq)
        self.gaps += verdict is Verdict.GAP
        return verdict

    def subscribed(self, frame: dict[str, Any], now_ns: int) -> list[Output]:
        """`{"id":1,"type":"subscribed","msg":{"channel":"orderbook_delta","sid":1}}`"""
        command = self._commands.answered(optional_integer(frame, "id"))
        body = obj(frame, "msg")
        sid = integer(body, "sid")
        channel = optional_text(body, "channel") or (command.channel if command else "")
        return self._stands(channel, sid, None, now_ns)

    def ok(self, frame: dict[str, Any], now_ns: int) -> list[Output]:
        """`{"id":1,"sid":4,"seq":2,"type":"ok","msg":{"market_tickers":[…]}}`; once it had no msg."""
        command = self._commands.answered(optional_integer(frame, "id"))
        sid, seq = optional_integer(frame, "sid"), optional_integer(frame, "seq")
        body = frame.get("msg")
        listed = (body if isinstance(body, dict) else frame).get("market_tickers")
        out: list[Output] = []
        if sid is not None:
            out += self._stands(command.channel if command else "", sid, seq, now_ns)
        if command is None:
            return [*out, *self._drift.seen("ack", "ok to nothing", now_ns)]
        if command.action == "add_markets" and isinstance(listed, list):
            left_out = [ticker for ticker in command.tickers if ticker not in listed]
            if left_out:
                out += self._drift.seen("ack", f"{command.channel} left a market out", now_ns)
                self.by_name[command.channel].told.difference_update(left_out)
        return out

    def unsubscribed(self, frame: dict[str, Any], now_ns: int) -> list[Output]:
        """`{"id":102,"sid":2,"seq":7,"type":"unsubscribed"}`: we never ask for it, so the venue ended it."""
        body = frame.get("msg")
        sid = optional_integer(body if isinstance(body, dict) and "sid" in body else frame, "sid")
        for subscription in self.by_name.values():
            if subscription.sid == sid:
                return self._lost(subscription, "Kalshi ended the subscription", now_ns)
        return [*self._drift.seen("ack", "unsubscribed from nothing", now_ns)]

    def error(self, frame: dict[str, Any], running: frozenset[str], now_ns: int) -> list[Output]:
        """`{"id":123,"type":"error","msg":{"code":7,"msg":"Unknown subscription ID"}}`, or with sid, seq.

        *Raises* what the code means for the books.
        """
        command = self._commands.answered(optional_integer(frame, "id"))
        body = obj(frame, "msg")
        code, said = integer(body, "code"), optional_text(body, "msg")
        sid, seq = optional_integer(frame, "sid"), optional_integer(frame, "seq")
        out: list[Output] = [*self._drift.seen("code", f"{code} {said}", now_ns)]
        if code == BUFFER_OVERFLOW:
            message = "Kalshi dropped a subscription because we read it too slowly (error 25)"
            raise GapError(message)
        if code == AUTHENTICATION_REQUIRED and (command is None or command.channel == BOOKS):
            message = "Kalshi asks for authentication (error 9); check that key_id belongs to this key"
            raise ConfigurationError(message)
        if sid is not None and seq is not None:
            out += self._numbered(sid, seq, now_ns)
        if command is None:
            ended = [
                s for s in self.by_name.values() if code == CHANNEL_ERROR and s.sid == sid and s.sid >= 0
            ]
            for subscription in ended:
                out += self._lost(subscription, f"error {code}: {said}", now_ns)
            return out
        if code == ALREADY_SUBSCRIBED:
            return out
        return out + self._refused(command, code, said, running, now_ns)

    def tick(self, now_ns: int) -> list[Output]:
        """Look for answers that did not come. *Raises* DeafError when the books' never do."""
        out: list[Output] = []
        for command in self._commands.overdue(now_ns):
            out += self._drift.seen("ack", f"{command.action} {command.channel}", now_ns)
            subscription = self.by_name[command.channel]
            if command.action in ("subscribe", "get_snapshot") and subscription.sid >= 0:
                continue
            if command.tries < MOST_TRIES - 1:
                out.append(self._commands.again(command, now_ns))
            elif command.channel == BOOKS:
                message = f"Kalshi did not answer {command.action} for the books, sent {command.tries} times"
                raise DeafError(message)
            else:
                out += self._lost(subscription, f"{command.action} is not answered", now_ns)
        return out

    def _stands(self, channel: str, sid: int, seq: int | None, now_ns: int) -> list[Output]:
        subscription = self.by_name.get(channel)
        if channel and subscription is None:
            return [*self._drift.seen("channel", channel, now_ns)]
        if subscription is not None:
            subscription.sid = sid
        if channel == BOOKS:
            return self._shelf.acknowledged(sid, seq, now_ns)
        return [] if seq is None else self._numbered(sid, seq, now_ns)

    def _numbered(self, sid: int, seq: int, now_ns: int) -> list[Output]:
        if sid == self._shelf.sid:
            return self._shelf.acknowledged(sid, seq, now_ns)
        self._counters.setdefault(sid, SequenceCounter()).acknowledgement(seq)
        return []

    def _refused(
        self, command: Command, code: int, said: str, running: frozenset[str], now_ns: int
    ) -> list[Output]:
        subscription = self.by_name[command.channel]
        why = f"error {code}: {said}"
        if command.action == "get_snapshot":
            message = f"Kalshi refused a fresh book of {', '.join(command.tickers)} ({why})"
            raise GapError(message)
        if command.action == "delete_markets":
            return []
        if code in PASSING:
            subscription.refused(command, now_ns)
            return []
        if not command.tickers:
            return self._lost(subscription, why, now_ns)
        subscription.refused(command, now_ns)
        for ticker in command.tickers:
            key = f"{command.channel} {ticker}"
            self._refusals[key] = self._refusals.get(key, 0) + 1
            if self._refusals[key] < MOST_TRIES or (command.channel == BOOKS and ticker not in running):
                continue
            if command.channel == BOOKS:
                message = f"Kalshi refuses the book of {ticker} ({why})"
                raise RefusedError(message)
            return self._lost(subscription, why, now_ns)
        return []

    def _lost(self, subscription: Subscription, why: str, now_ns: int) -> list[Output]:
        if subscription.channel == BOOKS:
            message = f"the subscription of the books is gone: {why}"
            raise VenueError(message)
        subscription.unavailable = why
        return [*self._drift.seen("channel", subscription.channel, now_ns)]


def channel_of(frame: dict[str, Any]) -> str:
    """The channel that a message type belongs to: its own name, but for the books and the lifecycle."""
    kind = text(frame, "type")
    if kind == "orderbook_snapshot":
        return BOOKS
    return LIFECYCLE if kind in ("event_lifecycle", "event_fee_update") else kind
