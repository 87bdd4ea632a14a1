"""The listeners of one session, side by side: records in, turns in the order of time."""

from collections.abc import Sequence
from typing import Final

from replay.pipeline.merging import HOLE, Item, Source
from replay.pipeline.player import Player

UNRUNG: Final = {("brti", "kalshi")}
"""(listener, log) whose doorbell does not ring: what stands there waits for the next turn."""
UNRUNG_NS: Final = 250_000_000
"""After so long a listener looks by itself."""

_Way = tuple[Player, int, int]
"""To whom a record goes, the place of its log in that one's reading order, and how soon it wakes."""


class Chain:
    """Players that hear the same recorded logs, and each other.

    sources: as the items that are to come number them.
    """

    def __init__(self, players: Sequence[Player], sources: Sequence[Source]) -> None:
        self._players = players
        self._ways = [_ways(players, source.log) for source in sources]
        self._heard = {player.name: _ways(players, player.name) for player in players}

    def take(self, items: Sequence[Item]) -> None:
        """Take records, oldest first, and do every turn that lies between them."""
        ways = self._ways
        soonest_ns = min(player.at_ns for player in self._players)
        for at_ns, place, seq, kind, message in items:
            while soonest_ns < at_ns:
                soonest_ns = self._play()
            for player, order, wake_ns in ways[place].get(kind, ()):
                player.came.append((order, seq, message, at_ns))
                player.wake(at_ns + wake_ns)
                if player.at_ns < soonest_ns:
                    soonest_ns = player.at_ns
        for player in self._players:
            player.let_go()

    def run_until(self, at_ns: int) -> None:
        """Do every turn up to a time, that moment included."""
        while min(player.at_ns for player in self._players) <= at_ns:
            self._play()

    def _play(self) -> int:
        """Do the next turn, of several at one time that of the first; return when the one behind it is."""
        first, *others = self._players
        for player in others:
            if player.at_ns < first.at_ns:
                first = player
        said = first.play()
        ways = self._heard[first.name]
        if ways:
            for seq, message in enumerate(said.messages, said.first_seq):
                for player, order, _ in ways.get(message.kind, ()):
                    player.hear(order, seq, message, said.at_ns)
        soonest_ns = first.at_ns
        for player in self._players:
            if player.at_ns < soonest_ns:
                soonest_ns = player.at_ns
        return soonest_ns


def _ways(players: Sequence[Player], log: str) -> dict[int, list[_Way]]:
    """By kind, HOLE included: who wants the records of a log."""
    ways: dict[int, list[_Way]] = {}
    for player in players:
        if log in player.rule.wanted:
            order = list(player.rule.wanted).index(log)
            wake_ns = UNRUNG_NS if (player.name, log) in UNRUNG else player.delays.wake_ns
            for kind in (*player.rule.wanted[log], HOLE):
                ways.setdefault(kind, []).append((player, order, wake_ns))
    return ways
