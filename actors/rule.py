"""The pure part of a listener: records in, words out, no clock."""

from typing import Protocol

from actors.adapter import Freshness
from messages import Message


class Rule(Protocol):
    """What a listening actor decides. What it says depends on the order of its inbox and nothing else."""

    wanted: dict[str, frozenset[int]]
    """Log name -> kinds it wants to see; other records of that log are passed over."""

    rollback_s: dict[str, float]
    """Log name -> how far before now reading begins after a start, to rebuild what must be known."""

    def take(self, log: str, seq: int, message: Message) -> None:
        """Take in one record, in inbox order."""

    def turn(self, now_ns: int, next_seq: int) -> list[Message]:
        """Say what follows from what was taken. The messages will stand at next_seq, next_seq + 1, ….

        Also called while catching up, with the time of the records and next_seq 0; what it says then is
        not heard.
        """

    def due_ns(self, now_ns: int) -> int:
        """Say when a turn is wanted even if nothing comes in."""

    def freshness(self, now_ns: int) -> Freshness:
        """Say whether what it says rests on current data."""
