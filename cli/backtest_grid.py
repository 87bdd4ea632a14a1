"""From `--grid key=a,b,c` and a settings file to the points of a backtest."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from cli.config_reading import load
from cli.errors import WrongUsageError
from cli.roster import settings_of
from cli.wording import did_you_mean
from replay.backtest.points import CHAIN, Point, combinations

GRID = "--grid"
MOST_POINTS = 10_000


def read_grid(said: Sequence[str]) -> dict[str, list[Any]]:
    """The values of each key, in the order in which they were said. Raises WrongUsageError."""
    grid: dict[str, list[Any]] = {}
    for one in said:
        key, equals, text = one.partition("=")
        key = key.strip()
        if not key or not equals:
            message = f"{GRID} {one!r} names no values; write it like actors.paper.latency_ms=50,100,200"
            raise WrongUsageError(message)
        if key in grid:
            message = f"{GRID} {key} stands twice; give all its values in one"
            raise WrongUsageError(message)
        grid[key] = _values(key, text)
    number = 1
    for values in grid.values():
        number *= len(values)
    if number > MOST_POINTS:
        message = f"the grid has {number:,} points; at most {MOST_POINTS:,} are run"
        raise WrongUsageError(message)
    return grid


def read_points(
    config_file: Path | None, environment: Mapping[str, str], grid: Mapping[str, Sequence[Any]]
) -> list[Point]:
    """Every point with its whole, checked configuration. Raises WrongUsageError."""
    points = []
    for values in combinations(grid):
        overrides = {tuple(key.split(".")): (value, GRID) for key, value in values.items()}
        config = load(config_file, environment, overrides).config
        for key in values:  # after the reader, which knows better what was meant by a wrong one
            _refuse_unheard(key)
        points.append(Point(values, {actor: settings_of(config, actor, None) for actor in CHAIN}))
    return points


def _values(key: str, text: str) -> list[Any]:
    try:
        values = yaml.safe_load(f"[{text}]")
    except (yaml.YAMLError, ValueError):
        values = None
    if not isinstance(values, list):
        message = f"{GRID} {key}: {text!r} is no list of values; write it like 0.01,0.02"
        raise WrongUsageError(message)
    if not values or None in values:
        message = f"{GRID} {key}: a value is missing in {text!r}"
        raise WrongUsageError(message)
    for place, value in enumerate(values):
        if value in values[:place]:
            message = f"{GRID} {key}: {value} stands twice"
            raise WrongUsageError(message)
    return values


def _refuse_unheard(key: str) -> None:
    parts = tuple(key.split("."))
    if len(parts) < 2 or parts[0] != "actors" or parts[1] not in CHAIN:
        known = [f"actors.{actor}" for actor in CHAIN]
        hint = did_you_mean(".".join(parts[:2]), known)
        message = (
            f"{GRID} {key}: a backtest runs {', '.join(CHAIN[:-1])} and {CHAIN[-1]} anew over what the feeds "
            f"said; other settings change nothing in it{hint}"
        )
        raise WrongUsageError(message)
