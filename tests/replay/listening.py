"""A listener for tests: a rule that adds up trades, recorded as its shell would have."""

import msgspec

from actors.adapter import Freshness
from messages import ActorStarted, DayVolume, Message, TradePrinted

TRADES = frozenset({TradePrinted.kind})


class Sum(msgspec.Struct):
    """Says the sum of all trade sizes so far, whenever it grew."""

    wanted: dict[str, frozenset[int]] = msgspec.field(default_factory=lambda: {"a": TRADES, "b": TRADES})
    rollback_s: dict[str, float] = {}
    total: int = 0
    told: int = 0
    places: list[int] = []

    def take(self, log: str, seq: int, message: Message) -> None:
        assert isinstance(message, TradePrinted)
        assert message.price_e8 == seq
        self.total += message.size_e8

    def turn(self, now_ns: int, next_seq: int) -> list[Message]:
        self.places.append(next_seq)
        if self.total == self.told:
            return []
        self.told = self.total
        return [total(next_seq, now_ns, self.total)]

    def due_ns(self, now_ns: int) -> int:
        return now_ns

    def freshness(self, now_ns: int) -> Freshness:
        return Freshness(True, 0)


def total(seq: int, now_ns: int, volume: int) -> DayVolume:
    return DayVolume("sum", "BTC-USD", seq, now_ns, volume)


def started(session: str, settings: str = '{"speed": 2}') -> ActorStarted:
    return ActorStarted("sum", session, 1, 1, "1", settings)


def trade(seq: int, size_e8: int) -> TradePrinted:
    return TradePrinted("a", "BTC-USD", 0, 0, 0, "", seq, size_e8, True)
