"""One channel's subscription: which markets it has, which it shall have, and what is under way."""

from typing import Any

from actors.adapter import Output
from actors.kalshi.commands import Command, CommandLedger

MOST_TRIES = 3
RETRY_NS = 2_000_000_000


class Subscription:
    """Brings a channel's markets in line with what is wanted, one command at a time.

    There is one subscription per channel and connection: more markets are added to it, never subscribed
    anew (*Source* kalshi changelog, 25 September 2025: a second subscribe merges, and sends no snapshot).
    """

    def __init__(self, channel: str, params: dict[str, Any], takes_markets: bool) -> None:
        self.channel = channel
        self.sid = -1
        self.unavailable = ""
        self.told: set[str] = set()
        self._params = params
        self._takes_markets = takes_markets
        self._again_ns = 0

    def reconcile(self, wanted: list[str], commands: CommandLedger, now_ns: int) -> list[Output]:
        """Send the next command that is needed, if none is under way."""
        if self.unavailable or now_ns < self._again_ns:
            return []
        if commands.is_open(self.channel, "subscribe", "add_markets", "delete_markets"):
            return []
        if self.sid < 0 or not self._takes_markets:
            if self.sid >= 0 or (self._takes_markets and not wanted):
                return []
            params = {**self._params, "market_tickers": wanted} if self._takes_markets else self._params
            self.told.update(wanted if self._takes_markets else [])
            return [commands.subscribe(self.channel, params, now_ns)]
        added = [ticker for ticker in wanted if ticker not in self.told]
        if added:
            self.told.update(added)
            return [commands.update(self.channel, self.sid, "add_markets", added, now_ns)]
        dropped = sorted(self.told.difference(wanted))
        # The last market stays: an empty subscription is nowhere described.
        if dropped and wanted:
            self.told.difference_update(dropped)
            return [commands.update(self.channel, self.sid, "delete_markets", dropped, now_ns)]
        return []

    def refused(self, command: Command, now_ns: int) -> None:
        """Take a command's markets as not subscribed, and try again a little later."""
        if command.action in ("subscribe", "add_markets"):
            self.told.difference_update(command.tickers)
        self._again_ns = now_ns + RETRY_NS
