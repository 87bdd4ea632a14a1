"""Bullish's JSON-RPC commands, the same on every path, and the end of a connection that is idle."""

from abc import abstractmethod
from typing import ClassVar

import orjson

from simulator.book import Change
from simulator.session import Session
from simulator.venues.bullish_frames import SYMBOL
from simulator.venues.exchange import Stream
from simulator.venues.market import Deal, Market

_IDLE_NS = 60_000_000_000
_INVALID = "-32602"


class CommandStream(Stream):
    """One path. A subscription is a topic and a symbol; a second one to the same gets no answer at all.

    topics: what the path knows. A connection on which nobody says a word for a minute is cut off without
    a closing frame; the documents give it five, and a client's duty is keepalivePing.
    """

    symbol = f'"{SYMBOL}"'
    foreign_symbol = '"ETHUSD"'
    topics: ClassVar[tuple[str, ...]]
    response_code: ClassVar[str | int] = "200"

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self.members: dict[str, dict[Session, None]] = {topic: {} for topic in self.topics}
        self._spoken_ns: dict[Session, int] = {}

    @abstractmethod
    def first(self, topic: str, now_ns: int) -> str:
        """The snapshot that begins a subscription."""

    @abstractmethod
    def confirmed(self, done: str, topic: str) -> str:
        """The words of an acknowledgement. done: `subscribed` or `unsubscribed`."""

    def unknown_symbol(self, symbol: str) -> tuple[str, str]:
        """Code and name of the error for a market that does not exist."""
        return "29013", f"'{symbol}' is not a valid symbol"

    def opened(self, session: Session, now_ns: int) -> None:
        self._spoken_ns[session] = now_ns

    def closed(self, session: Session) -> None:
        del self._spoken_ns[session]
        for members in self.members.values():
            members.pop(session, None)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        self._spoken_ns[session] = now_ns
        try:
            asked = orjson.loads(text)
        except orjson.JSONDecodeError:
            asked = {}
        asked = asked if isinstance(asked, dict) else {}
        given, method = asked.get("id"), asked.get("method")
        number = given if isinstance(given, str) else str(given) if type(given) is int else ""
        if method == "keepalivePing":
            self._reply(session, number, {"result": _result(200, "Keep alive pong")})
        elif method in ("subscribe", "unsubscribe"):
            params = asked.get("params")
            self._change(session, method, number, params if isinstance(params, dict) else {}, now_ns)
        else:
            shown = method if isinstance(method, str) else ""
            self._refuse(session, number, "29012", f"'{shown}' is not a valid method")

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        """Nothing to show, but on the book's path."""

    def traded(self, deal: Deal, now_ns: int) -> None:
        """Nothing to show, but on the trades' path."""

    def heartbeat(self, now_ns: int) -> None:
        for session, spoken_ns in self._spoken_ns.items():
            if now_ns - spoken_ns > _IDLE_NS:
                self._spoken_ns[session] = now_ns
                session.abort()

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        if kind == "unknown_symbol":
            return self.foreign(text) if text.startswith('{"type":') else None
        return super().fault(kind, session, text)

    def is_acknowledgement(self, text: str) -> bool:
        return text.startswith('{"jsonrpc"') and '"message":"Successfully subscribed' in text

    def is_change(self, text: str) -> bool:
        return False

    def crossed(self, change: str) -> list[str]:
        return [change]

    def show(self, topic: str, text: str, now_ns: int) -> None:
        """Send a frame to all who follow a topic."""
        for session in self.members[topic]:
            session.send(text)
            self._spoken_ns[session] = now_ns

    def join(self, session: Session, topic: str, now_ns: int) -> None:
        """Begin a subscription."""
        self.members[topic][session] = None
        session.send(self.first(topic, now_ns))

    def _change(
        self, session: Session, method: str, number: str, params: dict[str, object], now_ns: int
    ) -> None:
        topic, symbol = (str(params.get(name) or "") for name in ("topic", "symbol"))
        if topic not in self.members:
            self._refuse(session, number, "29013", f"'{topic}' is not a valid topic")
        elif symbol != SYMBOL:
            self._refuse(session, number, *self.unknown_symbol(symbol))
        elif method == "unsubscribe":
            self.members[topic].pop(session, None)
            self._accept(session, number, "unsubscribed", topic)
        elif session not in self.members[topic]:
            self._accept(session, number, "subscribed", topic)
            self.join(session, topic, now_ns)

    def _accept(self, session: Session, number: str, done: str, topic: str) -> None:
        self._reply(session, number, {"result": _result(self.response_code, self.confirmed(done, topic))})

    def _refuse(self, session: Session, number: str, code: str, name: str) -> None:
        error = {"code": _INVALID, "errorCode": code, "errorCodeName": name}
        self._reply(session, number, {"error": error})

    def _reply(self, session: Session, number: str, more: dict[str, object]) -> None:
        session.send(orjson.dumps({"jsonrpc": "2.0", "id": number, **more}).decode())


def _result(code: str | int, message: str) -> dict[str, object]:
    return {"responseCode": code, "responseCodeName": "OK", "message": message}
