"""Recomputed words beside the recorded ones, byte by byte."""

from typing import Any, NamedTuple

import msgspec

from messages import Message, encode
from messages.log import Record
from replay.records import Missing
from replay.turns import Played


class Difference(NamedTuple):
    """One field that did not come out the same."""

    field: str
    recorded: Any
    recomputed: Any


def is_same(said: Message | None, recorded: Record | None) -> bool:
    """Both are there, of the same kind and of the same bytes."""
    return (
        said is not None
        and recorded is not None
        and said.kind == recorded.kind
        and encode(said) == recorded.payload
    )


def comparable(played: Played, missing_words: list[Missing]) -> list[int]:
    """The numbers of a turn's words that can be compared: all that were not lost since."""
    if played.recorded.keys() == played.said.keys():
        return list(played.recorded)
    if not played.turn.caught_up:
        return []
    unheard = played.said.keys() - played.recorded.keys()
    lost = {seq for seq in unheard for hole in missing_words if hole.first <= seq <= hole.last}
    return sorted((played.recorded.keys() | played.said.keys()) - lost)


def differences(recorded: Message, recomputed: Message) -> list[Difference]:
    """Field by field; of messages whose fields are all the same, the bytes."""
    if type(recorded) is not type(recomputed):
        return [Difference("type", type(recorded).__name__, type(recomputed).__name__)]
    pairs = [
        (name, getattr(recorded, name), getattr(recomputed, name)) for name in recorded.__struct_fields__
    ]
    found = [
        Difference(name, before, after)
        for name, before, after in pairs
        if msgspec.msgpack.encode(before) != msgspec.msgpack.encode(after)
    ]
    # Of an older version: it says the same, and did not write down what has its default.
    return found or [Difference("bytes", encode(recorded).hex(), encode(recomputed).hex())]
