"""Commands on the stream, each with a number, a purpose and a deadline for its answer."""

from typing import Any

import msgspec
import orjson

from actors.adapter import Send


class Command(msgspec.Struct):
    """One command on its way. channel: whom it concerns. tries: how often it was sent so far."""

    id: int
    cmd: str
    params: dict[str, Any]
    channel: str
    sent_ns: int
    tries: int = 1

    @property
    def action(self) -> str:
        """`subscribe`, or what an `update_subscription` is to do."""
        return str(self.params.get("action", self.cmd))

    @property
    def tickers(self) -> list[str]:
        return list(self.params.get("market_tickers", []))


class CommandLedger:
    """Numbers commands from 1 (0 counts as no id at Kalshi) and knows which are unanswered."""

    def __init__(self, limit_ns: int) -> None:
        self._limit_ns = limit_ns
        self._next_id = 1
        self._open: dict[int, Command] = {}

    def issue(self, cmd: str, params: dict[str, Any], channel: str, now_ns: int) -> Send:
        """Number a new command and give its frame."""
        command = Command(self._next_id, cmd, params, channel, now_ns)
        self._next_id += 1
        self._open[command.id] = command
        return _frame(command)

    def subscribe(self, channel: str, params: dict[str, Any], now_ns: int) -> Send:
        return self.issue("subscribe", {"channels": [channel], **params}, channel, now_ns)

    def update(self, channel: str, sid: int, action: str, tickers: list[str], now_ns: int) -> Send:
        """add_markets, delete_markets or get_snapshot on a subscription that stands."""
        params = {"sid": sid, "action": action, "market_tickers": tickers}
        return self.issue("update_subscription", params, channel, now_ns)

    def again(self, command: Command, now_ns: int) -> Send:
        """Send a command once more, under a new number, counting the try."""
        fresh = Command(
            self._next_id, command.cmd, command.params, command.channel, now_ns, command.tries + 1
        )
        self._next_id += 1
        self._open[fresh.id] = fresh
        return _frame(fresh)

    def answered(self, number: int | None) -> Command | None:
        """Take the command that a reply belongs to off the list; None if it is none of ours."""
        return None if number is None else self._open.pop(number, None)

    def is_open(self, channel: str, *actions: str) -> bool:
        """Tell whether one of these actions on the channel waits for its answer."""
        return any(c.channel == channel and c.action in actions for c in self._open.values())

    def overdue(self, now_ns: int) -> list[Command]:
        """Take off and give the commands whose answer is missing."""
        late = [c for c in self._open.values() if now_ns - c.sent_ns > self._limit_ns]
        for command in late:
            del self._open[command.id]
        return late


def _frame(command: Command) -> Send:
    return Send(orjson.dumps({"id": command.id, "cmd": command.cmd, "params": command.params}))
