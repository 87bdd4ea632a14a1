"""The points of a parameter grid: what each tells the actors, and what makes two of them the same."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from messages.version import VERSION
from replay.sessions import Session

CHAIN = ("brti", "signal", "paper")
"""Whose settings a backtest can change, in the order in which they hear each other."""
FILE = "_file"
"""A setting whose name ends so names a file, whose content counts and not its name."""
FORMAT = 1
"""Of a row of the table."""


class Point(NamedTuple):
    """One configuration. values: of the grid's keys, as they were set. settings: of every actor of CHAIN."""

    values: dict[str, Any]
    settings: dict[str, dict[str, Any]]

    @property
    def name(self) -> str:
        """`key=value`, as the grid says it; `as configured` where there is no grid."""
        return named(self.values)


def named(values: Mapping[str, Any]) -> str:
    """The same of values alone."""
    said = (f"{key}={orjson.dumps(value).decode()}" for key, value in values.items())
    return " ".join(said) or "as configured"


def combinations(grid: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Every combination of the values of all keys; the last key changes fastest. One, empty, of no keys."""
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


def configuration(settings: Mapping[str, Mapping[str, Any]]) -> str:
    """A digest of settings, the same wherever the files that they name lie."""
    content = {actor: {key: _content(key, said[key]) for key in said} for actor, said in settings.items()}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def row_key(config: str, anew: Iterable[str], session: Session) -> str:
    """What a result is filed under: configuration, actors run anew, session and span, our version."""
    said = [FORMAT, VERSION, config, *anew, session.name, session.from_ns, session.to_ns, session.speed]
    return hashlib.sha256(orjson.dumps(said)).hexdigest()[:32]


def _content(key: str, value: Any) -> Any:
    if key.endswith(FILE) and isinstance(value, str) and value:
        try:
            return hashlib.sha256(Path(value).read_bytes()).hexdigest()
        except OSError:
            return value  # the actor refuses it in its own words
    return value
