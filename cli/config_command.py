"""`kalshi-actors config`: the settings in force, and who said so."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import options

if TYPE_CHECKING:
    from cli.config import Key

SECRETS = frozenset({("actors", "kalshi", "key_id")})
"""Shown by their first characters. (A private key itself is never part of the configuration.)"""


@click.command(short_help="The settings in force, and who said so.")
@options.config
@options.data_without_effect
@click.option("--changed", is_flag=True, help="Only what differs from the defaults.")
@options.as_json
def config(config_file: Path | None, changed: bool, as_json: bool) -> None:
    """Check the settings and show each with where it comes from: default, file or environment.

    Exit code 2 and one sentence if anything in them cannot be.
    """
    import msgspec

    from cli.config import SET_BY_US
    from cli.config_reading import load

    effective = load(config_file, os.environ, {})
    rows = [
        (key, _shown(key, value), _source(key, effective.sources))
        for key, value in settings(msgspec.to_builtins(effective.config))
        if key not in SET_BY_US
    ]
    if changed:
        rows = [row for row in rows if row[2] != "default"]
    if as_json:
        told = {".".join(key): {"value": value, "source": source} for key, value, source in rows}
        click.echo(json.dumps(told, indent=2))
        return
    for key, value, source in rows:
        click.echo(f"{'.'.join(key)} = {json.dumps(value)}  ({source})")


def settings(section: dict[str, Any], above: "Key" = ()) -> Iterator[tuple["Key", Any]]:
    """Every setting of a configuration as (key, value); tables that the user fills in count as one."""
    for name, value in section.items():
        key = (*above, name)
        if isinstance(value, dict) and value and key not in TABLES:
            yield from settings(value, key)
        else:
            yield key, value


TABLES = frozenset(
    {
        ("actors", "brti", "default_volumes_btc"),
        ("actors", "brti", "symbols"),
        ("simulator", "ports"),
        ("simulator", "keys"),
    }
)


def _shown(key: "Key", value: Any) -> Any:
    return f"{value[:4]}…" if key in SECRETS and value else value


def _source(key: "Key", sources: "dict[Key, str]") -> str:
    return next((source for said, source in sources.items() if said[: len(key)] == key), "default")
